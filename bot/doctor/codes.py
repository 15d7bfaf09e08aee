"""The codes of the doctor: how bad each is, and what to do. Scripts rely on codes; `docs/doctor.md` lists them.

Add codes, do not rename them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is. A fault keeps people from buying names; a warning is worth a look."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"
    NOT_CHECKED = "not checked"


class Group(StrEnum):
    """The part of the set-up, in the order of the report."""

    SETTINGS = "Settings"
    ENVIRONMENT = "Environment"
    DATABASE = "Database"
    SLACK = "Slack"
    OVH = "OVH"


@dataclass(frozen=True, slots=True)
class Code:
    """What a code stands for. `fix` is what to do, as one or two sentences; empty if nothing."""

    group: Group
    level: Level
    fix: str = ""


def _of(group: Group, codes: Mapping[Level, Mapping[str, str]]) -> dict[str, Code]:
    return {code: Code(group, level, fix) for level, by_code in codes.items() for code, fix in by_code.items()}


_INSTALL_AGAIN = "Compare the app's scopes with manifest.yml at api.slack.com/apps, then install the app again."
_NEW_KEY = "Make a new key that has it (README, “The OVH keys”): the rights of a key cannot be extended."
_OTHER_PERSON = "Correct the id, or name another person. In Slack: profile, three dots, Copy member ID."

_SETTINGS = _of(
    Group.SETTINGS,
    {
        Level.OK: {"settings_ok": ""},
        Level.WARNING: {
            "settle_too_short": "Leave DESK_SETTLE_SECONDS at 60 wherever real money is spent.",
        },
        Level.FAULT: {"setting_wrong": "", "ovh_settings_unusable": ""},
    },
)

_ENVIRONMENT = _of(
    Group.ENVIRONMENT,
    {
        Level.OK: {"nothing_ignored": "", "service_links": "", "proxy_used": "", "no_proxy": "", "time_zone": ""},
        Level.WARNING: {
            "variable_ignored": "Rename it if it is meant for the bot; otherwise leave it.",
            "time_zone_unknown": "Set TZ to a name such as Europe/Paris, or remove it.",
            "secrets_open_to_others": "Run chmod 600 on it.",
        },
        Level.FAULT: {
            "certificates_missing": "Correct the variable, or remove it.",
        },
    },
)

_DATABASE = _of(
    Group.DATABASE,
    {
        Level.OK: {
            "database_ok": "", "database_new": "", "database_server": "", "database_disk": "",
            "database_permissions": "",
        },
        Level.WARNING: {
            "database_older": "`domain-desk run` migrates it when it starts. Make a backup first.",
            "recover_mode": "Run `domain-desk recover`: nothing is ordered or paid until then.",
            "server_old": "Upgrade to PostgreSQL 14 or newer: the older ones get no fixes.",
            "server_role_powerful": "Use a role that owns this database alone.",
            "disk_low": "Free some space, or move the database.",
            "database_open_to_others": "Run chmod 600 on it, as the next start does. Check who may have read it.",
            "database_of_another_user": "Run the bot and its commands as the user who owns the file.",
        },
        Level.FAULT: {
            "database_unusable": "",
            "database_away": "",
            "disk_full": "Free some space at once: the bot stops when it cannot write.",
            "database_folder_read_only": "Give the bot's user the right to write in that folder.",
        },
        Level.NOT_CHECKED: {
            "disk_not_visible": "Watch it on the server.",
            "database_not_checked": "Fix the settings above first.",
        },
    },
)  # fmt: skip

_SLACK = _of(
    Group.SLACK,
    {
        Level.OK: {
            "bot_token_ok": "", "app_token_ok": "", "scopes_ok": "", "tokens_of_one_app": "", "approvers_ok": "",
            "payers_ok": "", "operators_ok": "", "channel_ok": "", "channel_of_the_cart": "", "blocks_ok": "",
        },
        Level.WARNING: {
            "scopes_too_many": "Remove them from the app, and install it again: a leaked token could do less then.",
            "person_left": "Remove the id, or name another person.",
            "group_empty": "Add people to the group, or name another one.",
            "one_approver": "Name a second approver, so that each request has one who did not make it.",
            "two_approvers_only": "Name a third approver, so that approvers can buy above the limit, too.",
            "nobody_operates": "Set DESK_OPERATORS to people who run the bot: alarms go to them.",
            "post_unclear": "Look into the channel: the line may be there.",
            "blocks_refused": "Update the bot, or report this with the code.",
        },
        Level.FAULT: {
            "slack_away": "Check the network, the proxy and slack-status.com, then try again.",
            "not_slack": "",
            "bot_token_refused": "",
            "app_token_refused": "",
            "scopes_missing": _INSTALL_AGAIN,
            "tokens_of_two_apps": "Copy both tokens from one app's page at api.slack.com/apps.",
            "person_unknown": _OTHER_PERSON,
            "person_guest": "Make them a full member of the workspace, or name another person.",
            "person_bot": _OTHER_PERSON,
            "person_foreign": "Name people of this workspace: guests of a shared channel cannot decide.",
            "person_invited": "Wait until they have accepted the invitation, or name another person.",
            "people_unreadable": "Check the scopes above, then try again.",
            "group_gone": "Name another group, or people, in the setting.",
            "group_not_on_plan": "Name people (U…) in place of groups (S…): this Slack plan has no user groups.",
            "group_unreadable": "Check the scopes above, then try again.",
            "nobody_approves": "Set DESK_APPROVERS to full members of the workspace.",
            "nobody_pays": "Set DESK_PAYERS to full members of the workspace.",
            "too_few_for_two": "Name another approver.",
            "channel_refuses": "Invite the app and let it post there, or set another DESK_APPROVAL_CHANNEL.",
        },
        Level.NOT_CHECKED: {
            "slack_not_checked": "Fix the settings above first.",
            "scopes_not_named": "Compare the app's scopes with manifest.yml at api.slack.com/apps.",
            "app_of_tokens_unknown": "Check that both tokens are from one app's page.",
            "signing_secret": "Type a command in Slack: a wrong secret shows as “dispatch failed”.",
            "channel_not_checked": "Run `domain-desk doctor --post`: it posts one line that everyone there sees.",
            "command_name": "Type /domain help in Slack. The bot answers to whatever the command is called.",
            "blocks_not_checked": "",
        },
    },
)  # fmt: skip

_OVH = _of(
    Group.OVH,
    {
        Level.OK: {
            "ovh_ok": "", "clock_ok": "", "key_ok": "", "key_ends_later": "", "rights_ok": "", "account_ok": "",
            "methods_ok": "", "prepaid": "", "transactions_ok": "", "routes_ok": "", "alone_on_the_account": "",
        },
        Level.WARNING: {
            "clock_apart": "Let NTP set this machine's clock.",
            "key_ends_soon": "Make a new key in time (README, “The OVH keys”), and set it.",
            "key_too_wide": "Make a key with only the rights that the README lists: a leaked one could do less then.",
            "people_pay": "Nothing to do if payers pay on OVH's page (*Open order*). Otherwise make a new key.",
            "right_to_contacts": "Nothing to do if nobody creates owners from Slack. Otherwise make a new key.",
            "right_to_invoices": f"{_NEW_KEY} Without it a receipt has no invoice.",
            "right_to_check_rules": f"{_NEW_KEY} Without it an owner that a registry refuses is noticed later.",
            "account_incomplete": "Complete the account on OVH's site: OVH may refuse its orders.",
            "subsidiary_differs": "Remove OVH_SUBSIDIARY, so that prices are those of the account.",
            "no_method": "Add a payment method on OVH's site, or credit the prepaid account.",
            "default_method_unusable": "Choose another default method on OVH's site.",
            "method_ends_soon": "Replace it on OVH's site in time.",
            "route_deprecated": "Look for a newer version of the bot before OVH removes it.",
            "another_bot": "Give each bot its own account. After a restore, run `domain-desk recover --begin`.",
            "ovh_unreadable": "Update the bot, or report this: OVH's API may have changed.",
        },
        Level.FAULT: {
            "ovh_away": "Check the network, the proxy and OVH_ENDPOINT, then try again.",
            "application_key_refused": "Check OVH_APPLICATION_KEY, and that OVH_ENDPOINT is where it was made.",
            "application_secret_wrong": "Copy OVH_APPLICATION_SECRET again.",
            "consumer_key_refused": "Make a new consumer key (README, “The OVH keys”), and set OVH_CONSUMER_KEY.",
            "service_account_refused": "Check OVH_CLIENT_ID and OVH_CLIENT_SECRET.",
            "key_expired": "Make a new key (README, “The OVH keys”), and set it.",
            "key_not_validated": "Open the validation page of the key and log in there, or make a new key.",
            "right_to_account": _NEW_KEY,
            "right_to_search": _NEW_KEY,
            "right_to_order": _NEW_KEY,
            "right_to_follow": _NEW_KEY,
            "right_to_payments": _NEW_KEY,
            "right_to_names": _NEW_KEY,
            "transactions_refused": "Ask OVH's support: a payment without an answer cannot be recognised without them.",
        },
        Level.NOT_CHECKED: {
            "ovh_not_checked": "Fix the settings above first.",
            "key_end_unknown": "Add GET /auth/currentCredential to the next key.",
            "rights_unknown": "Add GET /auth/currentCredential to the next key, so that the bot sees what it may do.",
            "rights_mid_path": "Run `domain-desk doctor --probe`: it finds out whether OVH honours a * there.",
            "account_not_checked": "",
            "methods_not_checked": "",
            "prepaid_not_checked": "Add GET /me/ovhAccount and GET /me/ovhAccount/* to the next key, if you use it.",
            "transactions_not_checked": "",
            "routes_not_checked": "",
            "others_not_checked": "",
        },
    },
)  # fmt: skip

CODES: Mapping[str, Code] = _SETTINGS | _ENVIRONMENT | _DATABASE | _SLACK | _OVH
