"""*Add to cart* under a search, and in the notes about names that need an answer first."""

from __future__ import annotations

from handlers import messages
from handlers.cart import added, channel_of, no_longer_approves
from handlers.questions import learn_quietly
from handlers.routing.router import Router
from handlers.routing.services import Services
from handlers.search.run import show
from handlers.toolkit.action_ids import Act
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.payloads import NameOffered
from handlers.toolkit.responder import Reply
from handlers.views.cart import added_note, name_in_doubt
from handlers.views.offers import choice
from ordering.model.errors import NotPossible
from ordering.model.offer_selection import ChoiceNeeded
from ordering.model.typing_slips import NameNearlyThere


def register(router: Router) -> None:
    router.button(Act.ADD, NameOffered, _add_clicked)
    router.button(Act.ADD_ANYWAY, NameOffered, _add_anyway)


async def _add_clicked(services: Services, did: Interaction, reply: Reply, clicked: NameOffered) -> None:
    await _add(services, did, reply, clicked, sure=False)


async def _add_anyway(services: Services, did: Interaction, reply: Reply, clicked: NameOffered) -> None:
    """Add a name that is one letter away from another: the person was asked, and means it."""
    await _add(services, did, reply, clicked, sure=True)


async def _add(services: Services, did: Interaction, reply: Reply, clicked: NameOffered, *, sure: bool) -> None:
    """Add the offer that the user saw. If OVH's terms changed since then, show the new terms first."""
    name, person = clicked.domain, await services.person(did)
    try:
        async with services.at_ovh(did, reply, what=f"*{name}*") as threads:
            cart = await threads.call(
                services.workflow.cart_editing.add,
                channel_of(did),
                name,
                by=person,
                seen=clicked.mark,
                private=did.private,
                sure=sure,
            )
    except ChoiceNeeded as needed:
        await reply.send(choice(messages.refusal(needed).text, name, needed.offers))
        return
    except NameNearlyThere as slip:
        await reply.send(name_in_doubt(messages.refusal(slip).text, clicked))
        return
    services.wake()
    await _mark_in_search(services, did, reply, clicked.search)
    text = added(cart, [name]) + no_longer_approves(services, person, cart)
    await reply.send(added_note(text, cart))
    services.work.start(learn_quietly(services, did.user, cart.id))


async def _mark_in_search(services: Services, did: Interaction, reply: Reply, search_id: str) -> None:
    """Show in the search that the name is in the cart now. The search may be gone: then its row stays as it is."""
    if not search_id:
        return
    try:
        search = await services.searches.find(search_id, did.user, reply)
    except NotPossible:
        return
    if search is not None:
        await show(services, search)
