"""Shared by every listener: context, replies, members, action ids, tasks and threads."""
