"""Buttons whose click is a decision: recorded at once, carried out by the worker, shown on the card."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from handlers.toolkit.action_ids import Act
from handlers.toolkit.blocks import Drawn
from handlers.toolkit.context import Desk
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.responder import Reply

Decision = Callable[[Desk, Interaction, Reply], Awaitable[str]]


def on_click(app: AsyncApp, desk: Desk, act: Act, decide: Decision) -> None:
    """Record a decision as soon as a button is clicked, ahead of queued work, and report it to the person."""

    async def story(did: Interaction, reply: Reply) -> None:
        said = await decide(desk, did, reply)
        desk.wake()
        await reply.tell(Drawn.saying(said))

    @app.action(act)
    async def clicked(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        desk.start(story, Interaction.of_action(body), at_once=True)
