"""What the rules need from outside: a registrar and a store."""
