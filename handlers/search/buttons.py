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
from handlers.search.run import run, search_command, show
from handlers.search.surroundings import surroundings
from handlers.search_sessions import Search
from handlers.toolkit.action_ids import Act
from handlers.toolkit.error_messages import sentence
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.payloads import SearchPage, Typed
from handlers.toolkit.responder import Reply
from handlers.views import search as views
from handlers.views.cart import added_many
from handlers.views.search_pages import Standing
from ordering.model.domain_name import Word
from ordering.model.errors import NotPossible
from ordering.workflow import Query

Action = Callable[[Services, Interaction, Search, SearchPage], Awaitable[None]]
_STOPS_WITHIN = 3.0  # seconds to wait for a search in another process to stop


def register(router: Router) -> None:
    for act, action in _ACTIONS.items():
        router.button(act, SearchPage, _pressed(act, action))
    router.button(Act.SEARCH_TYPED, Typed, _search_typed)


async def _search_typed(services: Services, did: Interaction, reply: Reply, typed: Typed) -> None:
    """Search what a person typed as a command."""
    await search_command(services, did, reply, typed.text)


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
    await show(services, search)
    if search.is_elsewhere:
        after = await services.searches.find(search.id, search.user, search.reply)
        if after is not None and not after.is_elsewhere:
            await show(services, after)


async def _add_all(services: Services, did: Interaction, search: Search, clicked: SearchPage) -> None:
    """Add all available names to the channel's cart, as shown; what needs an answer first gets a button for it."""
    found = search.found(await surroundings(services, search))
    if found.refreshing:
        raise NotPossible(code="search_refreshing")
    if found.free_mark != clicked.mark:
        await _newest(services, search)
        raise NotPossible(code="availability_changed")
    person = await services.person(did)
    async with services.at_ovh(did, search.reply) as threads:
        cart, new, refused = await threads.call(
            services.workflow.cart_editing.add_all, channel_of(did), found.free, by=person, private=did.private
        )
    services.wake()
    await _show(services, search)
    text = added(cart, new) or words.search.NONE_FREE_NOW
    await search.reply.send(added_many(text, cart if new else None, [(sentence(each), each) for each in refused]))
    if cart is not None:
        services.work.start(learn_quietly(services, did.user, cart.id))


async def _search_words(services: Services, _did: Interaction, search: Search, _clicked: SearchPage) -> None:
    """Search the skipped words of a pasted list as well; what was answered already stays."""
    query = Query(names=search.names, words=tuple(map(Word.parse, search.skipped)))
    plan = await services.search_bridge.call(services.workflow.search.plan_of, query)
    search.names, search.left_out, search.skipped, search.page = plan.names, plan.left_out, (), 0
    await _ask(services, _did, search, _clicked)


async def _ideas(services: Services, did: Interaction, search: Search, _clicked: SearchPage) -> None:
    """Search other names that a taken one suggests, in a new message."""
    query = Query(names=search.names[:1], ideas=True)
    plan = await services.search_bridge.call(services.workflow.search.plan_of, query)
    others = tuple(name for name in plan.names if name not in search.names)
    found = Search(did.user, others, (), search.reply, search.allow_premium, channel=search.channel)
    await run(services, found, found.names)


_ACTIONS: dict[Act, Action] = {
    Act.SEARCH_ALL: _ask,
    Act.SEARCH_STOP: _stop,
    Act.SEARCH_NEWEST: _show_newest,
    Act.SEARCH_AGAIN: _ask,
    Act.SEARCH_REFRESH: _refresh,
    Act.SEARCH_BACK: _show_newest,
    Act.SEARCH_NEXT: _show_newest,
    Act.SEARCH_REST: _show_newest,
    Act.SEARCH_ADD_ALL: _add_all,
    Act.SEARCH_WORDS: _search_words,
    Act.SEARCH_IDEAS: _ideas,
}
