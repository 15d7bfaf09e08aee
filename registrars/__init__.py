"""Adapters to registrars, one folder each."""
