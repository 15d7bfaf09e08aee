"""Text as Slack reads it: escaped markup, and the name of the command that this message answers."""
