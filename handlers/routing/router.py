"""The one place that registers buttons and forms with Bolt: acknowledge, read the payload, hand on.

A click or form that decides is stored in the inbox before it is acknowledged.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import wraps
from typing import Any, TypeAlias, TypeVar

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.models.views import View

from handlers.routing.inbox import Inbox
from handlers.routing.services import Services
from handlers.toolkit.action_ids import Act, Form
from handlers.toolkit.blocks import RenderedMessage
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.modals import outdated
from handlers.toolkit.payloads import Payload
from handlers.toolkit.responder import Reply
from ordering.model.errors import NotPossible

P = TypeVar("P", bound=Payload)
T = TypeVar("T")
Handler: TypeAlias = Callable[[Services, Interaction, Reply, P], Awaitable[T]]
Faults: TypeAlias = Callable[[Interaction], Mapping[str, str]]


def _no_faults(_did: Interaction) -> Mapping[str, str]:
    return {}


class Router:
    """Connects each button and form to its handler, which gets the payload that `payload` reads.

    A button or form that cannot be read is from an older version: its user is notified.
    """

    def __init__(self, app: AsyncApp, services: Services, inbox: Inbox) -> None:
        self._app = app
        self._services = services
        self._inbox = inbox

    def button(
        self, act: Act | re.Pattern[str], payload: type[P], handler: Handler[P, None], *, at_once: bool = False
    ) -> None:
        """Acknowledge a click, then run its handler; `at_once` for one that opens a form."""

        @self._app.action(act)
        async def clicked(ack: AsyncAck, body: Mapping[str, Any]) -> None:
            await ack()
            self._start(payload, handler, Interaction.of_action(body), at_once=at_once)

    def ignored(self, act: Act) -> None:
        """Only acknowledge an input whose value another button carries."""

        @self._app.action(act)
        async def chosen(ack: AsyncAck) -> None:
            await ack()

    def decision(self, act: Act, payload: type[P], decide: Handler[P, str]) -> None:
        """Store a click before it is acknowledged, decide it immediately, and tell the user what `decide` returns.

        If the click could not be stored, Slack gets no answer: the user sees that, and a redelivery counts.
        """
        reading = _reading(payload, decide)

        async def handler(services: Services, did: Interaction, reply: Reply) -> None:
            text = await reading(services, did, reply)
            services.wake()
            await reply.send(RenderedMessage.from_text(text))

        self._inbox.decide(act, handler)

        @self._app.action(act)
        async def clicked(ack: AsyncAck, body: Mapping[str, Any]) -> BoltResponse | None:
            if not await self._inbox.take(act, Interaction.of_action(body)):
                return _no_answer()
            await ack()
            return None

    def form(
        self,
        form: Form,
        payload: type[P],
        handler: Handler[P, None],
        *,
        faults: Faults = _no_faults,
        waiting: Callable[[P], View] | None = None,
        channel: Callable[[P], str] | None = None,
    ) -> None:
        """Acknowledge a form, then run its handler. `faults` are shown at their fields, and then nothing runs.

        The form closes, and the answer goes to `channel`; with `waiting`, it stays open and shows that view until then.
        """

        @self._app.view(form)
        async def submitted(ack: AsyncAck, body: Mapping[str, Any]) -> None:
            did = Interaction.of_form(body, stays=waiting is not None)
            if found := faults(did):
                await ack(response_action="errors", errors=dict(found))
                return
            if (carried := _read(payload, did)) is None:
                await ack(response_action="update", view=outdated())
                return
            await (ack(response_action="update", view=waiting(carried)) if waiting else ack())
            if channel is not None:
                did = replace(did, channel=channel(carried) or None)
            self._start(payload, handler, did)

    def saved_form(
        self,
        form: Form,
        payload: type[P],
        save: Callable[[Services, Interaction, P], Awaitable[dict[str, Any]]],
    ) -> None:
        """Acknowledge a form with what `save` returns. It may only read and write the database: Slack is waiting."""

        @self._app.view(form)
        async def submitted(ack: AsyncAck, body: Mapping[str, Any]) -> None:
            did = Interaction.of_form(body, stays=True)
            if (carried := _read(payload, did)) is None:
                await ack(response_action="update", view=outdated())
                return
            await ack(**await self._services.form_response(lambda: save(self._services, did, carried)))

    def decision_form(
        self,
        form: Form,
        payload: type[P],
        decide: Handler[P, None],
        *,
        faults: Faults,
        waiting: Callable[[], View] | None = None,
    ) -> None:
        """Store a form before it is acknowledged, and decide it immediately.

        `faults` are shown at their fields, and then nothing is stored. The form closes; with `waiting`, it stays open
        and shows that view until the decision.
        """
        self._inbox.decide(form, _reading(payload, decide))

        @self._app.view(form)
        async def submitted(ack: AsyncAck, body: Mapping[str, Any]) -> BoltResponse | None:
            did = Interaction.of_form(body, stays=waiting is not None)
            if found := faults(did):
                await ack(response_action="errors", errors=dict(found))
            elif not await self._inbox.take(form, did):
                return _no_answer()
            else:
                await (ack(response_action="update", view=waiting()) if waiting else ack())
            return None

    def answer_the_rest(self) -> None:
        """Answer buttons and forms of an older version of the bot. Call it last: Bolt tries listeners in order."""

        async def outlived(_did: Interaction, _reply: Reply) -> None:
            raise NotPossible(code="old_button")

        @self._app.action(re.compile(".*"))
        async def unknown_button(ack: AsyncAck, body: Mapping[str, Any]) -> None:
            await ack()
            self._services.start(outlived, Interaction.of_action(body))

        @self._app.view(re.compile(".*"))
        async def unknown_form(ack: AsyncAck) -> None:
            await ack(response_action="update", view=outdated())

    def _start(self, payload: type[P], handler: Handler[P, None], did: Interaction, *, at_once: bool = False) -> None:
        reading = _reading(payload, handler)

        @wraps(handler)  # the log names the handler
        async def with_payload(did: Interaction, reply: Reply) -> None:
            await reading(self._services, did, reply)

        self._services.start(with_payload, did, at_once=at_once)


def _reading(payload: type[P], handler: Handler[P, T]) -> Callable[[Services, Interaction, Reply], Awaitable[T]]:
    """Return the handler with its payload read from the interaction."""

    async def reading(services: Services, did: Interaction, reply: Reply) -> T:
        return await handler(services, did, reply, payload.read(did.payload))

    return reading


def _read(payload: type[P], did: Interaction) -> P | None:
    """Return the payload of a form; None if it cannot be read."""
    try:
        return payload.read(did.payload)
    except NotPossible:
        return None


def _no_answer() -> BoltResponse:
    """Return a response that Slack treats as a failure: no answer over a socket, 503 over HTTP.

    If nothing was returned, Bolt would try the listener for unknown buttons next, and that one acknowledges.
    """
    return BoltResponse(status=503)
