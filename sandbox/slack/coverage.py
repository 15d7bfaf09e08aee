"""What of Slack the sandbox does, and how true. Held by a test."""

from __future__ import annotations

SUPPORTED, PARTIAL, MISSING = "supported", "partial", "missing"

METHOD_COVERAGE: dict[str, str] = {
    "apps.connections.open": SUPPORTED,
    "auth.test": SUPPORTED,
    "blocks.validate": PARTIAL,
    "chat.delete": SUPPORTED,
    "chat.getPermalink": MISSING,
    "chat.postEphemeral": SUPPORTED,
    "chat.postMessage": SUPPORTED,
    "chat.update": SUPPORTED,
    "conversations.history": MISSING,
    "conversations.info": PARTIAL,
    "conversations.open": MISSING,
    "usergroups.list": MISSING,
    "usergroups.users.list": SUPPORTED,
    "users.info": SUPPORTED,
    "users.list": PARTIAL,
    "views.open": SUPPORTED,
    "views.publish": SUPPORTED,
    "views.push": SUPPORTED,
    "views.update": SUPPORTED,
}

DELIVERY_COVERAGE: dict[str, str] = {
    "slash command": SUPPORTED,
    "block_actions from a message": SUPPORTED,
    "block_actions from a view": SUPPORTED,
    "view_submission": SUPPORTED,
    "view_closed": MISSING,
    "block_suggestion": MISSING,
    "shortcut": MISSING,
    "app_home_opened": SUPPORTED,
    "Socket Mode": SUPPORTED,
    "signed HTTP": SUPPORTED,
    "redelivery": SUPPORTED,
    "response_url": SUPPORTED,
}
