"""Tools that work on a checkout; none of them is part of the bot."""
