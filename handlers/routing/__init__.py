"""From Slack to a listener: the router of buttons and forms, the inbox of decisions, and what all listeners share."""
