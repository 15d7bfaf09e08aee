"""Mutations of the guards against a bot that stands still without a word."""

from __future__ import annotations

from prove.mutation import Mutation

_TRANSACTIONS, _TIMERS, _NOTIFIER = "store/transactions.py", "store/timers.py", "handlers/notifier.py"
_FUTURE = "        (col(TimerRow.set_at), col(TimerRow.set_at) > now + _CLOCKS_APART),\n"
OF_STUCK = (
    Mutation(
        "let a save erase the timer of the next step",
        _TRANSACTIONS,
        "        if due_at is not KEEP:\n            self.set_timer(cart.id, TimerKind.STEP, due_at)\n",
        "        self.set_timer(cart.id, TimerKind.STEP, None if due_at is KEEP else due_at)\n",
    ),
    Mutation(
        "count a timer far ahead as due",
        _TIMERS,
        _FUTURE,
        "        (col(TimerRow.due_at), col(TimerRow.due_at) > now + timedelta(hours=7)),\n",
    ),
    Mutation("leave a cart alone whose timer a wrong clock set", _TIMERS, _FUTURE, ""),
    Mutation(
        "let an overtaken step move the timer",
        _TRANSACTIONS,
        "        if self._hold(col(CartRow.id) == cart_id, col(CartRow.version) == version):\n",
        "        if self._hold(col(CartRow.id) == cart_id):\n",
    ),
    Mutation(
        "begin a step without a write",
        "ordering/process/transitions.py",
        "            carts.begin_step(cart_id)\n",
        "",
    ),
    Mutation(
        "build a cart for the dry run without a write",
        "ordering/workflow/asking.py",
        "            carts.begin_step(cart_id)  # a database that takes no writes ends this before OVH builds a cart\n",
        "            carts.cart(cart_id)\n",
    ),
    Mutation(
        "write into the schema of another version",
        "store/schema.py",
        "    if list(found) != [newest()]:\n",
        "    if not found:\n",
    ),
    Mutation(
        "let a migration overtake a write",
        "store/schema.py",
        "SELECT version_num FROM alembic_version FOR SHARE",
        "SELECT version_num FROM alembic_version",
    ),
    Mutation(
        "decide by what was true before the wait for the lock",
        "store/engine.py",
        '        isolation_level="READ COMMITTED",\n',
        "",
    ),
    Mutation(
        "migrate under processes of an older version",
        "store/heartbeats.py",
        "    if alive:\n",
        "    if alive > 99:\n",
    ),
    Mutation(
        "call a database healthy that takes no writes",
        "bot/heartbeat.py",
        "        if silent <= self._within:\n",
        "        if silent <= self._within or self._why:\n",
    ),
    Mutation(
        "believe an unknown refusal within seconds",
        "handlers/toolkit/retries.py",
        "        return self._clock() - failed.since >= UNKNOWN_LASTS\n",
        "        return True\n",
    ),
    Mutation(
        "forget a message that Slack refuses with an unknown word",
        _NOTIFIER,
        "            await self._bridge.call(self._outbox.give_up, message, version=cart.version)\n",
        "            await self._bridge.call(self._outbox.forget, message)\n",
    ),
    Mutation(
        "tell no operator of an unknown refusal",
        _NOTIFIER,
        "            self.alerts.report(message_key(message), _refused_by_slack(cart, message, refusal.word))\n",
        "",
    ),
    Mutation(
        "let a card that cannot be rendered raise",
        _NOTIFIER,
        "        except Exception:  # noqa: BLE001 - a view's bug: the cart is named, the bug is logged\n",
        "        except FAILURES:\n",
    ),
    Mutation(
        "leave a message as it is when its cart changes",
        _TRANSACTIONS,
        "        self._session.execute(update(MessageRow).where(theirs).values(wanted=cart.version + 1))\n",
        "",
    ),
    Mutation(
        "give up a version that was saved in the meantime",
        _TRANSACTIONS,
        "        this = (col(MessageRow.id) == message_id, col(MessageRow.wanted) <= version)\n",
        "        this = (col(MessageRow.id) == message_id,)\n",
    ),
    Mutation(
        "add a message beside a save without waiting for it",
        _TRANSACTIONS,
        "        self._hold(col(CartRow.id) == cart_id)\n        wanted =",
        "        wanted =",
    ),
)
