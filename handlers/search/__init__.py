"""Search: the query parser, the running search, its sessions and its buttons."""
