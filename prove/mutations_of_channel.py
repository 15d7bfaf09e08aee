"""Mutations of the guards on the connection of a money call, on tokens, and on leases."""

from __future__ import annotations

from prove.mutation import Mutation

_MONEY, _CONNECTION = "registrars/ovh/api/money.py", "registrars/ovh/api/connection.py"
OF_CHANNEL = (
    Mutation(
        "send a call that buys or pays again when its answer is lost",
        _MONEY,
        "            reply = self._connection.exchange(request)\n",
        "            try:\n"
        "                reply = self._connection.exchange(request)\n"
        "            except OSError:\n"
        "                self._connection._http.connect()\n"
        "                reply = self._connection.exchange(request)\n",
    ),
    Mutation(
        "send a payment that was held up, however late",
        _MONEY,
        "        if datetime.now(UTC) >= not_after or uptime() - self._opened_at >= _FRESH_FOR:\n",
        "        if not_after is None:\n",
    ),
    Mutation(
        "trust the wall clock alone about how long a process slept",
        _MONEY,
        "        if datetime.now(UTC) >= not_after or uptime() - self._opened_at >= _FRESH_FOR:\n",
        "        if datetime.now(UTC) >= not_after:\n",
    ),
    Mutation(
        "write to a connection that OVH has ended",
        _MONEY,
        "        if not self._connection.is_alive():\n",
        "        if self._connection.was_aborted:\n",
    ),
    Mutation(
        "sign a payment with the time of the call",
        _MONEY,
        "        request = _request(self._url, self._body, self._sign(signed_at))\n",
        "        request = _request(self._url, self._body, self._sign(datetime.now(UTC)))\n",
    ),
    Mutation(
        "take a cut connection after the write for a call that was not sent",
        _MONEY,
        '            raise OutcomeUnknown("OVH\'s answer was lost.") from error\n',
        '            raise NotSent("Nothing was sent.") from error\n',
    ),
    Mutation(
        "wait as long as OVH sends a byte now and then",
        _CONNECTION,
        "        with self._ending_within(self._read_timeout):\n",
        "        with self._guard:\n",
    ),
    Mutation(
        "leave the kernel to send on after the caller gave up",
        _CONNECTION,
        "            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)\n",
        "",
    ),
    Mutation(
        "fetch a token between the intent and the write",
        "registrars/ovh/api/session.py",
        "            return lambda _: bearer\n",
        '            return lambda _: {"Authorization": f"Bearer {self._tokens.bearer()}"}\n',
    ),
    Mutation(
        "renew a token only when it ends",
        "registrars/ovh/api/tokens.py",
        "        if uptime() - token.fetched_at >= token.life * _RENEWED_AFTER:\n",
        "        if uptime() - token.fetched_at >= token.life:\n",
    ),
    Mutation(
        "leave a money call on the wire when the process stops",
        _MONEY,
        "                call.abort()\n",
        "                call.target\n",
    ),
    Mutation(
        "look for an order of a call that was never sent",
        "ordering/process/checkout.py",
        "        except NotSent as unsent:\n            self._search.nothing_left(begun, unsent)\n",
        "",
    ),
    Mutation(
        "hold the only permit while the cart is given back",
        "ordering/process/checkout.py",
        "                held.close()  # its permit may be the only one\n",
        "",
    ),
    Mutation(
        "renew the lease of a job that hangs",
        "bot/worker_pool.py",
        "            if cart_id not in self._lost and progress.is_stuck(self._stuck_after):\n",
        "            if cart_id in self._lost and progress.is_stuck(self._stuck_after):\n",
    ),
    Mutation(
        "take the wait for a permit for a hanging job",
        "ordering/process/progress.py",
        "        return not self._is_queued and self._clock()",
        "        return self._clock()",
    ),
)
