"""Clicks and forms that decide: stored first, then acknowledged to Slack, then decided.

A process can die in between, so every process finishes what another one left. A click ends in the transaction of its
decision, so it decides once, however many processes work on it and however often Slack delivers it.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Collection
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from handlers.messages import words
from handlers.routing.services import Services
from handlers.toolkit.action_ids import Act, Form
from handlers.toolkit.blocks import RenderedMessage
from handlers.toolkit.error_messages import goes_on, refused, unforeseen
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.payloads import cart_of
from handlers.toolkit.responder import Reply
from handlers.toolkit.threads import Bridge
from ordering.model.errors import OrderingError
from ordering.ports.inbox import Click, ClickEnded, ClickOutcome
from ordering.ports.inbox import Inbox as Rows

Handler = Callable[[Services, Interaction, Reply], Awaitable[None]]

# These only stop or refuse, so they go first, end the older clicks on their cart, and stay valid indefinitely.
STOPPING = frozenset({Act.STOP.value, Act.WITHDRAW.value, Form.REJECT.value, Form.CHANGES.value})
# The value of these buttons changes with each state of the cart: the same value means the same decision.
_ASKED_ONCE = frozenset(
    {
        Act.PAY.value, Act.TRY_AGAIN.value, Act.GIVE_UP.value, Act.NOTHING_ORDERED.value, Act.IT_WAS_PAID.value,
        Act.NOT_PAID.value, Form.ADOPT.value,
    }
)  # fmt: skip
# A person who gets no answer presses these again. As they carry nothing but their value, the repetition says the same,
# and waits in no queue: on a slow day the clicks of impatient people would delay the one that matters.
_FOLDED = frozenset(
    {
        Act.APPROVE.value, Act.TRY_AGAIN.value, Act.GIVE_UP.value, Act.NOTHING_ORDERED.value, Act.IT_WAS_PAID.value,
        Act.NOT_PAID.value, Act.ORDER_ANYWAY.value,
    }
)  # fmt: skip
_WRITTEN_WITHIN = 2.5  # seconds; Slack waits three for its answer
_THREADS = 4
_EVERY = 1.0  # seconds between two checks for clicks that another process left
_MOST_TRIES = 6  # about five minutes
_KEPT = timedelta(days=7)
_FORGET_EVERY = 3600  # checks
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Decision:
    """How to carry out a click, and how long it stays valid."""

    handler: Handler
    life: timedelta | None


class Inbox:
    """Stores clicks that decide and carries them out: in order per cart, immediately if they stop a request."""

    def __init__(self, services: Services, rows: Rows) -> None:
        self._services = services
        self._rows = rows
        self._decisions: dict[str, Decision] = {}
        self._bridge = Bridge(_THREADS)
        self._under_way: set[str] = set()
        self._turns: dict[str, asyncio.Lock] = {}
        self._looks = 0

    @property
    def kinds(self) -> Collection[str]:
        """The stored buttons and forms, which need no other deduplication."""
        return self._decisions.keys()

    def decide(self, kind: str, handler: Handler) -> None:
        """Register the story that carries out clicks of this kind."""
        policy = self._services.workflow.policy
        life = None if kind in STOPPING else policy.payment_life if kind == Act.PAY else policy.approval_life
        self._decisions[kind] = Decision(handler, life)

    async def take(self, kind: str, did: Interaction) -> bool:
        """Store a click and carry it out; return whether to acknowledge it to Slack.

        A click that is already stored was delivered before: it is decided, or will be.
        """
        click = Click(did.trigger or secrets.token_hex(), kind, cart_of(did.payload), did.user, did.payload, did.kept())
        try:
            async with asyncio.timeout(_WRITTEN_WITHIN):
                stored = await self._bridge.call(self._rows.put, click, folds=kind in _FOLDED)
        except Exception as error:  # noqa: BLE001 - whatever fails: a click that is not on record is not acknowledged
            _log.error("click_not_written", kind=kind, user=did.user, error=type(error).__name__)
            return False
        if stored is not None:
            self._begin(stored, did)
        return True

    async def work_off(self) -> None:
        """Run one round: renew the leases of this process's clicks, and take over clicks that another process left."""
        for key in tuple(self._under_way):
            with suppress(Exception):  # another process may then take it over, which is safe
                await self._bridge.call(self._rows.hold, key)
        for click in await self._bridge.call(self._rows.take, first=STOPPING):
            if click.key not in self._under_way and click.content is not None:
                self._begin(click, Interaction.of_kept(click.content))
        self._looks += 1
        if self._looks % _FORGET_EVERY == 0:
            await self._bridge.call(self._rows.forget, _KEPT)
        await asyncio.sleep(_EVERY)

    def _begin(self, click: Click, did: Interaction) -> None:
        self._under_way.add(click.key)
        self._services.work.start(self._carry_out(click, did))

    async def _carry_out(self, click: Click, did: Interaction) -> None:
        reply = Reply(self._services.client, did, closing=self._services.closing)
        with self._services.command_names.in_use():
            try:
                async with self._turn(click):
                    await self._decide(click, did, reply)
            except asyncio.CancelledError:
                await reply.send(goes_on())
                raise
            except Exception:  # noqa: BLE001 - the last resort: the bug is logged, and the click is retried
                await self._failed(click, reply)
            finally:
                self._under_way.discard(click.key)
                self._services.wake()

    def _turn(self, click: Click) -> AbstractAsyncContextManager[object]:
        """Wait for the earlier clicks on the same cart; clicks that stop a request do not wait.

        A click that makes a cart waits for the same click again, and for no other.
        """
        if click.kind in STOPPING:
            return nullcontext()
        turn = str(click.cart_id or click.mark)
        self._turns = {waited: lock for waited, lock in self._turns.items() if lock.locked() or waited == turn}
        return self._turns.setdefault(turn, asyncio.Lock())

    async def _decide(self, click: Click, did: Interaction, reply: Reply) -> None:
        decision = self._decisions.get(click.kind)
        if decision is None or (decision.life is not None and click.age > decision.life):
            await reply.send(RenderedMessage.from_text(words.failures.lapsed(click.cart_id)))
            await self._end(click, ClickOutcome.LAPSED)
            return
        if click.kind in _ASKED_ONCE and await self._bridge.call(self._rows.was_decided, click):
            await reply.send(RenderedMessage.from_text(words.failures.done_already(click.cart_id)))
            await self._end(click, ClickOutcome.DECIDED)
            return
        workflow = self._services.workflow.under(click, overtakes=click.kind in STOPPING)
        mine, did = replace(self._services, workflow=workflow), replace(did, clicked_at=click.at)
        try:
            await mine.unless_outdated(decision.handler(mine, did, reply))
        except ClickEnded:
            await self._ended_before(click, reply)
        except OrderingError as refusal:
            _log.info("refused", click=click.kind, user=did.user, why=type(refusal).__name__)
            await reply.send(refused(refusal))
            await self._end(click, ClickOutcome.REFUSED)
        else:
            await self._end(click, ClickOutcome.DECIDED)

    async def _ended_before(self, click: Click, reply: Reply) -> None:
        """Notify the user if the request was stopped first. If another process decided the click, that one notifies."""
        if await self._bridge.call(self._rows.outcome, click.key) is ClickOutcome.OVERTAKEN:
            await reply.send(RenderedMessage.from_text(words.failures.ended_before(click.cart_id)))

    async def _failed(self, click: Click, reply: Reply) -> None:
        reference = secrets.token_hex(4)
        _log.exception("click_failed", kind=click.kind, cart=click.cart_id, tries=click.tries, reference=reference)
        if click.tries < _MOST_TRIES:
            return  # the row is still open, so it is retried in a moment
        with suppress(Exception):  # the database may be down, too
            await self._end(click, ClickOutcome.FAILED)
        await reply.send(unforeseen(reference))

    async def _end(self, click: Click, outcome: ClickOutcome) -> None:
        await self._bridge.call(self._rows.end, click.key, outcome)
