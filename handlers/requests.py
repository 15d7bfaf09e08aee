"""People look at requests: what is waiting, what was requested, one request, and one name."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.routing.router import Router
from handlers.routing.services import Services
from handlers.toolkit.action_ids import Act
from handlers.toolkit.blocks import RenderedMessage
from handlers.toolkit.interaction import Interaction, cart_number
from handlers.toolkit.links import Links
from handlers.toolkit.payloads import CartNumber
from handlers.toolkit.poster import is_direct
from handlers.toolkit.responder import Reply
from handlers.toolkit.stamps import stamped_message
from handlers.views import requests as views
from ordering.model.cart import Cart
from ordering.model.domain_name import DomainName
from ordering.model.ids import CartId
from ordering.ports.store import Message, MessageRole

_PAGE = 20


def register(router: Router) -> None:
    router.ignored(Act.OPEN_CARD)  # Slack sends the click on a link, too
    router.button(Act.HISTORY_OLDER, CartNumber, _older)


async def pending(services: Services, did: Interaction, reply: Reply, _typed: str) -> None:
    person = await services.person(did)
    carts = await services.bridge.call(services.workflow.queries.pending, by=person, here=did.channel, limit=30)
    places = await places_of(services, carts)
    await reply.send(views.pending(carts, person, services.workflow.policy, places))


async def history(services: Services, did: Interaction, reply: Reply, typed: str) -> None:
    """Show the newest requests, those before a number, or those with a word in one of their names."""
    typed = typed.strip()
    if typed and not typed.removeprefix("#").isdigit():
        await reply.send(await _history(services, did, word=typed))
    else:
        await reply.send(await _history(services, did, before=cart_number(typed) if typed else None))


async def _older(services: Services, did: Interaction, reply: Reply, clicked: CartNumber) -> None:
    await reply.send(await _history(services, did, before=clicked.cart_id), replace=True)


async def _history(
    services: Services, did: Interaction, *, before: CartId | None = None, word: str = ""
) -> RenderedMessage:
    person = await services.person(did)
    found = await services.bridge.call(
        services.workflow.queries.history, by=person, here=did.channel, before=before, word=word, limit=_PAGE + 1
    )
    carts = found[:_PAGE]
    places = await places_of(services, carts)
    return views.history(carts, places, more=len(found) > _PAGE, before=before, word=word)


async def show(services: Services, did: Interaction, reply: Reply, typed: str) -> None:
    """Show a request by its number, or a name."""
    if "." in typed:
        await _show_name(services, did, reply, DomainName.parse(typed))
        return
    await reply.send(await view_of(services, did, cart_number(typed)))


async def view_of(services: Services, did: Interaction, cart_id: CartId) -> RenderedMessage:
    """Return one request as this person may see it."""
    person = await services.person(did)
    cart, events = await services.bridge.call(services.workflow.queries.timeline, cart_id, by=person, here=did.channel)
    places = await places_of(services, [cart])
    rendered = views.request(cart, events, reader=person, policy=services.workflow.policy, places=places)
    stamp, _ = await services.bridge.call(services.workflow.cards.rendering)
    return stamped_message(rendered, stamp)


async def _show_name(services: Services, did: Interaction, reply: Reply, name: DomainName) -> None:
    person = await services.person(did)
    carts = await services.bridge.call(services.workflow.queries.carts_with, name, by=person, here=did.channel)
    await reply.send(views.name(name, carts, await places_of(services, carts)))


async def places_of(services: Services, carts: Sequence[Cart]) -> views.Places:
    """Return the links to what Slack shows of these carts, as far as their reader may see them."""
    visible = [cart.id for cart in carts if not cart.hidden]
    messages = await services.bridge.call(services.workflow.queries.messages_of, visible)
    return _places(messages, services.links)


def _places(messages: Sequence[Message], links: Links) -> views.Places:
    """Leave out direct messages, because one person alone could open them."""
    cards: dict[CartId, str] = {}
    shared: dict[CartId, str] = {}
    for message in messages:
        address = None if is_direct(message.channel) else links.to_message(message.channel, message.ts)
        if address is not None:
            (cards if message.role is MessageRole.APPROVAL else shared)[message.cart_id] = address
    return views.Places(cards, cards | shared)
