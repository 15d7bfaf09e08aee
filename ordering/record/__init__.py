"""The record: a hash chain of events, and its verification."""
