"""Somebody looks for names."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from handlers.desk import Desk
from handlers.parsing import Interaction, search_of
from handlers.reply import Reply
from handlers.views.help import help_message
from handlers.views.search import results
from ordering.errors import NotPossible
from ordering.offer import Availability

_FIRST_LOOK, _PATIENCE = 1.0, 3.0  # seconds until the first partial answer, and times as long until the next
_MOST_AT_ONCE = 3  # searches of one person: each holds a thread while it reads


async def tell(desk: Desk, did: Interaction, reply: Reply, typed: str) -> None:
    """Ask OVH and answer as the answers come, within Slack's five uses of a response_url."""
    query, unreadable = search_of(typed)
    if not (query.names or query.words or unreadable):
        await reply.tell(help_message())
        return
    answers: list[Availability] = []

    async def show(*, done: bool) -> None:
        drawn = results(
            answers,
            asked=len(names),
            unreadable=unreadable,
            done=done,
            allow_premium=desk.workflow.policy.allow_premium,
            can_add=True,
        )
        await reply.tell(drawn)

    with _one_of_a_few(desk.searching, did.user):
        names = await desk.search_bridge.call(desk.workflow.names_of, query)
        wait, last = _FIRST_LOOK, time.monotonic()
        async with desk.search_bridge.stream(desk.workflow.search, names) as found:
            async for answer in found:
                answers.append(answer)
                # The last use is kept for the complete answer.
                if len(answers) < len(names) and reply.uses_left > 1 and time.monotonic() - last >= wait:
                    await show(done=False)
                    wait, last = wait * _PATIENCE, time.monotonic()
    await show(done=True)


@contextmanager
def _one_of_a_few(searching: Counter[str], user: str) -> Iterator[None]:
    """Hold one of a person's places; raises `NotPossible` where all are taken."""
    if searching[user] >= _MOST_AT_ONCE:
        raise NotPossible(f"{_MOST_AT_ONCE} of your searches are still under way. Search again when one of them ends.")
    searching[user] += 1
    try:
        yield
    finally:
        searching[user] -= 1
