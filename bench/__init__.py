"""How fast the bot is, next to what it could be and next to what others are: `make bench`."""
