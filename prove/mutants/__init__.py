"""Mutation tests: each mutation breaks one promise of the bot, and something has to notice."""
