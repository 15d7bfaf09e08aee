"""Classify Slack's refusals, and return what the operator must fix.

For every file that calls Slack:
* `FAILURES`: the exceptions that a call to Slack can raise. Catch these, nothing wider.
* `read(error) -> Refusal`: Slack's error code, its kind, the HTTP status and Retry-After. Never raises.
* `word(error) -> str`: the error code alone, for a log line.
* `operator_fix(refusal, about=...) -> str | None`: one sentence that names what the operator must change; None if
  the operator cannot help. `about` names what failed, as in ``"user group S0APPROVERS"``.
* `SlackAlerts`: alerts for the operator. `report` logs once at error level, `/healthz` shows `sentences()`,
  `clear` removes a sentence after a success. `SlackAlerts.report_failure(error, about=...)` does the first two.

The error codes and their kinds are from the method pages of https://docs.slack.dev/reference/methods, read in August
2026.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from handlers.messages import words

# slack_sdk itself raises the last one, for a 200 whose body is plain text or no JSON object.
FAILURES = (SlackApiError, aiohttp.ClientError, TimeoutError, OSError, AttributeError)
_LONGEST_WORD = 80  # characters; Slack's own error codes have at most 40
_log = structlog.get_logger()


class Kind(Enum):
    """What the caller must do after a refusal."""

    PASSING = "passing"  # retry later, with a limit
    PLACE = "place"  # this channel or person accepts nothing until someone changes it: use another way
    CONTENT = "content"  # this content is refused for good: send it once more as short plain text, and log a bug
    GONE = "gone"  # this message or view is gone or stale: forget it, and post again if it is still needed
    OPERATOR = "operator"  # the operator must change the configuration: alert once
    TOKEN = "token"  # noqa: S105 - Slack refuses the bot token: alert once
    UNKNOWN = "unknown"  # an error code that this table lacks: try at most three times, then treat it as permanent


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


KINDS: Mapping[Kind, frozenset[str]] = {
    Kind.PASSING: _words("""
        ratelimited rate_limited internal_error fatal_error service_unavailable request_timeout update_failed
        team_added_to_org org_login_required external_channel_migrating message_limit_exceeded
        streaming_state_conflict
    """),
    Kind.PLACE: _words("""
        channel_not_found not_in_channel is_archived is_inactive restricted_action
        restricted_action_read_only_channel restricted_action_thread_only_channel
        restricted_action_non_threadable_channel restricted_action_thread_locked cannot_reply_to_message
        ekm_access_denied posting_to_channel_denied channel_is_limited_access user_not_in_channel user_not_found
        user_not_visible user_disabled invalid_user_combination not_enough_users too_many_users
        users_list_not_supplied method_not_supported_for_channel_type cannot_dm_bot
        slack_connect_canvas_sharing_blocked slack_connect_clip_sharing_blocked slack_connect_file_link_sharing_blocked
        slack_connect_file_upload_sharing_blocked slack_connect_lists_sharing_blocked
    """),
    Kind.CONTENT: _words("""
        no_text invalid_blocks invalid_blocks_format msg_too_long msg_blocks_too_long invalid_attachments
        too_many_attachments attachment_payload_limit_exceeded too_many_contact_cards markdown_text_conflict
        missing_file_data invalid_metadata_format invalid_metadata_schema metadata_too_large block_mismatch
        push_limit_reached duplicate_external_id view_too_large invalid_arguments invalid_cursor
        deprecated_endpoint method_deprecated unknown_method invalid_arg_name invalid_array_arg invalid_charset
        invalid_form_data invalid_post_type missing_post_type duplicate_channel_not_found duplicate_message_not_found
    """),
    Kind.GONE: _words("""
        message_not_found cant_update_message edit_window_closed cant_delete_message expired_trigger_id
        exchanged_trigger_id invalid_trigger_id hash_conflict not_found
    """),
    Kind.OPERATOR: _words("""
        messages_tab_disabled metadata_must_be_sent_from_app not_enabled no_such_subteam plan_upgrade_required
        missing_scope no_permission access_denied app_access_restricted accesslimited enterprise_is_restricted
        two_factor_setup_required team_not_found as_user_not_supported send_on_behalf_not_allowed is_bot
        forbidden_team insecure_request missing_args
    """),
    Kind.TOKEN: _words("""
        not_authed invalid_auth account_inactive token_revoked token_expired not_allowed_token_type
    """),
}
_KIND_OF = {word: kind for kind, every in KINDS.items() for word in every}
# Families of error codes, which Slack extends: prefix, suffix, kind.
_FAMILIES = (
    ("restricted_action_", "", Kind.PLACE),
    ("slack_connect_", "_blocked", Kind.PLACE),
    ("draft_", "", Kind.CONTENT),
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A failed call to Slack. `retry_after` is in seconds; `needed` is the scope that Slack asks for.

    `answered` is False if no answer arrived: Slack may have carried out the call.
    """

    word: str
    kind: Kind
    status: int | None = None
    retry_after: float | None = None
    needed: str | None = None
    details: tuple[str, ...] = ()
    answered: bool = True

    @property
    def is_for_good(self) -> bool:
        """Whether a retry cannot help until a user or operator changes something."""
        return self.kind not in {Kind.PASSING, Kind.UNKNOWN}


def read(error: BaseException) -> Refusal:
    """Describe a failure of a call to Slack."""
    answer = getattr(error, "response", None)
    if not isinstance(error, SlackApiError):
        refused = isinstance(error, aiohttp.ClientConnectorError)  # the request was never sent
        return Refusal(type(error).__name__, Kind.PASSING, answered=refused)
    # A gateway's page arrives as text, and broken JSON as the HTTP client's own response.
    data = getattr(answer, "data", answer)
    body: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
    status = _number(getattr(answer, "status_code", None) or getattr(answer, "status", None))
    word = body.get("error")
    retry_after = _retry_after(getattr(answer, "headers", None))
    if not isinstance(word, str) or not word:
        word = f"http_{status:.0f}" if status else "unreadable"
        return Refusal(word, Kind.PASSING, _whole(status), retry_after, answered=_says_no(status))
    kind = Kind.PASSING if status == HTTPStatus.TOO_MANY_REQUESTS else kind_of(word)
    needed = body.get("needed")
    return Refusal(
        word[:_LONGEST_WORD],
        kind,
        _whole(status),
        retry_after,
        needed if isinstance(needed, str) else None,
        _details(body),
    )


def kind_of(word: str) -> Kind:
    """Return the kind of one of Slack's error codes."""
    if (kind := _KIND_OF.get(word)) is not None:
        return kind
    return next((k for head, tail, k in _FAMILIES if word.startswith(head) and word.endswith(tail)), Kind.UNKNOWN)


def word(error: BaseException) -> str:
    """Return Slack's error code, like ``channel_not_found``, or the kind of failure if there is none."""
    return read(error).word


def operator_fix(refusal: Refusal, *, about: str) -> str | None:
    """Return one sentence for the operator, without secrets and markup; None if the operator cannot help."""
    if refusal.kind is Kind.TOKEN:
        return words.slack.token_refused(refusal.word)
    if refusal.kind is not Kind.OPERATOR:
        return None
    return words.slack.refused(about, refusal.word, scope=refusal.needed)


class SlackAlerts:
    """Alerts about Slack for the operator, one sentence per kind. For one event loop."""

    def __init__(self) -> None:
        self._sentences: dict[str, str] = {}

    def report(self, kind: str, sentence: str) -> None:
        """Keep a sentence until `clear`, and log it once at error level."""
        if self._sentences.get(kind) != sentence:
            self._sentences[kind] = sentence
            _log.error("slack_needs_the_operator", kind=kind, sentence=sentence)

    def clear(self, kind: str) -> None:
        """Remove a kind, because it works again."""
        if self._sentences.pop(kind, None) is not None:
            _log.info("slack_works_again", kind=kind)

    def sentences(self) -> list[str]:
        """Return the current sentences without duplicates, oldest first."""
        return list(dict.fromkeys(self._sentences.values()))

    def report_failure(self, error: BaseException, *, about: str) -> Refusal:
        """Read a failure, and report it under `about` if only the operator can help."""
        refusal = read(error)
        if (sentence := operator_fix(refusal, about=about)) is not None:
            self.report(about, sentence)
        return refusal


def _retry_after(headers: object) -> float | None:
    """Return the seconds of Retry-After; None if the header is missing or no number (a proxy may write a date)."""
    if not isinstance(headers, Mapping):
        return None
    value = next((v for name, v in headers.items() if str(name).lower() == "retry-after"), None)
    value = value[0] if isinstance(value, (list, tuple)) and value else value
    seconds = _number(value)
    return seconds if seconds is not None and seconds >= 0 else None


def _number(value: object) -> float | None:
    try:
        found = float(str(value))
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def _whole(status: float | None) -> int | None:
    return None if status is None else int(status)


def _says_no(status: float | None) -> bool:
    """Return whether an answer without an error code is still a clear refusal: any 4xx status."""
    return status is not None and HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR


def _details(body: Mapping[str, Any]) -> tuple[str, ...]:
    """Return Slack's remarks on single blocks, for the log."""
    more = body.get("response_metadata")
    messages = more.get("messages") if isinstance(more, Mapping) else None
    errors = body.get("errors")
    found = [*(messages if isinstance(messages, list) else []), *(errors if isinstance(errors, list) else [])]
    return tuple(str(each)[:200] for each in found[:5])
