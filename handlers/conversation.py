"""What a user writes in their own conversation with the bot is answered as if the slash command stood before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncApp

from handlers.command import SHOW_A_PLACEHOLDER, handler_of, without_handler
from handlers.routing.services import Services
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
            _answer(services, Interaction.of_message(event))


def _answer(services: Services, did: Interaction) -> None:
    text = did.value.strip().removeprefix(command()).strip()
    handler, typed = handler_of(text)
    waits = handler in SHOW_A_PLACEHOLDER

    async def answer(did: Interaction, reply: Reply) -> None:
        if handler is None:
            await reply.send(without_handler(text))
            return
        if waits:
            await reply.send(looking())
        await handler(services, did, reply, typed)

    services.start(answer, replace(did, placeholder=waits))
