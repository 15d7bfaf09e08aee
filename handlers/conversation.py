"""What a user writes in their own conversation with the bot is answered as if the slash command stood before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp

from handlers.command import Handler, handler_of, without_handler
from handlers.routing.services import Services
from handlers.search import run as search
from handlers.text.command_name import command
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.responder import Reply
from handlers.views.search import looking


def register(app: AsyncApp, services: Services) -> None:
    @app.event("message")
    async def written(event: Mapping[str, Any]) -> None:
        """Slack also tells of edits and deletions, and of what apps post: those are acknowledged, and that is all."""
        if (
            event.get("channel_type") == "im"
            and event.get("user")
            and not (event.get("subtype") or event.get("bot_id"))
        ):
            services.start(_answer(services), Interaction.of_message(event))


def _answer(services: Services) -> Any:  # noqa: ANN401 - a handler of Services.start
    async def answer(did: Interaction, reply: Reply) -> None:
        handler, typed = _understood(did.value)
        if handler is None:
            await reply.send(without_handler(did.value))
            return
        if handler is search.search_command:
            await reply.send(looking())
        await handler(services, did, reply, typed)

    return answer


def _understood(text: str) -> tuple[Handler | None, str]:
    """Return what handles a text; a name alone is a search, and the command itself may stand before it."""
    handler, typed = handler_of(text.strip().removeprefix(command()).strip())
    word = next(iter(text.split()), "")
    if handler is None and "." in word:
        return search.search_command, text
    return handler, typed
