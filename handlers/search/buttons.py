"""The buttons under a search."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import wraps

from handlers.cart import added, channel_of
from handlers.messages import words
from handlers.questions import learn_quietly
from handlers.routing.router import Handler, Router
from handlers.routing.services import Services
from handlers.search.run import run, show
from handlers.search_sessions import Search
from handlers.toolkit.action_ids import Act
from handlers.toolkit.blocks import RenderedMessage, sections
from handlers.toolkit.error_messages import sentence
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.payloads import SearchPage
from handlers.toolkit.responder import Reply
from handlers.views import search as views
from handlers.views.search_pages import Standing
from ordering.model.errors import NotPossible

Action = Callable[[Services, Interaction, Search, SearchPage], Awaitable[None]]
_STOPS_WITHIN = 3.0  # seconds to wait for a search in another process to stop


def register(router: Router) -> None:
    for act, action in _ACTIONS.items():
        router.button(act, SearchPage, _pressed(act, action))


def _pressed(act: Act, action: Action) -> Handler[SearchPage, None]:
    @wraps(action)
    async def pressed(services: Services, did: Interaction, reply: Reply, clicked: SearchPage) -> None:
        await services.must_search(did)
        search = await services.searches.find(clicked.search, did.user, reply)
        if search is None:
            await reply.send(views.gone(act))
            return
        search.page = clicked.page
        await action(services, did, search, clicked)

    return pressed


async def _ask(services: Services, _did: Interaction, search: Search, _clicked: SearchPage) -> None:
    """Look up the names that are unknown or not looked up yet.

    If an earlier click already started that, or nothing is left to look up, show the newest state.
    """
    if names := search.found().to_ask:
        await run(services, search, names)
    else:
        await _newest(services, search)


async def _refresh(services: Services, _did: Interaction, search: Search, _clicked: SearchPage) -> None:
    """Look up names with old answers again."""
    if names := search.found().to_refresh:
        await run(services, search, names, refresh=True)
    else:
        await _newest(services, search)


async def _show_newest(services: Services, _did: Interaction, search: Search, _clicked: SearchPage) -> None:
    await _newest(services, search)


async def _newest(services: Services, search: Search) -> None:
    if search.standing is Standing.ASKING and not search.is_elsewhere:
        search.signal(search.reply)  # the process that runs it shows it
    else:
        await _show(services, search)


async def _stop(services: Services, _did: Interaction, search: Search, _clicked: SearchPage) -> None:
    if not await services.searches.stop(search):
        await _newest(services, search)
    elif search.is_elsewhere:
        await asyncio.sleep(_STOPS_WITHIN)
        after = await services.searches.find(search.id, search.user, search.reply)
        if after is not None and after.is_elsewhere:
            await search.reply.send(views.does_not_stop())


async def _show(services: Services, search: Search) -> None:
    """Show a search. If it runs in another process, check afterwards whether it ended, and show the end."""
    await show(search)
    if search.is_elsewhere:
        after = await services.searches.find(search.id, search.user, search.reply)
        if after is not None and not after.is_elsewhere:
            await show(after)


async def _add_all(services: Services, did: Interaction, search: Search, clicked: SearchPage) -> None:
    """Add all available names to the channel's cart, cheapest first; report why a name cannot be added."""
    found = search.found()
    if found.refreshing:
        raise NotPossible(code="search_refreshing")
    if found.free_mark != clicked.mark:
        await _newest(services, search)
        raise NotPossible(code="availability_changed")
    person = await services.person(did)
    async with services.at_ovh(did, search.reply) as threads:
        cart, new, refused = await threads.call(
            services.workflow.cart_editing.add_all, channel_of(did), found.free, by=person
        )
    services.wake()
    lines = [line for line in (added(cart, new), *map(sentence, refused)) if line]
    lines = lines or [words.search.NONE_FREE_NOW]
    await search.reply.send(RenderedMessage.of(lines[0], sections(lines)))
    if cart is not None:
        services.work.start(learn_quietly(services, did.user, cart.id))


_ACTIONS: dict[Act, Action] = {
    Act.SEARCH_ALL: _ask,
    Act.SEARCH_STOP: _stop,
    Act.SEARCH_NEWEST: _show_newest,
    Act.SEARCH_AGAIN: _ask,
    Act.SEARCH_REFRESH: _refresh,
    Act.SEARCH_BACK: _show_newest,
    Act.SEARCH_NEXT: _show_newest,
    Act.SEARCH_ADD_ALL: _add_all,
}
