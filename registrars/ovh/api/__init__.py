"""OVH's HTTP API: credentials, signing, sessions, errors and wire models."""
