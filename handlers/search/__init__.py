"""Search: the query parser, the running search and its buttons."""
