"""The whole life of one request, scene by scene: what each user sees, and OVH's ledger."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable

from sandbox.slack import Actor, Message
from sandbox.stage import Stage

_NAMES = ("blue-otter.ovh", "promo-otter.fr")
_PATIENCE = 20.0  # seconds for a step that waits for OVH's simulated delivery


class Rehearsal:
    """Ada and Ben fill a cart, Cleo approves it, Dan pays it."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._act = 0
        self._ada, self._ben = stage.slack.person("ada"), stage.slack.person("ben")
        self._cleo, self._dan = stage.slack.person("cleo"), stage.slack.person("dan")

    async def play(self) -> bool:
        """Play all scenes; return whether the order was made once, paid once and delivered."""
        await self._search()
        await self._fill()
        await self._request()
        await self._approve()
        await self._pay()
        await self._record()
        return self._verdict()

    async def _search(self) -> None:
        self._title("Ada looks for names: /domain search blue-otter.ovh taken-otter.com premium-otter.fr")
        await self._ada.command("search blue-otter.ovh taken-otter.com premium-otter.fr")
        answer = await self._sees(self._ada, "domains", lambda m: "Taken" in m.plain_text())
        await self._ada.click(answer, "Add to cart")
        await self._sees(self._ada, "domains", lambda m: "Added" in m.text)

    async def _fill(self) -> None:
        self._title("Ben adds another to the same cart: /domain add promo-otter.fr")
        await self._ben.command("add promo-otter.fr")
        await self._sees(self._ben, "domains", lambda m: "Added" in m.text)
        await self._sees(self._ben, "domains", lambda m: all(name in m.plain_text() for name in _NAMES))

    async def _request(self) -> None:
        self._title("Ada requests approval, and says what for")
        cart = self._last(self._ada, "domains", lambda m: "Request approval" in m.plain_text())
        await self._ada.click(cart, "Request approval")
        await self._stage.slack.until(lambda: self._ada.modal)
        await self._ada.submit(purpose="Names for the otter campaign")
        await self._sees(self._ada, "domains", lambda m: "is with the approvers" in m.text)

    async def _approve(self) -> None:
        self._title("Cleo approves it, and the desk orders at OVH")
        card = await self._sees(self._cleo, "approvals", lambda m: "Approve" in m.plain_text())
        await self._cleo.click(card, "Approve")
        await self._sees(
            self._dan, "approvals", lambda m: "Pay" in m.plain_text() and "waiting for payment by" in m.plain_text()
        )
        self._ledger()

    async def _pay(self) -> None:
        self._title("Dan pays the order")
        card = self._last(self._dan, "approvals", lambda m: "waiting for payment by" in m.plain_text())
        await self._dan.click(card, "Pay")
        done = await self._sees(self._dan, "approvals", lambda m: "all names are registered" in m.plain_text())
        self._show("the thread below the card", "\n".join(m.text for m in self._stage.slack.thread(done)))
        await self._sees(self._ada, "domains", lambda m: "Registered" in m.plain_text())
        self._ledger()

    async def _record(self) -> None:
        self._title("The operator exports the record: python -m bot export")
        record = json.loads(await self._stage.bot.run_command("export"))
        self._show("the record", json.dumps(record, indent=1))

    def _verdict(self) -> bool:
        orders = list(self._stage.ovh.orders.all.values())
        fine = (
            len(orders) == 1
            and len(orders[0].payments) == 1
            and self._stage.ovh.orders.status(orders[0]) == "delivered"
            and not self._stage.slack.state.faulty
        )
        print("\nOrdered once, paid once, delivered." if fine else "\nThis is not what should have happened.")
        return fine

    async def _sees(self, who: Actor, channel: str, which: Callable[[Message], bool]) -> Message:
        found = await self._stage.slack.until(
            lambda: next((m for m in reversed(who.messages(channel)) if m.thread_ts is None and which(m)), None),
            _PATIENCE,
        )
        self._show(f"{who.id} in #{channel}{', only for them' if found.ephemeral else ''}", found.plain_text())
        return found

    def _last(self, who: Actor, channel: str, which: Callable[[Message], bool]) -> Message:
        return next(m for m in reversed(who.messages(channel)) if m.thread_ts is None and which(m))

    def _title(self, title: str) -> None:
        self._act += 1
        print(f"\nAct {self._act}. {title}")

    def _show(self, where: str, words: str) -> None:
        print(f"\n  [{where}]\n{textwrap.indent(words, '  | ')}")

    def _ledger(self) -> None:
        lines = [
            f"order {o.id}: {', '.join(o.domains)}  {o.total} EUR  {self._stage.ovh.orders.status(o)}, "
            f"{len(o.payments)} payments"
            for o in self._stage.ovh.orders.all.values()
        ]
        self._show("OVH's ledger", "\n".join(lines) or "empty")
