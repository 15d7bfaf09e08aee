"""`python -m prove.proof`: breaks one guard of the bot at a time, and shows that the tests or the campaign catch it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer

from prove.mutation import Mutation
from prove.mutations_of_channel import OF_CHANNEL
from prove.mutations_of_decisions import OF_DECISIONS
from prove.mutations_of_explorer import OF_EXPLORER
from prove.mutations_of_facts import OF_FACTS
from prove.mutations_of_foreign import OF_FOREIGN
from prove.mutations_of_memory import OF_MEMORY
from prove.mutations_of_pay import OF_PAY
from prove.mutations_of_quotes import OF_QUOTES
from prove.mutations_of_rights import OF_RIGHTS
from prove.mutations_of_stuck import OF_STUCK
from prove.mutations_of_terms import OF_SHAPING, OF_TERMS

ROOT = Path(__file__).parents[1]
_QUIET = ("-xq", "-n", "4", "--no-header")
# The nearest tests first, for they are the quickest: each step is taken only where the ones before it saw nothing.
_NEAREST = {
    "bot": ["tests/bot/test_driver.py", "tests/bot/test_stuck_jobs.py", "tests/bot/test_pulse.py"],
    "ordering": ["tests/ordering"],
    "registrars": ["tests/registrars"],
    "store": ["tests/store/contract/test_races.py"],
    "handlers": ["tests/handlers"],
}
THEN = (
    ["-m", "pytest", *_QUIET, "tests/ordering", "tests/registrars"],
    ["-m", "pytest", *_QUIET, "tests/store", "tests/story"],
    ["-m", "prove.explorer", "--seconds", "60"],
    ["-W", "ignore", "-m", "prove", "--seconds", "60"],
)
_ALONE = {"pyproject.toml", "uv.lock", "desk.toml.example", ".env.example", "README.md", "manifest.yml", "alembic.ini"}
_CODE = ("bench", "bot", "handlers", "ordering", "prove", "registrars", "sandbox", "store", "tests")


MUTATIONS = (
    *OF_EXPLORER,
    *OF_DECISIONS,
    *OF_FOREIGN,
    *OF_MEMORY,
    *OF_FACTS,
    *OF_CHANNEL,
    *OF_PAY,
    *OF_QUOTES,
    *OF_RIGHTS,
    *OF_STUCK,
    *OF_SHAPING,
    *OF_TERMS,
    Mutation(
        "drop the compare-and-set",
        "store/transactions.py",
        "update(CartRow).where(col(CartRow.id) == cart.id, col(CartRow.version) == cart.version).values(**values)",
        "update(CartRow).where(col(CartRow.id) == cart.id).values(**values)",
    ),
    Mutation(
        "decide about several carts at the same moment",
        "store/transactions.py",
        '        if self._session.get_bind().dialect.name == "postgresql":\n',
        '        if self._session.get_bind().dialect.name == "nothing":\n',
    ),
    Mutation(
        "take an unclear answer to a deed for a no",
        "registrars/ovh/api/errors.py",
        '    return OutcomeUnknown("OVH gave no clear answer.")\n',
        "    return RegistrarUnavailable(LATER)\n",
    ),
    Mutation(
        "skip the seal before the checkout",
        "ordering/process/checkout.py",
        "        if self._form_of_seal(cart, prepared) and prepared.quote.total.is_within(cart.seal.total):\n",
        "        if prepared:\n",
    ),
    Mutation(
        "approve what the card did not show",
        "ordering/workflow/deciding.py",
        "            if shown != sealed.short:\n",
        "            if not sealed:\n",
    ),
    Mutation(
        "take another offer than the one that was seen",
        "ordering/model/choosing.py",
        "        if found is None:\n",
        "        found = found or offers[0]\n        if found is None:\n",
    ),
    Mutation(
        "ask for a name that the account owns",
        "ordering/workflow/preflight.py",
        "        if line.domain in owned:\n",
        "        if not line.domain:\n",
    ),
    Mutation(
        "forget the intent to order",
        "ordering/process/checkout.py",
        "        return self._intents.commit(begun, event, standing=standing, at=now, due_at=now + self._settle / 4)\n",
        "        return begun\n",
    ),
    Mutation(
        "order anew while the first try could still come through",
        "ordering/process/order_search.py",
        "        if not self._registrar.discard(attempt.registrar_cart):\n",
        "        if not attempt.registrar_cart:\n",
    ),
    Mutation(
        "pay before comparing what OVH ordered",
        "ordering/process/order_search.py",
        "        if not cart.covers(order.total):\n",
        "        if not cart.seal:\n",
    ),
    Mutation(
        "forget that the payment was sent",
        "ordering/process/payment.py",
        "        if payment.sent_at is not None:\n            self._outcome.follow(cart)\n        elif ",
        "        if ",
    ),
    Mutation(
        "pay an order that was paid or changed at OVH meanwhile",
        "ordering/process/payment.py",
        "        if self._is_settled(cart, fresh):\n            return\n",
        "",
    ),
    Mutation(
        "send without looking for an earlier payment",
        "ordering/process/payment.py",
        "        if self._hinders(cart, payment, earlier):\n            return\n",
        "",
    ),
    Mutation(
        "pay what the card did not show",
        "ordering/workflow/paying.py",
        "            cart.must_be_as_shown(shown)\n",
        "",
    ),
    Mutation(
        "believe OVH's no to a checkout without a look",
        "ordering/process/checkout.py",
        "            self._search.refused(begun, refusal)\n",
        '            self._book.needs_attention(begun, f"{refusal} Nothing was ordered.", attempt=None)\n',
    ),
    Mutation(
        "pay beside a payment by another method",
        "registrars/ovh/payments.py",
        "        seen = self._unfinished(order, made_at, others)\n",
        '        seen = PaymentSighting(P.NOT_SEEN, "The order shows no payment.")\n',
    ),
    Mutation(
        "let anybody pay",
        "ordering/workflow/paying.py",
        "            cart = carts.cart(cart_id)\n            self.policy.may_pay(payer)\n",
        "            cart = carts.cart(cart_id)\n",
    ),
    Mutation(
        "let people approve their own request",
        "ordering/model/policy.py",
        "        if self.self_approval:\n            return\n",
        "        if self.approvers:\n            return\n",
    ),
    Mutation(
        "read null as an empty list",
        "registrars/ovh/api/schemas.py",
        "    if not isinstance(answer, list):\n",
        "    answer = answer or []\n    if not isinstance(answer, list):\n",
    ),
    Mutation(
        "believe any order that a person names",
        "registrars/ovh/orders.py",
        "            if shown == names:\n",
        "            if shown:\n",
    ),
    Mutation(
        "take an order that does not show all its names yet for another's",
        "registrars/ovh/orders.py",
        "            elif not details or (shown and shown < names):\n",
        "            elif not details:\n",
    ),
    Mutation(
        "date a payment by a clock that may be put right",
        "registrars/ovh/payments.py",
        "        return payment.sent_at_ovh or (",
        "        return (",
    ),
)


def prove_the_proof(only: str = "") -> None:
    """Break one guard at a time; fails where one break is seen by nobody.

    First all stages must be green on the bot as it is: what is red anyway would catch every break.
    """
    chosen = [mutation for mutation in MUTATIONS if only in mutation.what]
    if (red := _red_without_a_break(chosen)) is not None:
        raise SystemExit(f"Nothing is proven: with no guard broken, {red} fails already. Mend that first.")
    missed = 0
    print("| guard that was broken | caught by | seconds |\n| --- | --- | ---: |")
    for mutation in chosen:
        started = time.monotonic()
        caught = _caught_by(mutation)
        missed += caught is None
        spent = time.monotonic() - started
        print(f"| {mutation.what} | {caught or '**nobody**'} | {spent:.0f} |", flush=True)
    sys.exit(bool(missed))


def _red_without_a_break(mutations: Sequence[Mutation]) -> str | None:
    with _copy() as copy:
        nearest = {tuple(_nearest(mutation)): _nearest(mutation) for mutation in mutations}
        return _first_red([*nearest.values(), *THEN], copy)


def _caught_by(mutation: Mutation) -> str | None:
    with _copy() as copy:
        _break(copy / mutation.file, mutation)
        return _first_red([_nearest(mutation), *THEN], copy)


def _nearest(mutation: Mutation) -> list[str]:
    return ["-m", "pytest", *_QUIET, *_NEAREST[mutation.file.partition("/")[0]]]


@contextmanager
def _copy() -> Iterator[Path]:
    """All that the stages need, to be broken at will."""
    with tempfile.TemporaryDirectory(prefix="proof-") as folder:
        copy = Path(folder)
        for name in _CODE:
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in _ALONE:
            if (ROOT / name).exists():
                shutil.copy(ROOT / name, copy / name)
        yield copy


def _first_red(stages: Iterable[list[str]], copy: Path) -> str | None:
    """Run one stage after the other; returns what fails first, None where all are green."""
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    for stage in stages:
        done = subprocess.run(
            [sys.executable, *stage], cwd=copy, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            return first_failure(done.stdout) or f"`{' '.join(stage[1:3])}` (it ended with {done.returncode})"
    return None


def _break(path: Path, mutation: Mutation) -> None:
    text = path.read_text()
    if text.count(mutation.old) != 1:
        raise SystemExit(f"“{mutation.what}” no longer fits {mutation.file}: bring it up to date")
    path.write_text(text.replace(mutation.old, mutation.new))


def first_failure(printed: str) -> str | None:
    for line in printed.splitlines():
        if line.startswith(("FAILED tests/", "ERROR tests/")):
            return f"`{line.split()[1].rpartition('/')[2]}`"
        if line.startswith("| **") and not line.rstrip(" |").endswith("0"):
            return f"the campaign: {line.split('**')[1]}"
        if line.startswith("BROKEN "):
            return f"the explorer: {line.removeprefix('BROKEN ').partition(' (')[0]}"
    return None


if __name__ == "__main__":
    typer.run(prove_the_proof)
