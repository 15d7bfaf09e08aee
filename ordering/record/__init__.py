"""The audit log: a hash chain of events, and its verification."""
