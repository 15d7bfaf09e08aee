"""How fast the desk is, beside what it could be and beside what others are: `make bench`."""
