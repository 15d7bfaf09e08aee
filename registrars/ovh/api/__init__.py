"""The OVH API over the wire: credentials, signing, sessions, errors and wire models."""
