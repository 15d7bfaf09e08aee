"""The database is restored from an older copy; users press old cards, operators compare and end recover mode."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError

from bot.app import ovh_config
from bot.recover import Recover
from bot.settings import Settings
from handlers.messages import words
from ordering.model.errors import RegistrarError
from ordering.model.recovery import FLOOR, FLOOR_WITH_PROCESSES, Stamp
from prove.copies import Copy
from prove.extra_faults import Restore
from prove.laws import KIND, UNNOTICED, Broken
from prove.met import Met
from prove.team import Team
from registrars.ovh import OvhGateway
from sandbox.slack import Actor, Message, NoSuchButton, NotAcknowledged
from sandbox.slack.messages import elements
from store.engine import open_engines
from store.transactions import SqlStore

_LONG = 200.0  # seconds until a cart has reached the state in which its database is copied
_AT_MOST = 12.0  # seconds after the copy, if fewer calls come than were drawn
_NOTICED = 20.0  # seconds until a card from the lost time starts recover mode, on a busy machine
_BY_ITSELF = 4.0  # seconds in which surviving processes may notice it, before an operator reports it
_ENDED = 90.0  # seconds until recover mode is over, on a busy machine
_TICK = 0.2
_MORE = 60.0  # seconds more than the minimum wait
_WORDS = {"requested": words.card.TO_APPROVE, "ordered": words.card.TO_PAY}
_DECIDE = {"approve", "pay", "stop"}
_REFUSED = "from before my database was restored"


class Lives(Protocol):
    """The processes of a run, which an operator stops and starts."""

    async def put_down(self) -> None: ...

    def let_live(self) -> None: ...


class PutBack:
    """One restore, from the copy to the old card that is refused. `broken` are the laws that did not hold."""

    def __init__(self, met: Met, plan: Restore, database: str, team: Team, lives: Sequence[Lives]) -> None:
        self._met = met
        self._stage = met.stage
        self._plan = plan
        self._database = database
        self._team = team
        self._lives = lives
        self.broken: list[Broken] = []
        self.has_begun = False

    async def run(self) -> None:
        """Copy, wait, restore, and act as users and operators do then."""
        stage, words = self._stage, _WORDS[self._plan.copied]
        await stage.slack.until(lambda: words in self._card_text(), _LONG)
        kept = await asyncio.to_thread(Copy, self._database, stage.folder)
        await self._calls(self._plan.after)
        if self._plan.waits:
            with suppress(TimeoutError):
                await stage.slack.until(lambda: self._old_button(self._team.card(), kept), _AT_MOST / 2)
        old = copy.deepcopy(self._team.card())
        self.has_begun = True
        await self._put_back(kept)
        pressed = self._old_button(old, kept)
        if old is None or pressed is None or not await self._is_noticed(old, *pressed):
            await self._say_so()
        if not await self._is_ended():
            self.broken.append((UNNOTICED, "recover mode did not end after a person compared"))
        elif old is not None and pressed is not None:
            await self._is_refused(old, *pressed)

    def _card_text(self) -> str:
        card = self._team.card()
        return card.plain_text() if card else ""

    async def _calls(self, number: int) -> None:
        """Wait for this many calls to OVH, or until nothing more happens."""
        first = len(self._stage.ovh.calls)
        with suppress(TimeoutError):
            async with asyncio.timeout(_AT_MOST):
                while len(self._stage.ovh.calls) < first + number:  # noqa: ASYNC110 - the simulation has no event
                    await asyncio.sleep(0.02)

    async def _put_back(self, kept: Copy) -> None:
        if not self._plan.running:
            for life in self._lives:
                await life.put_down()
        self._met.lost = await asyncio.to_thread(kept.put_back)
        how = "under living processes" if self._plan.running else "while the bot was stopped"
        self._met.extra_faults[f"the database put back {how}"] += 1
        for life in self._lives:
            life.let_live()
        await self._stage.slack.connected(60)

    # Noticing

    def _old_button(self, old: Message | None, kept: Copy) -> tuple[Actor, str] | None:
        """Return a user and a button of theirs on a card that shows more than the database has now."""
        for _, element in elements(old.blocks) if old else ():
            stamp = Stamp.parse(str(element.get("value", "")).rpartition(" ")[2])
            action = str(element["action_id"])
            if stamp is not None and action in _DECIDE and stamp.number > kept.newest:
                return self._team.approver if action == "approve" else self._team.dan, action
        return None

    async def _is_noticed(self, old: Message, who: Actor, button: str) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(_NOTICED):
                while not await self._is_on():
                    with suppress(NotAcknowledged, NoSuchButton):
                        await who.click(old, button)
                    await asyncio.sleep(1)
                self._met.extra_faults["recover mode after an old card or by a process"] += 1
                return True
        if not self._is_over():  # the card shows by itself how it ended, so nothing can be lost
            self.broken.append((UNNOTICED, f"{who.id} pressed {button} of a card that shows more than is on record"))
        return False

    async def _say_so(self) -> None:
        """Start recover mode without such a card: surviving processes may notice, otherwise the operator reports it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_BY_ITSELF):
                while not await self._is_on():  # noqa: ASYNC110 - a database has no event for it
                    await asyncio.sleep(_TICK)
                self._met.extra_faults["recover mode after an old card or by a process"] += 1
                return
        await self._command(begin=True)
        self._met.extra_faults["recover mode by an operator's word"] += 1

    # Comparing

    async def _is_ended(self) -> bool:
        """Compare, let the minimum wait pass, and confirm; the wait is longer than OVH hides anything."""
        drawn, clock = self._met.drawn, self._stage.ovh.clock
        hidden = max(drawn.payment_late, drawn.late[1] if drawn.late else 0.0, drawn.settle_after)
        await self._command()
        await asyncio.sleep(hidden + 1)
        shared = not self._database.startswith("sqlite")
        floor = FLOOR_WITH_PROCESSES if shared and self._plan.running else FLOOR
        clock.put(clock.apart() + floor.total_seconds() + _MORE)
        with suppress(TimeoutError):
            async with asyncio.timeout(_ENDED):
                while await self._is_on():
                    await self._command()
                    await asyncio.sleep(1)
                return True
        return False

    async def _command(self, *, begin: bool = False) -> None:
        """Run what `domain-desk recover --yes` runs; only an operator who stopped all processes confirms that."""
        with suppress(RegistrarError, SQLAlchemyError):  # retried
            await asyncio.to_thread(self._recover, begin=begin)

    def _recover(self, *, begin: bool) -> None:
        environment = self._stage.environment
        settings = Settings.model_validate({name.lower(): value for name, value in environment.items() if value})
        engines, gateway = open_engines(self._database), OvhGateway(ovh_config(settings))
        try:
            command = Recover(SqlStore(engines), gateway, say=lambda _: None, asks=lambda _: True)
            command.run(begin=begin, all_stopped=not self._plan.running)
        finally:
            gateway.close()
            engines.close()

    async def _is_on(self) -> bool:
        return await asyncio.to_thread(self._read_mode)

    def _read_mode(self) -> bool:
        engines = open_engines(self._database)
        try:
            with SqlStore(engines).read() as reading:
                return reading.standing().recovery is not None
        except SQLAlchemyError:  # cut off while the copy was restored
            return False
        finally:
            engines.close()

    # Afterwards

    async def _is_refused(self, old: Message, who: Actor, button: str) -> None:
        """Check that the old card decides nothing any more, and explains why."""
        messages = self._stage.slack.state.messages[old.channel]
        before = len(messages)

        def refused() -> bool:
            return any(m.only_for == who.id and _REFUSED in m.text for m in messages[before:])

        for _ in range(5):
            with suppress(NotAcknowledged, NoSuchButton):
                await who.click(old, button)
            with suppress(TimeoutError):
                await self._stage.slack.until(lambda: refused() or None, 4)
                self._met.extra_faults["old cards refused after it"] += 1
                return
        last_reply = next((m.text for m in reversed(messages) if m.only_for == who.id), "nothing")
        self.broken.append(
            (KIND, f"{who.id} pressed {button} of a card from before the restore; was reported: {last_reply}")
        )

    def _is_over(self) -> bool:
        text = self._card_text()
        return any(end in text for end in (words.card.DELIVERED, words.card.NOT_BOUGHT, words.card.REJECTED))
