"""Register buttons and forms that decide: store, acknowledge, decide, and show the result on the card."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.models.views import View

from handlers.toolkit.action_ids import Act, Form
from handlers.toolkit.blocks import RenderedMessage
from handlers.toolkit.context import Services
from handlers.toolkit.inbox import Handler, Inbox
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.responder import Reply

Decision = Callable[[Services, Interaction, Reply], Awaitable[str]]


def on_click(app: AsyncApp, inbox: Inbox, act: Act, decide: Decision) -> None:
    """Store a click before it is acknowledged, decide it immediately, and report the decision to the user.

    If the click could not be stored, Slack gets no answer: the user sees that, and a redelivery counts.
    """

    async def handler(services: Services, did: Interaction, reply: Reply) -> None:
        text = await decide(services, did, reply)
        services.wake()
        await reply.send(RenderedMessage.from_text(text))

    inbox.decide(act, handler)

    @app.action(act)
    async def clicked(ack: AsyncAck, body: Mapping[str, Any]) -> BoltResponse | None:
        if not await inbox.take(act, Interaction.of_action(body)):
            return _no_answer()
        await ack()
        return None


def on_submit(
    app: AsyncApp,
    inbox: Inbox,
    form: Form,
    decide: Handler,
    *,
    faults: Callable[[Interaction], Mapping[str, str]],
    waiting: Callable[[], View] | None = None,
) -> None:
    """Store a form before it is acknowledged, and decide it immediately.

    `faults` are shown at their fields, and then nothing is stored. The form closes; with `waiting`, it stays open and
    shows that view until the decision.
    """
    inbox.decide(form, decide)

    @app.view(form)
    async def submitted(ack: AsyncAck, body: Mapping[str, Any]) -> BoltResponse | None:
        did = Interaction.of_form(body, stays=waiting is not None)
        if found := faults(did):
            await ack(response_action="errors", errors=dict(found))
        elif not await inbox.take(form, did):
            return _no_answer()
        else:
            await (ack(response_action="update", view=waiting()) if waiting else ack())
        return None


def _no_answer() -> BoltResponse:
    """Return a response that Slack treats as a failure: no answer over a socket, 503 over HTTP.

    If nothing was returned, Bolt would try the listener for unknown buttons next, and that one acknowledges.
    """
    return BoltResponse(status=503)
