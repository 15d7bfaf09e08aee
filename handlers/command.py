"""The slash command: one handler for each subcommand, and a helpful answer to any other input."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from handlers import approval, buying, cart, requests
from handlers.messages import words
from handlers.routing.services import Services
from handlers.search import run as search
from handlers.text.command_name import ANY
from handlers.toolkit.blocks import RenderedMessage
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.names_typed import has_a_name, parts_of
from handlers.toolkit.responder import Reply
from handlers.views.help import help_message, unknown_command
from handlers.views.search import looking

Handler = Callable[[Services, Interaction, Reply, str], Awaitable[None]]

_SUBCOMMANDS: dict[str, Handler] = {
    "search": search.search_command,
    "buy": buying.buy,
    "add": cart.add,
    "remove": cart.remove_typed,
    "cart": cart.show_open,
    "pending": requests.pending,
    "show": requests.show,
    "history": requests.history,
    "withdraw": approval.withdraw,
}

WORDS = frozenset({*_SUBCOMMANDS, "help"})

# Words for actions that only a button performs, because the card shows what the user decides.
_BY_BUTTON = {
    "approve": words.commands.approve_by_button,
    "reject": words.commands.reject_by_button,
    "pay": words.commands.pay_by_button,
    "request": words.commands.request_by_button,
}
_WAIT = looking()
SHOW_A_PLACEHOLDER = {search.search_command, buying.buy}  # these ask OVH before there is anything to show


def register(app: AsyncApp, services: Services) -> None:
    @app.command(ANY)
    async def command_typed(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        did = Interaction.of_command(body)
        handler, typed = handler_of(did.value)
        if handler is None:
            with services.command_names.in_use(did.command):
                text = without_handler(did.value)
            await ack(text=text.text, blocks=text.blocks)
            return
        if handler in SHOW_A_PLACEHOLDER:
            await ack(text=_WAIT.text, blocks=_WAIT.blocks)
            did = replace(did, placeholder=True)
        else:
            await ack()

        async def respond(did: Interaction, reply: Reply) -> None:
            await handler(services, did, reply, typed)

        services.start(respond, did)


def handler_of(text: str) -> tuple[Handler | None, str]:
    """Return what handles a typed text, and what it gets; None if no subcommand does. Names alone are a search."""
    word, typed = [*text.split(maxsplit=1), "", ""][:2]
    handler = _SUBCOMMANDS.get(word.lower())
    if handler is None and _is_a_search(text, word):
        return search.search_command, text
    return handler, typed


def without_handler(text: str) -> RenderedMessage:
    """Return the answer to a text that no subcommand handles."""
    word = next(iter(text.split()), "").lower()
    return help_message() if word in {"", "help"} else _unknown(text.strip(), word)


def _is_a_search(typed: str, word: str) -> bool:
    """Return whether names were typed without `search`: something holds a dot, and no command comes close."""
    return has_a_name(typed) and not _closest(word.lower())


def _closest(word: str) -> str | None:
    if word in _BY_BUTTON or "." in word:
        return None
    return next(iter(get_close_matches(word, [*_SUBCOMMANDS, "help"], n=1)), None)


def _unknown(typed: str, word: str) -> RenderedMessage:
    """Guess what was meant: the closest subcommand for a misspelt word, and a button to search any other one."""
    if word in _BY_BUTTON:
        return unknown_command(typed, hint=_BY_BUTTON[word]())
    if (close := _closest(word)) is not None:
        return unknown_command(typed, meant=" ".join([close, *typed.split()[1:]]))
    return unknown_command(typed, search=" ".join(parts_of(typed)))
