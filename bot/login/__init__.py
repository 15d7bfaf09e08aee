"""The command `login`: a key at OVH with exactly the rights that are needed, and a link that makes the Slack app."""
