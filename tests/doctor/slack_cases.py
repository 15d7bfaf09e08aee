"""Slack: tokens, scopes, the approval channel."""

from sandbox.slack.faults import ALWAYS, Kind
from tests.doctor.setup import APP_TOKEN, Case, Change, SetUp


def _set(**settings: str) -> Change:
    return lambda set_up: set_up.use(**settings)


def _fault(method: str, kind: Kind, error: str = "") -> Change:
    def change(set_up: SetUp) -> None:
        set_up.slack.faults.add(method, kind, times=ALWAYS, error=error, retry_after=0)

    return change


def _without(*scopes: str) -> Change:
    def change(set_up: SetUp) -> None:
        set_up.slack.server.scopes -= set(scopes)

    return change


def _with(*scopes: str) -> Change:
    def change(set_up: SetUp) -> None:
        set_up.slack.server.scopes |= set(scopes)

    return change


def _not_slack(set_up: SetUp) -> None:
    set_up.use(SLACK_API_URL=set_up.stage.ovh_url)


def _off(set_up: SetUp) -> None:
    set_up.slack.server.opens_sockets = False


def _other_app(set_up: SetUp) -> None:
    set_up.slack.credentials.app_token = APP_TOKEN.replace("A0SANDBOX", "A0STAGING")


def _archived(set_up: SetUp) -> None:
    set_up.slack.state.world.channel("approvals").archived = True
    set_up.post = True


def _not_invited(set_up: SetUp) -> None:
    set_up.use(DESK_APPROVAL_CHANNEL="C0SECRET")
    set_up.post = True


def _unknown_channel(set_up: SetUp) -> None:
    set_up.use(DESK_APPROVAL_CHANNEL="C0NOWHERE")
    set_up.post = True


def _closed_to_posts(set_up: SetUp) -> None:
    set_up.slack.state.world.channel("approvals").refuses_posts = "restricted_action_read_only_channel"
    set_up.post = True


def _lost_post(set_up: SetUp) -> None:
    set_up.slack.faults.add("chat.postMessage", "lost_after")
    set_up.post = True


SLACK = (
    Case("Slack does not answer", "slack_away", lambda s: s.use(SLACK_API_URL="http://127.0.0.1:1/api/")),
    Case("Slack is out of order", "slack_away", _fault("auth.test", "html_503")),
    Case("Slack throttles the app", "slack_away", _fault("auth.test", "ratelimited")),
    Case("what answers names no workspace", "slack_away", _fault("auth.test", "empty")),
    Case("SLACK_API_URL names another server", "not_slack", _not_slack),
    Case("the bot token is wrong", "bot_token_refused", _set(SLACK_BOT_TOKEN="xoxb-obviously-fake")),
    Case("the bot token was revoked", "bot_token_refused", _fault("auth.test", "error", "token_revoked")),
    Case("the app was uninstalled", "bot_token_refused", _fault("auth.test", "error", "account_inactive")),
    Case("the app token is wrong", "app_token_refused", _set(SLACK_APP_TOKEN="xapp-1-A0SANDBOX-1-fake")),
    Case(
        "the app token lacks its scope",
        "app_token_refused",
        _fault("apps.connections.open", "error", "missing_scope"),
    ),
    Case("Socket Mode is off", "app_token_refused", _off),
    Case("the two tokens are of two apps", "tokens_of_two_apps", _other_app),
    Case("the app lacks one scope", "scopes_missing", _without("usergroups:read")),
    Case(
        "the app lacks the scope for profiles",
        "scopes_missing",
        _without("users:read"),
        also=frozenset({"people_unreadable"}),
    ),
    Case("the app has scopes that the bot does not use", "scopes_too_many", _with("admin", "files:read")),
    Case("the approval channel is archived", "channel_refuses", _archived),
    Case("the app is not in the private approval channel", "channel_refuses", _not_invited),
    Case("the approval channel does not exist", "channel_refuses", _unknown_channel),
    Case("only some people may post in the approval channel", "channel_refuses", _closed_to_posts),
    Case("Slack does not say whether it posted", "post_unclear", _lost_post),
    Case("Slack refuses the bot's blocks", "blocks_refused", _fault("blocks.validate", "error", "invalid_blocks")),
)
