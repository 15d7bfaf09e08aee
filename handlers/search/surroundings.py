"""What is known around a search besides OVH's answers: the channel's cart, the team's own names, its rules."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from handlers import messages
from handlers.routing.services import Services
from handlers.search_sessions import Search
from handlers.toolkit.error_messages import sentence
from handlers.views.search_pages import Standing, Surroundings
from ordering.model.cart import Cart
from ordering.model.domain_name import DomainName
from ordering.model.errors import NotAllowed
from ordering.model.ids import CartId
from ordering.model.offer import Verdict
from ordering.model.policy import Membership, Person, Policy

_PATIENCE = 5.0  # seconds for OVH's list of our names: without it a name of ours is shown as taken
_UNREAD = {Membership.UNREADABLE, Membership.LOOKUP_REFUSED}


async def surroundings(services: Services, search: Search) -> Surroundings:
    """Read what the view needs besides the answers; while a search runs, only what the database and Slack know."""
    policy = services.workflow.policy
    taken = [answer.domain for answer in search.answers.values() if answer.verdict is Verdict.TAKEN]
    is_over = search.standing is not Standing.ASKING
    needs_groups = policy.requesters is not None or (is_over and bool(taken))
    person = await _person(services, search.user, groups=needs_groups)
    barred = {name: policy.naming.refusal_of(name) for name in search.names}
    return Surroundings(
        in_cart=await _in_cart(services, search.channel, person),
        ours=await ours_among(services, taken, person, search.channel) if is_over else {},
        barred={name: messages.refusal(refusal).text for name, refusal in barred.items() if refusal},
        may_not_add=_why_not(policy, person),
        sold=await services.bridge.call(services.workflow.search.sold),
    )


async def ours_among(
    services: Services, taken: Sequence[DomainName], person: Person, here: str | None
) -> Mapping[DomainName, Cart | None]:
    """Return which of these taken names are the team's own: the account owns them, or the record says so.

    The account decides; the record is believed where OVH does not return its list.
    """
    if not taken:
        return {}
    bought = await services.bridge.call(services.workflow.queries.bought, taken, by=person, here=here)
    owned = await _owned(services)
    ours = [name for name in taken if (name in bought if owned is None else name in owned)]
    return {name: bought.get(name) for name in ours}


async def _owned(services: Services) -> frozenset[DomainName] | None:
    try:
        async with asyncio.timeout(_PATIENCE):
            return await services.search_bridge.call(services.workflow.search.owned)
    except TimeoutError:
        return None


async def _person(services: Services, user: str, *, groups: bool) -> Person:
    return await services.members.who(user) if groups else Person(user, await services.members.membership(user))


async def _in_cart(services: Services, channel: str | None, person: Person) -> Mapping[DomainName, CartId]:
    if channel is None or person.membership is not Membership.MEMBER:
        return {}
    cart = await services.bridge.call(services.workflow.queries.open_cart, channel, by=person)
    return {line.domain: cart.id for line in cart.lines} if cart else {}


def _why_not(policy: Policy, person: Person) -> str:
    """Return why this person cannot add names; empty if they can, or if Slack does not tell: the click decides."""
    if person.membership in _UNREAD or person.unread_groups:
        return ""
    try:
        policy.may_fill(person)
    except NotAllowed as refusal:
        return sentence(refusal)
    return ""
