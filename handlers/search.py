"""Somebody looks for names."""

from __future__ import annotations

import time

from handlers.desk import Desk
from handlers.parsing import Interaction, search_of
from handlers.reply import Reply
from handlers.views.help import help_message
from handlers.views.search import results
from ordering.offer import Availability

_FIRST_LOOK, _PATIENCE = 1.0, 3.0  # seconds until the first partial answer, and times as long until the next


async def tell(desk: Desk, _did: Interaction, reply: Reply, typed: str) -> None:
    """Ask OVH and answer as the answers come, within Slack's five uses of a response_url."""
    query, unreadable = search_of(typed)
    if not (query.names or query.words or unreadable):
        await reply.tell(help_message(), replace=True)
        return
    names = await desk.bridge.call(desk.workflow.names_of, query)
    answers: list[Availability] = []
    wait, last = _FIRST_LOOK, time.monotonic()

    async def show(*, done: bool) -> None:
        drawn = results(
            answers,
            asked=len(names),
            unreadable=unreadable,
            done=done,
            allow_premium=desk.workflow.policy.allow_premium,
            can_add=True,
        )
        await reply.tell(drawn, replace=True)

    async for answer in desk.bridge.stream(desk.workflow.search, names):
        answers.append(answer)
        # The last use is kept for the complete answer.
        if len(answers) < len(names) and reply.uses_left > 1 and time.monotonic() - last >= wait:
            await show(done=False)
            wait, last = wait * _PATIENCE, time.monotonic()
    await show(done=True)
