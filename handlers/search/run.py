"""Run a search: show the first answers within a second, the others as they arrive, and the complete result last."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

from handlers.messages import words
from handlers.routing.services import Services
from handlers.search.query_parser import search_of, why_words
from handlers.search.surroundings import ours_among, surroundings
from handlers.search_sessions import MOST_AT_ONCE, Search
from handlers.text.command_name import command
from handlers.text.mrkdwn import escape
from handlers.toolkit.blocks import RenderedMessage
from handlers.toolkit.error_messages import handed_back
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.responder import Reply
from handlers.views import search as views
from handlers.views.help import wrong
from ordering.model.domain_name import DomainName
from ordering.model.errors import OrderingError
from ordering.model.offer import Availability, Verdict
from ordering.workflow import Query

_FIRST_LOOK = 1.0  # seconds until the first display, with whatever has arrived by then
_FIRST_NAMES = 10  # the most relevant names; a display is useful once their answers have arrived
_SHORTEST_GAP = 1.0  # seconds between two updates
_OTHERS_WITHIN = 8.0  # seconds to find names in place of a taken one
_CANNOT_BE_HAD = {Verdict.TAKEN, Verdict.AFTERMARKET, Verdict.NOT_OFFERED, Verdict.NOT_SOLD, Verdict.PREMIUM}


class _Stopped(Exception):
    """The user stopped the search."""


async def search_command(services: Services, did: Interaction, reply: Reply, typed: str) -> None:
    """Search and show answers as they arrive, within Slack's limit of five uses per response_url."""
    await services.must_search(did)
    query, unreadable = await services.bridge.call(search_of, typed)  # the user may have pasted hundreds of names
    if not (query.names or query.words or query.perhaps_extensions or unreadable):
        await reply.send(wrong(words.commands.nothing_to_search(escape(typed))))
        return
    try:
        async with services.at_ovh(did, reply, queue=services.planning, what=f"`search {typed}`") as threads:
            plan = await threads.call(services.workflow.search.plan_of, query)
    except OrderingError as refusal:
        await reply.send(handed_back(refusal, {words.search.YOU_TYPED: command(f"search {typed}")}))
        return
    if plan.perhaps_extensions:
        unreadable.append(why_words(query.extensions, plan.perhaps_extensions))
    allow_premium = services.workflow.policy.allow_premium
    search = Search(did.user, plan.names, unreadable, reply, allow_premium, left_out=plan.left_out)
    search.channel, search.skipped = did.channel, tuple(word.ascii for word in query.skipped)
    search.under, search.cheapest_first = query.under, query.cheapest_first
    search.notes = tuple(words.search.searched_inside(str(typed), str(name)) for typed, name in plan.inside)
    if not search.names:
        await show(services, search)
    elif (first := await _confirmation(services, search, query)) is None:
        await run(services, search, search.names)
    else:
        await services.searches.keep(search)
        await reply.send(first)


async def run(services: Services, search: Search, names: Sequence[DomainName], *, refresh: bool = False) -> None:
    """Look names up and show the progress; `refresh=True` bypasses the cache.

    Raises `NotPossible`, and leaves the search unchanged, if the user has too many searches running.
    """
    async with services.searches.running(search, names):
        with suppress(_Stopped):
            async with services.search_bridge.stream(services.workflow.search.look_up, names, refresh=refresh) as found:
                await _show_while(services, search, found)
            await _look_for_others(services, search)
    if not search.is_elsewhere:  # otherwise another process shows it, with newer answers
        await show(services, search)


async def _look_for_others(services: Services, search: Search) -> None:
    """Look up names to offer in place of a single one that cannot be had; a failure only shows none."""
    answer = next(iter(search.answers.values()), None)
    if len(search.names) != 1 or answer is None or answer.verdict not in _CANNOT_BE_HAD or search.found().buyable:
        return
    person = await services.members.who(search.user)
    if await ours_among(services, search.names, search.names, person, search.channel):
        return
    try:
        async with asyncio.timeout(_OTHERS_WITHIN):
            names = await services.search_bridge.call(services.workflow.search.alternatives, answer.domain)
            async with services.search_bridge.stream(services.workflow.search.look_up, names) as found:
                others = [other async for other in found]
    except (TimeoutError, OrderingError):
        return
    search.alternatives = tuple(sorted(others, key=lambda other: names.index(other.domain)))


async def show(services: Services, search: Search) -> None:
    """Bring the search's message up to date.

    If another call is updating it, that call repeats: many clicks in a short time update the message only twice.
    """
    search.show_now, search.is_outdated = False, True
    if search.is_rendering:
        return
    search.is_rendering = True
    try:
        while search.is_outdated:
            search.is_outdated = False
            around = await surroundings(services, search)
            await search.reply.send(views.results(search.found(around)), replace=True)
    finally:
        search.is_rendering = False


async def _confirmation(services: Services, search: Search, query: Query) -> RenderedMessage | None:
    """Return the message to show before the first lookup; None if there is none.

    It warns that a search with `--all` is expensive, or that the search must wait.
    """
    if query.every_extension:
        effort = await services.bridge.call(services.workflow.search.effort_of, search.names)
        if effort.calls > effort.affordable:
            extensions = len({name.extension for name in search.names})
            return views.asks_first(search.id, effort, extensions, search.left_out)
    if not services.searches.has_room(search.user):
        return views.must_wait(search.id, MOST_AT_ONCE, len(search.names))
    return None


async def _show_while(services: Services, search: Search, found: AsyncIterator[Availability]) -> None:
    """Collect the answers and show progress from time to time; raises `_Stopped`."""
    begun, already = time.monotonic(), search.answered
    search.awaited = {name for name in search.names[:_FIRST_NAMES] if search.lacks(name)}
    collecting = asyncio.create_task(_collect(search, found))
    next_look = begun + _FIRST_LOOK
    looked = False
    try:
        while not await _over(collecting, search, next_look):
            if search.stop_now:
                raise _Stopped
            is_time = time.monotonic() >= next_look or not (looked or search.awaited)
            # Without answers there is nothing to show; with all of them the final message follows in a moment.
            is_useful = bool(search.answers) and search.answered < len(search.names)
            if not (search.show_now or (is_time and is_useful and search.reply.uses_left > 1)):
                continue
            looked = True
            search.seconds_left = await _seconds_left(services, search, already, time.monotonic() - begun)
            await show(services, search)
            looks_left = max(search.reply.uses_left - 1, 0)
            next_look = time.monotonic() + max(_SHORTEST_GAP, search.seconds_left / (looks_left + 1))
        await collecting
    finally:
        collecting.cancel()


async def _collect(search: Search, found: AsyncIterator[Availability]) -> None:
    async for answer in found:
        search.take(answer)


async def _over(collecting: asyncio.Task[None], search: Search, next_look: float) -> bool:
    """Wait for a signal or the next update; return whether all answers have arrived."""
    pause = next_look - time.monotonic()
    search.is_due = pause <= 0  # the update is due, but there was nothing to show yet
    if not (search.show_now or search.stop_now):
        search.news.clear()
    news = asyncio.create_task(search.news.wait())
    await asyncio.wait({collecting, news}, timeout=pause if pause > 0 else None, return_when=asyncio.FIRST_COMPLETED)
    news.cancel()
    return collecting.done()


async def _seconds_left(services: Services, search: Search, already: int, spent: float) -> float:
    """Estimate the seconds left from the rate limit or from the rate so far, whichever is longer."""
    left = [name for name in search.names if search.lacks(name)]
    effort = await services.bridge.call(services.workflow.search.effort_of, left)
    each = spent / max(search.answered - already, 1)
    return max(effort.seconds, each * len(left))
