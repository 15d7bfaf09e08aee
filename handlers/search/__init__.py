"""Searching: what was typed, the running search, its sessions and its buttons."""
