"""Dependencies shared by all listeners, and their common flow: acknowledge, parse, hand over."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from handlers.search_sessions import Searches
from handlers.text.command_name import CommandNames
from handlers.toolkit.blocks import RenderedMessage
from handlers.toolkit.closing_forms import ClosingForms
from handlers.toolkit.error_messages import cut_short, refused, unforeseen
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.links import Links
from handlers.toolkit.members import Members
from handlers.toolkit.modals import note
from handlers.toolkit.ovh_queue import OvhQueue
from handlers.toolkit.responder import Reply
from handlers.toolkit.tasks import Work
from handlers.toolkit.threads import Bridge
from ordering.model.errors import CardOutdated, OrderingError
from ordering.model.policy import Person
from ordering.workflow import Workflow

_DECISIONS, _CHECKING, _PLANNING = 4, 4, 4  # threads
_log = structlog.get_logger()


@dataclass(frozen=True)
class Services:
    """Dependencies shared by all listeners: the use cases, the thread pools, the members; `wake` triggers the worker.

    Thread pools are separate, so that no request waits behind slower ones: `bridge` reads and writes the database,
    `decisions` records decisions of approvers and payers, `search_bridge` reads the results of searches. Calls to OVH
    need a place: in `checking` for decisions that check OVH first, in `planning` for what a search needs before it
    begins, in `ovh` for all others.
    """

    workflow: Workflow
    bridge: Bridge
    search_bridge: Bridge
    members: Members
    client: AsyncWebClient
    wake: Callable[[], None]
    work: Work = field(default_factory=Work)
    links: Links = field(default_factory=Links)
    searches: Searches = field(default_factory=Searches)
    command_names: CommandNames = field(default_factory=CommandNames)
    closing: ClosingForms = field(default_factory=ClosingForms)
    to_learn: set[int] = field(default_factory=set)  # carts whose requirements are queued to be read
    decisions: Bridge = field(default_factory=lambda: Bridge(_DECISIONS))
    ovh: OvhQueue = field(default_factory=OvhQueue)
    checking: OvhQueue = field(default_factory=lambda: OvhQueue(_CHECKING))
    planning: OvhQueue = field(default_factory=lambda: OvhQueue(_PLANNING))

    async def person(self, did: Interaction) -> Person:
        return await self.members.who(did.user)

    async def must_search(self, did: Interaction) -> None:
        """Raise `NotAllowed` unless this user may search. Reads no user group, because searches need none."""
        self.workflow.policy.may_search(Person(did.user, await self.members.membership(did.user)))

    def start(
        self, handler: Callable[[Interaction, Reply], Awaitable[None]], did: Interaction, *, at_once: bool = False
    ) -> None:
        """Run a story after the acknowledgement, in turn; `at_once` for forms, because Slack waits three seconds.

        Every failure is reported to the user, and bugs are logged. A listener itself never raises: Bolt would drop the
        acknowledgement.
        """
        self.work.start(self._named(handler, did, at_once=at_once))

    @asynccontextmanager
    async def at_ovh(
        self, did: Interaction, reply: Reply, *, queue: OvhQueue | None = None, what: str = ""
    ) -> AsyncIterator[Bridge]:
        """Hold one of the user's places for calls to OVH, and yield the threads to call in.

        The bot notifies a queued user of their position: in their form, or in one message for all of their requests.
        `what` names the request in `LineFull`, which is raised if the queue is full.
        """

        async def notice(text: str) -> None:
            await reply.send(RenderedMessage.from_text(text))

        queue = queue or self.ovh
        async with queue.place(did.user, what=what, notice=notice, always=did.form is not None) as threads:
            yield threads

    async def form_response(self, handler: Callable[[], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
        """Run what a form's acknowledgement depends on, and return its content, which also reports any failure."""
        with self.command_names.in_use():
            try:
                return await handler()
            except OrderingError as refusal:
                _log.info("refused", why=type(refusal).__name__)
                return _instead(refused(refusal))
            except Exception:  # noqa: BLE001 - the last resort, as below
                reference = secrets.token_hex(4)
                _log.exception("unforeseen", reference=reference)
                return _instead(unforeseen(reference))
            finally:
                self.wake()

    async def _named(
        self, handler: Callable[[Interaction, Reply], Awaitable[None]], did: Interaction, *, at_once: bool
    ) -> None:
        with self.command_names.in_use(did.command):
            await self._reporting(handler, did, at_once=at_once)

    async def _reporting(
        self, handler: Callable[[Interaction, Reply], Awaitable[None]], did: Interaction, *, at_once: bool
    ) -> None:
        reply = Reply(self.client, did)
        try:
            if not at_once:
                await self.work.turn()
            await self.unless_outdated(handler(did, reply))
        except OrderingError as refusal:
            _log.info("refused", handler=handler.__qualname__, user=did.user, why=type(refusal).__name__)
            await reply.send(refused(refusal))
        except asyncio.CancelledError:
            await reply.send(cut_short())
            raise
        except Exception:  # noqa: BLE001 - the last resort: the user is notified, the bug is logged
            reference = secrets.token_hex(4)
            _log.exception("unforeseen", handler=handler.__qualname__, user=did.user, reference=reference)
            await reply.send(unforeseen(reference))
        finally:
            self.wake()

    async def unless_outdated(self, deciding: Awaitable[None]) -> None:
        """Await a decision. If its card was out of date, render that card again, in case no newer one is coming.

        This also covers cards from before an upgrade that changed what buttons carry.
        """
        try:
            await deciding
        except CardOutdated as late:
            await self.bridge.call(self.workflow.cards.show_again, late.cart_id)
            raise


def _instead(rendered: RenderedMessage) -> dict[str, Any]:
    return {"response_action": "update", "view": note(rendered)}
