"""Wrong settings, and a wrong environment."""

from tests.doctor.setup import Case, Change, SetUp


def _set(**settings: str) -> Change:
    return lambda set_up: set_up.use(**settings)


def _swap_tokens(set_up: SetUp) -> None:
    keys = set_up.slack.credentials
    set_up.use(SLACK_BOT_TOKEN=keys.app_token, SLACK_APP_TOKEN=keys.bot_token)


def _break_toml(set_up: SetUp) -> None:
    (set_up.folder / "desk.toml").write_text("approvers = U0CLEO\n")


def _mistype_toml(set_up: SetUp) -> None:
    (set_up.folder / "desk.toml").write_text('limit_per_oder = "200"\n')


def _open_env_file(set_up: SetUp) -> None:
    file = set_up.folder / ".env"
    file.write_text("LOG_LEVEL=INFO\n")
    file.chmod(0o644)


def _open_secret_file(set_up: SetUp) -> None:
    file = set_up.folder / "token"
    file.write_text(set_up.slack.credentials.bot_token)
    file.chmod(0o644)
    set_up.use(SLACK_BOT_TOKEN="", SLACK_BOT_TOKEN_FILE=str(file))


SETTINGS = (
    Case("a setting is misspelt", "setting_wrong", _set(DESK_LIMIT_PER_ODER="200")),
    Case("a key of desk.toml is misspelt", "setting_wrong", _mistype_toml),
    Case("desk.toml is not TOML", "setting_wrong", _break_toml),
    Case("the bot token is missing", "setting_wrong", _set(SLACK_BOT_TOKEN="")),
    Case("the two Slack tokens are swapped", "setting_wrong", _swap_tokens),
    Case(
        "all keys of OVH are missing",
        "setting_wrong",
        _set(OVH_APPLICATION_KEY="", OVH_APPLICATION_SECRET="", OVH_CONSUMER_KEY=""),
    ),
    Case("two kinds of OVH keys are set", "setting_wrong", _set(OVH_CLIENT_ID="fake", OVH_CLIENT_SECRET="fake")),
    Case("nobody is named as an approver", "setting_wrong", _set(DESK_APPROVERS="")),
    Case("an approver is named by name", "setting_wrong", _set(DESK_APPROVERS="cleo")),
    Case("a limit is no number", "setting_wrong", _set(DESK_LIMIT_PER_ORDER="two hundred")),
    Case("a file with a secret is missing", "setting_wrong", _set(OVH_CONSUMER_KEY="", OVH_CONSUMER_KEY_FILE="none")),
    Case("the endpoint is OVH's American one", "setting_wrong", _set(OVH_ENDPOINT="ovh-us")),
    Case("the subsidiary is of another region", "setting_wrong", _set(OVH_SUBSIDIARY="QC")),
    Case("the folder of the database is missing", "setting_wrong", _set(DATABASE_URL="sqlite:///no/such/desk.db")),
    Case("calls for money may outlast the waiting time", "settle_too_short", _set(DESK_SETTLE_SECONDS="5")),
    Case(
        "calls to OVH go through a SOCKS proxy",
        "ovh_settings_unusable",
        _set(
            HTTP_PROXY="socks5://127.0.0.1:1080",
            OVH_API_URL="https://127.0.0.1.example/1.0",
            HTTPS_PROXY="socks5://x:1",
        ),
    ),
)
ENVIRONMENT = (
    Case("SLACK_TOKEN is set in place of SLACK_BOT_TOKEN", "variable_ignored", _set(SLACK_TOKEN="fake")),
    Case("OVH_TOKEN is set", "variable_ignored", _set(OVH_TOKEN="fake")),
    Case("REQUESTS_CA_BUNDLE names a missing file", "certificates_missing", _set(REQUESTS_CA_BUNDLE="/no/such.pem")),
    Case("the time zone does not exist", "time_zone_unknown", _set(TZ="Europe/Pariss")),
    Case("every user of the machine may read .env", "secrets_open_to_others", _open_env_file),
    Case("every user of the machine may read a file with a token", "secrets_open_to_others", _open_secret_file),
)
