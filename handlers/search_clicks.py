"""The buttons under a search."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from handlers.cart import added, channel_of
from handlers.desk import Desk
from handlers.ids import Act
from handlers.parsing import Interaction
from handlers.questions import learn_quietly
from handlers.refusals import sentence
from handlers.reply import Reply
from handlers.search import run, show
from handlers.searches import Search
from handlers.views import search as views
from handlers.views.drawn import Drawn, sections
from handlers.views.found import Standing
from ordering.errors import NotPossible

Deed = Callable[[Desk, Interaction, Search], Awaitable[None]]


def register(app: AsyncApp, desk: Desk) -> None:
    for act, deed in _DEEDS.items():
        _on_click(app, desk, act, deed)


def _on_click(app: AsyncApp, desk: Desk, act: Act, deed: Deed) -> None:
    async def story(did: Interaction, reply: Reply) -> None:
        search_id, page, _ = _parts(did.value)
        search = await desk.searches.find(search_id, did.user, reply)
        if search is None:
            await reply.tell(views.gone(act))
            return
        search.page = int(page) if page.isdecimal() else 0
        await deed(desk, did, search)

    @app.action(act)
    async def clicked(ack: AsyncAck, body: Mapping[str, Any]) -> None:
        await ack()
        desk.start(story, Interaction.of_action(body))


def _parts(value: str) -> list[str]:
    """Which search, which page of it to show, and the mark of what is to be added."""
    return [*value.split(), "", "", ""][:3]


async def _ask(desk: Desk, _did: Interaction, search: Search) -> None:
    """Ask what is unknown or was not asked. A second click finds the search under way, or nothing more to ask."""
    if names := search.found().to_ask:
        await run(desk, search, names)
    else:
        await _newest(desk, _did, search)


async def _refresh(desk: Desk, _did: Interaction, search: Search) -> None:
    """Ask about old answers anew."""
    if names := search.found().to_refresh:
        await run(desk, search, names, anew=True)
    else:
        await _newest(desk, _did, search)


async def _newest(desk: Desk, _did: Interaction, search: Search) -> None:
    if search.standing is Standing.ASKING and not search.is_elsewhere:
        search.wish(search.reply)  # whoever runs it shows it
        return
    await show(search)
    if search.is_elsewhere:
        # Its end, shown by who runs it, may have come before what was shown here.
        newer = await desk.searches.find(search.id, search.user, search.reply)
        if newer is not None and newer.standing is not Standing.ASKING:
            await show(newer)


async def _stop(desk: Desk, _did: Interaction, search: Search) -> None:
    if search.standing is Standing.ASKING:
        await desk.searches.stop(search)
    else:
        await show(search)


async def _turn_page(_desk: Desk, _did: Interaction, search: Search) -> None:
    await show(search)


async def _add_all(desk: Desk, did: Interaction, search: Search) -> None:
    """Put all that is free into the channel's cart, cheapest first; what cannot be is told with its reason."""
    found = search.found()
    if found.refreshing:
        raise NotPossible("These answers are just being asked anew. Press it again when they are there.")
    if found.free_mark != _parts(did.value)[2]:
        await show(search)
        raise NotPossible(
            "OVH told something else about these names since they were shown to you, so nothing was added. "
            "You see the newest now: look at it, and press *Add all available* again."
        )
    person = await desk.person(did)
    cart, new, refused = await desk.bridge.call(desk.workflow.add_all, channel_of(did), found.free, by=person)
    desk.wake()
    lines = [line for line in (added(cart, new), *map(sentence, refused)) if line]
    lines = lines or ["None of these is free any more. Search again."]
    await search.reply.tell(Drawn.of(lines[0], sections(lines)))
    if cart is not None:
        desk.work.start(learn_quietly(desk, cart.id))


_DEEDS: dict[Act, Deed] = {
    Act.SEARCH_ALL: _ask,
    Act.SEARCH_STOP: _stop,
    Act.SEARCH_NEWEST: _newest,
    Act.SEARCH_AGAIN: _ask,
    Act.SEARCH_REFRESH: _refresh,
    Act.SEARCH_BACK: _turn_page,
    Act.SEARCH_NEXT: _turn_page,
    Act.SEARCH_ADD_ALL: _add_all,
}
