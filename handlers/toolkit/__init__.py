"""Shared by every listener and view: blocks, payloads, replies, members, tasks and threads."""
