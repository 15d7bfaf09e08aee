"""The steps of `login`: request a key, have it validated, write it down."""

from __future__ import annotations

import os
import sys
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.app import ovh_config
from bot.login.env_file import write_settings
from bot.login.rules_of_keys import KeyKind, rules_of
from bot.settings import Settings
from bot.settings.sources import DOTENV, ENVIRONMENT
from registrars.ovh.new_key import KeyMaker, NoKey, RequestedKey, ValidKey, WhyNoKey, creation_page

_KEY, _MONEY_KEY = "OVH_CONSUMER_KEY", "OVH_MONEY_CONSUMER_KEY"
_ALL_THREE = ("OVH_APPLICATION_KEY", "OVH_APPLICATION_SECRET", _KEY)
_MADE_HERE = {
    KeyKind.EVERYTHING: "may search, order and pay",
    KeyKind.READ_ONLY: "may search and fill carts, and can neither order nor pay",
    KeyKind.NO_PAYMENT: "may search and order, and cannot pay",
    KeyKind.MONEY: "may only order and pay",
}


class NotDone(Exception):
    """There is no new key, and nothing was written; the text says what to do."""


@dataclass(frozen=True)
class Login:
    """Talks to the operator by `say` and `ask`; `browse` shows them a page, and `within` is how long they have."""

    say: Callable[[str], None]
    ask: Callable[[str], str]
    browse: Callable[[str], bool]
    within: float  # seconds
    every: float = 2.0  # seconds between two looks at OVH
    folder: Path = Path()

    def run(self, kind: KeyKind, settings: Settings) -> None:
        """Make a key of this kind and write it into `.env`; raises `NotDone`."""
        if settings.ovh_client_id:
            raise NotDone(
                f"OVH_CLIENT_ID ({settings.origin('ovh_client_id')}) is a service account. What it may do is set by "
                "its policies at OVH, so there is no key to make."
            )
        is_new = not (settings.ovh_application_key and settings.ovh_application_secret)
        if is_new and kind is KeyKind.MONEY:
            raise NotDone(
                "There is no application key yet: run `domain-desk login --read-only` first, then this again."
            )
        names = _ALL_THREE if is_new else (_MONEY_KEY,) if kind is KeyKind.MONEY else (_KEY,)
        for name in names:
            _must_be_writable(settings, name)
        values, valid = self._three_keys(kind, settings) if is_new else self._one_key(kind, settings)
        try:
            write_settings(self.folder / DOTENV, dict(zip(names, values, strict=True)))
        except OSError as error:
            raise NotDone(f"{DOTENV} cannot be written ({error.strerror}).") from error
        self._tell(kind, names, valid)

    def _one_key(self, kind: KeyKind, settings: Settings) -> tuple[list[str], ValidKey]:
        """Have the application's new key validated."""
        maker, rules = KeyMaker(ovh_config(settings)), rules_of(kind)
        try:
            key = maker.request(rules)
            self.say(f"Log in at OVH with the account that buys, and validate this key, which {_MADE_HERE[kind]}:")
            self._show(key.page)
            self.say(f"Waiting for it, {self.within / 60:.0f} minutes at most. Ctrl-C ends this and changes nothing.")
            return [key.consumer_key], maker.wait(key, rules, within=self.within, every=self.every)
        except NoKey as error:
            raise NotDone(_why(error, self.within)) from error
        finally:
            maker.close()

    def _three_keys(self, kind: KeyKind, settings: Settings) -> tuple[list[str], ValidKey]:
        """Have the operator make an application with its keys on OVH's page, and copy them from there."""
        rules = rules_of(kind)
        self.say("There is no application key yet. This page of OVH's makes all three keys, with the rights filled in:")
        self._show(creation_page(ovh_config(settings), rules))
        self.say("Log in with the account that buys, choose how long the key lives, then copy what the page shows:")
        values = [self.ask(label).strip() for label in ("Application key", "Application secret", "Consumer key")]
        if not all(values):
            raise NotDone("A key is missing. Nothing was changed.")
        maker = KeyMaker(ovh_config(settings).with_application(*values))
        try:
            return values, maker.wait(RequestedKey("", values[2]), rules, within=0.0)
        except NoKey as error:
            raise NotDone("OVH does not know these keys. Copy them again. Nothing was changed.") from error
        finally:
            maker.close()

    def _show(self, page: str) -> None:
        self.say(f"  {page}")
        if self.browse(page):
            self.say("(It opens in your browser.)")

    def _tell(self, kind: KeyKind, names: tuple[str, ...], valid: ValidKey) -> None:
        written = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
        self.say(f"Done: the key {_MADE_HERE[kind]}. {written} is in {DOTENV}, which only you may read.")
        if valid.missing:
            self.say(f"OVH did not grant {', '.join(valid.missing)}.")
        if valid.ends_at is not None:
            days = (valid.ends_at - datetime.now(UTC)).days
            self.say(f"It ends on {valid.ends_at:%Y-%m-%d}, in {days} days: run this again before.")
        self.say("Restart the bot to use it.")


def _why(error: NoKey, within: float) -> str:
    """Return why there is no key, and what to do."""
    sentence = {
        WhyNoKey.NO_ANSWER: "OVH gave no answer that makes sense. Try again in a minute.",
        WhyNoKey.UNKNOWN_APPLICATION: "OVH does not know the application. Check OVH_APPLICATION_KEY and OVH_ENDPOINT.",
        WhyNoKey.REFUSED_BY_OVH: f"OVH refused to make a key: {error.ovh_said}",
        WhyNoKey.REFUSED: "The key was refused on OVH's page.",
        WhyNoKey.EXPIRED: "The key has expired already.",
        WhyNoKey.NOT_VALIDATED: f"Nobody validated the key within {within / 60:g} minutes, or it was refused.",
    }[error.why]
    return f"{sentence} Nothing was changed."


def _must_be_writable(settings: Settings, name: str) -> None:
    """Raise `NotDone` if a key in `.env` would not count."""
    origin = settings.origin(name.lower())
    if origin == ENVIRONMENT:
        raise NotDone(f"{name} is set in the environment, which goes before {DOTENV}. Unset it there first.")
    if f"named by {name}_FILE" in origin:
        raise NotDone(f"{name} comes from a file ({origin}). Remove that setting first.")


def open_in_browser(page: str) -> bool:
    """Open a page if this machine has a browser with a window; return whether it did.

    Over SSH, or on a server, a text browser would take the terminal.
    """
    has_window = sys.platform in {"darwin", "win32"} or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    try:
        return bool(has_window) and webbrowser.open(page)
    except webbrowser.Error:
        return False
