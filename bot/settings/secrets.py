"""Secrets: their formats, with a sentence for each likely mix-up. No sentence here repeats a value."""

from __future__ import annotations

import re

from pydantic import SecretStr

from bot.settings.values import clean, word
from store.database_url import parse_database_url

_HEX = re.compile(r"[0-9a-f]{32}")
_KINDS = (
    ("xapp-", "an app token (xapp-…), which belongs in SLACK_APP_TOKEN"),
    ("xoxp-", "a user token (xoxp-…)"),
    ("xoxb-", "a bot token (xoxb-…), which belongs in SLACK_BOT_TOKEN"),
    ("xoxe.xoxp-", "a user token (xoxe.xoxp-…)"),
    ("xoxe-", "a refresh token (xoxe-…)"),
    ("xoxc-", "a browser's token (xoxc-…)"),
    ("xoxd-", "a browser's cookie (xoxd-…)"),
    ("xoxs-", "a session's token (xoxs-…)"),
    ("xoxa-", "a token of an old kind of app (xoxa-…)"),
    ("xoxr-", "a refresh token (xoxr-…)"),
)
_BOT_TOKEN = "your app → OAuth & Permissions → Bot User OAuth Token (xoxb-…)"  # noqa: S105 - where to find it
_APP_TOKEN = "your app → Basic Information → App-Level Tokens (xapp-…)"  # noqa: S105 - where to find it
_SIGNING_SECRET = "your app → Basic Information → Signing Secret"  # noqa: S105 - where to find it


def secret(value: object) -> SecretStr:
    """Read a secret of any shape."""
    return SecretStr(word(_plain(value)))


def bot_token(value: object) -> SecretStr:
    """Read a bot token: ``xoxb-…``, or ``xoxe.xoxb-…`` if the app's tokens rotate."""
    return _token(value, ("xoxb-", "xoxe.xoxb-"), _BOT_TOKEN)


def app_token(value: object) -> SecretStr:
    """Read an app-level token, ``xapp-…``."""
    return _token(value, ("xapp-",), _APP_TOKEN)


def signing_secret(value: object) -> SecretStr:
    """Read a signing secret. Slack documents no shape (32 hexadecimal digits today), so only mix-ups are refused."""
    text = word(_plain(value))
    if kind := _kind(text):
        raise ValueError(f"this is {kind}. Copy the signing secret: {_SIGNING_SECRET}")
    if re.fullmatch(r"[0-9]+\.[0-9]+", text):
        raise ValueError(f"this is the app's client id. Copy the signing secret: {_SIGNING_SECRET}")
    if re.fullmatch(r"A[A-Z0-9]{8,11}", text):
        raise ValueError(f"this is the app's id. Copy the signing secret: {_SIGNING_SECRET}")
    if len(text) < 16 or not re.fullmatch(r"[\w-]+", text):  # noqa: PLR2004 - half of today's length
        raise ValueError(f"this is not a signing secret. Copy all of it: {_SIGNING_SECRET}")
    return SecretStr(text)


def database_url(value: object) -> SecretStr:
    """Read the database's URL as the engine opens it."""
    text = clean(_plain(value))
    if not isinstance(text, str):
        raise ValueError("write it in quotes")  # noqa: TRY004 - all faults of values are ValueErrors
    if "\n" in text or "\r" in text:
        raise ValueError("the value contains a line break. Write one URL")
    try:
        parse_database_url(text)
    except ValueError as error:
        raise ValueError(str(error).removeprefix("DATABASE_URL").removeprefix(":").strip()) from None
    return SecretStr(text)


def _plain(value: object) -> object:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


def _token(value: object, beginnings: tuple[str, ...], where: str) -> SecretStr:
    text = word(_plain(value))
    if text.startswith(beginnings):
        rest = text.split("-", 1)[1]
        if not re.fullmatch(r"[\w-]+", rest):
            raise ValueError(f"this token is incomplete. Copy it again: {where}")
        return SecretStr(text)
    kind = _kind(text)
    if kind is None and _HEX.fullmatch(text):
        kind = "a secret, perhaps the signing secret (SLACK_SIGNING_SECRET)"
    if kind is None:
        raise ValueError(f"this is not the right token. Copy it from {where}")
    raise ValueError(f"this is {kind}. Copy the right one from {where}")


def _kind(text: str) -> str | None:
    return next((kind for beginning, kind in _KINDS if text.startswith(beginning)), None)
