"""What the operator must change so that Slack works, and what people read while it does not: plain text."""

from __future__ import annotations

# What Slack refused, for `refused` below.
HOME = "the Home"
PROFILES = "the members' profiles"
DIRECT_MESSAGES = "direct messages"
CHANNEL_MESSAGES = "messages in channels"
REPLIES = "replies to people"
FORMS = "forms"

# What an operator's check of the approval channel posts there.
TEST_POST = "This is a test by an operator: approval cards will appear in this channel."

LATE_MESSAGES = "Slack does not accept some messages. I keep trying to send them. See slack-status.com."

# What to do about Slack's error codes that only the operator can fix.
_FIXES = {
    "messages_tab_disabled": "turn on the Messages tab of the app's Home (manifest: app_home.messages_tab_enabled)",
    "not_enabled": "turn on the Home tab of the app (manifest: app_home.home_tab_enabled)",
    "no_such_subteam": "the user group was deleted: name another one in DESK_APPROVERS, DESK_PAYERS or DESK_OPERATORS",
    "plan_upgrade_required": "this Slack plan has no user groups: name people (U…) in place of groups (S…) in "
    "DESK_APPROVERS, DESK_PAYERS and DESK_OPERATORS",
    "missing_args": "check SLACK_APP_TOKEN",
    "forbidden_team": "check SLACK_APP_TOKEN: it belongs to a workspace that is not allowed",
    "insecure_request": "call Slack by https: check SLACK_API_URL",
}
_ANY_SCOPE = "that this needs"


def user_group(group: str) -> str:
    """Return a user group as what Slack refused."""
    return f"the user group {group}"


def token_refused(code: str) -> str:
    """Return what to do if Slack refuses the bot token with this error code."""
    return f"Slack refuses the bot token ({code}): check SLACK_BOT_TOKEN, or install the app again."


def refused(about: str, code: str, *, scope: str | None = None) -> str:
    """Return what to do if Slack refuses `about` with this error code; `scope` is the one that Slack misses."""
    if code == "missing_scope":
        fix = f"add the scope {scope or _ANY_SCOPE} to the Slack app (manifest.yml), and install it again"
    else:
        fix = _FIXES.get(code, "ask an administrator of the Slack workspace to allow this for the app")
    return f"Slack refuses {about} ({code}): {fix}."


# For the operator, about cards ---------------------------------------------------------------------------------------


def channel_closed(code: str, *, archived: bool) -> str:
    """Return what to do about an approval channel that accepts no card."""
    way = "Unarchive it" if archived else "Invite the app and let it post there"
    return f"The approval channel accepts no cards ({code}). {way}, or set another DESK_APPROVAL_CHANNEL."


def card_refused(cart: int, code: str, *, channel: str | None) -> str:
    """Return that Slack refuses a card for an unknown reason; `channel` is None for a direct message."""
    where = f"the channel {channel}" if channel else "a direct message"
    return (
        f"Slack refuses to show cart #{cart} in {where} ({code}), and I don't know this error code. I'll try again "
        "for an hour, then once the cart changes. Ask Slack's support, or update the bot."
    )


def card_nowhere(cart: int) -> str:
    """Return that only the Home shows a card."""
    return (
        f"No message shows the card of cart #{cart}: approvers and payers find it only in the app's Home. Invite the "
        "app to the approval channel (DESK_APPROVAL_CHANNEL)."
    )


def card_not_made(cart: int, reference: str) -> str:
    """Return that a bug keeps a card from being shown; the log has the reference."""
    return f"I can't show cart #{cart}: that's a fault in my own code. The log has the details: {reference}."
