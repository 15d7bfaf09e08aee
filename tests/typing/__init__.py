"""Mistakes that the type checker must find: `make check` fails if one of them passes."""
