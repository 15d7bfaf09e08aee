"""A team fills its channel's cart, views it, and requests approval."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from slack_sdk.models.views import View

from handlers import messages, requests
from handlers.messages import words
from handlers.questions import learn_quietly
from handlers.routing.router import Router
from handlers.routing.services import Services
from handlers.toolkit.action_ids import PURPOSE, Act, Form
from handlers.toolkit.blocks import RenderedMessage
from handlers.toolkit.error_messages import sentence
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.modals import checking
from handlers.toolkit.names_typed import parts_of
from handlers.toolkit.payloads import CartAsShown, CartNumber, NameInCart, NameOffered
from handlers.toolkit.responder import Reply
from handlers.views import cart as views
from handlers.views.offers import choice
from handlers.views.prices import warned
from handlers.views.request_form import request_form
from handlers.views.trial import with_trial
from ordering.model.cart import Cart, CartState
from ordering.model.cost import together
from ordering.model.domain_name import DomainName
from ordering.model.errors import NotPossible, OrderingError
from ordering.model.ids import CartId
from ordering.model.offer_selection import ChoiceNeeded
from ordering.model.policy import Person
from ordering.model.preflight_findings import NotReady
from ordering.model.typing_slips import NameNearlyThere
from ordering.workflow.approval_requests import purpose_mark

_MOST_NAMES = 20


def register(router: Router) -> None:
    router.button(Act.OPEN_CART, CartNumber, _open)
    router.button(Act.REMOVE, NameInCart, _remove_clicked)
    router.button(Act.COPY, CartNumber, _copy)
    router.button(Act.REQUEST, CartNumber, _ask_purpose, at_once=True)
    router.decision_form(Form.REQUEST, CartAsShown, _request, faults=_without_purpose, waiting=checking)


def _without_purpose(did: Interaction) -> Mapping[str, str]:
    return {} if did.typed(PURPOSE) else {PURPOSE: words.cart.PURPOSE_MISSING}


async def add(services: Services, did: Interaction, reply: Reply, typed: str) -> None:
    """Add one or more names to the channel's cart. Names that cannot be added are reported; the rest are added."""
    channel, parts = channel_of(did), parts_of(typed)
    if not parts:
        raise NotPossible(code="name_missing", command="add")
    if len(parts) > _MOST_NAMES:
        raise NotPossible(code="too_many_names", most=_MOST_NAMES)
    person = await services.person(did)

    async with services.at_ovh(did, reply, what=f"`add {' '.join(parts)}`") as threads:

        async def put(name: DomainName) -> Cart:
            return await threads.call(services.workflow.cart_editing.add, channel, name, by=person, private=did.private)

        changed = await _each(parts, put)
    services.wake()
    note = no_longer_approves(services, person, changed.cart) if changed.names else ""
    if text := "\n".join(filter(None, [added(changed.cart, changed.names) + note, *changed.refused])):
        await reply.send(views.added_note(text, changed.cart if changed.names else None))
    for name, needed in changed.choices:
        await reply.send(choice(messages.refusal(needed).text, name, needed.offers))
    for slip in changed.slips:
        await reply.send(views.name_in_doubt(messages.refusal(slip).text, NameOffered(slip.domain)))
    if changed.names and changed.cart is not None:
        services.work.start(learn_quietly(services, did.user, changed.cart.id))


async def remove_typed(services: Services, did: Interaction, reply: Reply, typed: str) -> None:
    """Remove one or more names. Names that cannot be removed are reported; the rest are removed."""
    channel, parts, person = channel_of(did), parts_of(typed), await services.person(did)
    cart = await services.bridge.call(services.workflow.queries.open_cart, channel, by=person)
    if cart is None:
        raise NotPossible(code="no_open_cart")
    if not parts:
        raise NotPossible(code="name_missing", command="remove")
    cart_id = cart.id

    async def take_out(name: DomainName) -> Cart:
        return await _remove(services, did, cart_id, name)

    changed = await _each(parts, take_out)
    await reply.send(
        RenderedMessage.from_text("\n".join(filter(None, [_removed(changed.cart, changed.names), *changed.refused])))
    )


@dataclass
class _Changed:
    """A cart after several changes: the changed names, why others were refused, and what the user is asked about."""

    cart: Cart | None = None
    names: list[DomainName] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    choices: list[tuple[DomainName, ChoiceNeeded]] = field(default_factory=list)
    slips: list[NameNearlyThere] = field(default_factory=list)


async def _each(parts: list[str], change: Callable[[DomainName], Awaitable[Cart]]) -> _Changed:
    """Apply a change to the cart for each name."""
    done = _Changed()
    for part in parts:
        try:
            name = DomainName.parse(part)
        except OrderingError as refusal:
            done.refused.append(sentence(refusal))
            continue
        try:
            done.cart = await change(name)
        except ChoiceNeeded as needed:
            done.choices.append((name, needed))
        except NameNearlyThere as slip:
            done.slips.append(slip)
        except OrderingError as refusal:
            done.refused.append(sentence(refusal))
        else:
            done.names.append(name)
    return done


async def show_open(services: Services, did: Interaction, reply: Reply, _typed: str) -> None:
    """Show the channel's cart, with its buttons, to the user who typed the command."""
    cart = await services.bridge.call(
        services.workflow.queries.open_cart, channel_of(did), by=await services.person(did)
    )
    if cart is None:
        await reply.send(RenderedMessage.from_text(words.cart.none_open()))
        return
    is_unseen = await services.bridge.call(services.workflow.queries.is_shown_nowhere, cart.id)
    note = words.cart.ONLY_YOU if is_unseen else ""
    await reply.send(views.shared_cart(cart, note=note, trial=services.workflow.policy.trial))


async def _open(services: Services, did: Interaction, reply: Reply, of: CartNumber) -> None:
    """Show a cart, with its buttons, to the user who pressed *Open cart*."""
    person = await services.person(did)
    cart = await services.bridge.call(services.workflow.queries.seen_cart, of.cart_id, by=person, here=did.channel)
    await reply.send(await _as_it_is(services, did, cart))


async def _as_it_is(services: Services, did: Interaction, cart: Cart) -> RenderedMessage:
    """Return an open cart with its buttons, or a request as `show` shows it."""
    if cart.state is CartState.OPEN:
        return views.shared_cart(cart, trial=services.workflow.policy.trial)
    return await requests.view_of(services, did, cart.id)


async def _remove_clicked(services: Services, did: Interaction, reply: Reply, clicked: NameInCart) -> None:
    cart = await _remove(services, did, clicked.cart_id, clicked.domain)
    if did.form and (cart.lines or cart.state is CartState.RETURNED):
        form = request_form(cart, purpose=did.typed(PURPOSE), trial=services.workflow.policy.trial)
        await reply.show_form(form, otherwise=RenderedMessage.from_text(_removed(cart, [clicked.domain])))
    elif did.ephemeral or did.form:
        await reply.send(await _as_it_is(services, did, cart), replace=True)


async def _remove(services: Services, did: Interaction, cart_id: CartId, name: DomainName) -> Cart:
    person = await services.person(did)
    cart = await services.bridge.call(services.workflow.cart_editing.remove, cart_id, name, by=person)
    services.wake()
    return cart


async def _copy(services: Services, did: Interaction, reply: Reply, of: CartNumber) -> None:
    person = await services.person(did)
    cart = await services.bridge.call(services.workflow.cart_editing.copy_lines, of.cart_id, by=person)
    services.wake()
    await reply.send(RenderedMessage.from_text(words.cart.copied(cart.id, len(cart.lines))))


async def _ask_purpose(services: Services, did: Interaction, reply: Reply, of: CartNumber) -> None:
    """Open the request form. The trigger expires after three seconds, so only the database is read before."""
    person = await services.person(did)
    cart = await services.bridge.call(services.workflow.queries.cart, of.cart_id)
    services.workflow.approval_requests.may_request(cart, person)
    form = views.request_modal(cart, trial=services.workflow.policy.trial)
    await reply.open_form(form, button=words.buttons.REQUEST)


async def _request(services: Services, did: Interaction, reply: Reply, of: CartAsShown) -> None:
    """Check the cart with OVH and request approval; the form shows the result.

    What the form carries besides the cart is the purpose that its user was asked about.
    """
    purpose = did.typed(PURPOSE)
    try:
        person = await services.person(did)
        approvers = await services.members.everyone_in(services.workflow.policy.deciders)
        async with services.at_ovh(did, reply) as threads:
            cart = await threads.call(
                services.workflow.approval_requests.request,
                of.cart_id,
                requester=person,
                purpose=purpose,
                approvers=approvers,
                sure=of.mark,
            )
    except OrderingError as refusal:
        await _request_refused(services, did, reply, of, refusal)
        return
    services.wake()
    channel = services.workflow.policy.approval_channel or cart.channel
    total = cart.quote.total if cart.quote else None
    text = with_trial(words.cart.requested(cart.id, channel, total, here=channel == cart.channel), cart)
    warnings = (f"\n*{line.domain}*{warned(line)}" for line in cart.lines if line.warnings)
    stamp, _ = await services.bridge.call(services.workflow.cards.rendering)
    await reply.close_form(views.sent(cart, text + "".join(warnings), stamp), channel=cart.channel)


async def _request_refused(
    services: Services, did: Interaction, reply: Reply, of: CartAsShown, refusal: OrderingError
) -> None:
    """Show the form again with the problem, so the user does not have to type everything again."""
    text = RenderedMessage.from_text(sentence(refusal))
    cart = await services.bridge.call(services.workflow.queries.cart, of.cart_id)
    try:
        services.workflow.approval_requests.may_request(cart, await services.person(did))
    except OrderingError:
        await reply.send(text)
    else:
        await reply.show_form(form_again(services, did, cart, refusal), otherwise=text)


def form_again(services: Services, did: Interaction, cart: Cart, refusal: OrderingError) -> View:
    """Return the request form with the purpose that the requester typed, and the faults to fix first."""
    findings = refusal.findings if isinstance(refusal, NotReady) else ()
    return request_form(
        cart,
        purpose=did.typed(PURPOSE),
        problem=None if findings else sentence(refusal),
        findings=findings,
        asked_about=purpose_mark(did.typed(PURPOSE)) if isinstance(refusal, NameNearlyThere) else "",
        trial=services.workflow.policy.trial,
    )


def channel_of(did: Interaction) -> str:
    if did.channel is None:
        raise NotPossible(code="no_place_for_cart")
    return did.channel


def added(cart: Cart | None, names: list[DomainName]) -> str:
    """Return what was added, with its warnings; empty if nothing was added."""
    if cart is None or not names:
        return ""
    warnings = [f"\n*{line.domain}*{warned(line)}" for line in cart.lines if line.warnings and line.domain in names]
    return words.cart.added(names, cart.id, len(cart.lines), together(line.price for line in cart.lines)) + "".join(
        warnings
    )


def no_longer_approves(services: Services, person: Person, cart: Cart | None) -> str:
    """Return a note for an approver who may no longer approve this cart, because they added to it; else empty."""
    policy = services.workflow.policy
    others = cart is not None and any(person.id not in line.shapers for line in cart.lines)
    if not others or policy.self_approval or not policy.decides(person):
        return ""
    return f"\n{words.cart.NO_LONGER_APPROVES}"


def _removed(cart: Cart | None, names: list[DomainName]) -> str:
    return words.cart.removed(names, cart.id, len(cart.lines)) if cart is not None else ""
