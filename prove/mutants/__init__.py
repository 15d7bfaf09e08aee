"""Mutation tests: each mutation breaks one promise of the bot, and one of the checks has to notice."""
