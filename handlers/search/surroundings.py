"""What is known around a search besides OVH's answers: the channel's cart, the team's own names, its rules."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

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
_CACHED = timedelta(hours=1)  # longer than answers and lists of OVH are kept
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
        ours=await ours_among(services, search.names, taken, person, search.channel) if is_over else {},
        barred={name: messages.refusal(refusal).text for name, refusal in barred.items() if refusal},
        may_not_add=_why_not(policy, person),
        sold=await services.bridge.call(services.workflow.search.sold),
    )


async def ours_among(
    services: Services,
    names: Sequence[DomainName],
    taken: Sequence[DomainName],
    person: Person,
    here: str | None,
) -> Mapping[DomainName, Cart | None]:
    """Return which of these names are the team's own; `taken` are those that OVH says have an owner.

    The account decides; the record is believed where OVH does not return its list, and about a purchase of the last
    hour: answers and lists of before it are still in the cache.
    """
    bought = await services.bridge.call(services.workflow.queries.bought, names, by=person, here=here)
    if not (taken or bought):
        return {}
    owned = await _owned(services)

    def is_ours(name: DomainName) -> bool:
        if name not in bought:
            return owned is not None and name in owned and name in taken
        cart = bought[name]
        return owned is None or name in owned or (cart is not None and datetime.now(UTC) - cart.since < _CACHED)

    return {name: bought.get(name) for name in names if is_ours(name)}


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
