"""Availability and prices of names: lookups, cache and price list."""
