"""A user answers the registries' questions about the names in a cart, in one form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import structlog

from handlers import messages
from handlers.answers_check import check_in_background
from handlers.messages import words
from handlers.messages.en import question_labels
from handlers.owner_gaps import complete, typed_faults
from handlers.routing.router import Router
from handlers.routing.services import Services
from handlers.toolkit.action_ids import PURPOSE, Act, Form
from handlers.toolkit.blocks import RenderedMessage, Secret
from handlers.toolkit.error_messages import handed_back, sentence
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.modals import note
from handlers.toolkit.ovh_queue import LineFull
from handlers.toolkit.payloads import AnswersSheet, CartNumber, QuestionsAbout
from handlers.toolkit.responder import Reply
from handlers.views import questions as views
from handlers.views.cautions import caution_for
from handlers.views.owner_inputs import typed_gaps
from handlers.views.question_inputs import FIELD, Filled
from handlers.views.questions import Reader, Sheet
from ordering.model.cart import Cart
from ordering.model.domain_name import DomainName
from ordering.model.errors import NotPossible, OrderingError, RegistrarError
from ordering.model.ids import CartId
from ordering.model.question import OWNER_CONTACT, AnsweredMeanwhile, WrongAnswers
from ordering.model.question_sheet import Typed, sections

_CLOSED = RenderedMessage.from_text(words.questions.CLOSED)
_OWNER = re.compile(rf"{re.escape(FIELD)}{OWNER_CONTACT}(@\d+)?")  # the select of an owner, of some of the names
_log = structlog.get_logger()


def register(router: Router) -> None:
    router.button(Act.QUESTIONS, QuestionsAbout, _open, at_once=True)
    router.button(Act.MORE_OPTIONS, CartNumber, _with_options)
    router.button(Act.FEWER_OPTIONS, CartNumber, _without_options)
    router.button(_OWNER, AnswersSheet, _other_owner)
    router.saved_form(Form.ANSWERS, AnswersSheet, _save)


async def learn_quietly(services: Services, user: str, cart_id: CartId) -> None:
    """Read OVH's requirements for a cart's new names, to show open questions; the pre-flight reads them again.

    One queued request serves all names that are added before it runs.
    """
    if cart_id in services.to_learn:
        return
    services.to_learn.add(cart_id)
    try:
        await services.work.turn()
        async with services.ovh.place(user) as threads:
            services.to_learn.discard(cart_id)
            await threads.call(services.workflow.questions.learn, cart_id)
    except OrderingError as error:
        _log.info("questions_not_learned", cart=cart_id, why=str(error))
    finally:
        services.to_learn.discard(cart_id)
    services.wake()


async def render(
    services: Services,
    did: Interaction,
    reply: Reply,
    at: AnswersSheet,
    *,
    typed: Typed | None = None,
    fields: Mapping[str, Mapping[str, str]] | None = None,
    otherwise: RenderedMessage | Secret = _CLOSED,
    **more: Any,  # noqa: ANN401 - the fields of `Sheet`
) -> None:
    """Show the form in the open view, with what it held before. If the user closed it, send `otherwise` instead."""
    cart = await may_answer(services, did, at.cart_id)
    policy, person = services.workflow.policy, await services.person(did)
    sheet = Sheet(
        cart,
        at,
        Reader(did.user, caution_for(policy, cart, person), policy.sees_owners(person)),
        typed=typed or {},
        fields=fields or {},
        **more,
    )
    sheet = await with_owners(services, did, reply, sheet)
    await reply.show_form(views.answers_form(sheet), otherwise=otherwise)


async def with_owners(services: Services, did: Interaction, reply: Reply, sheet: Sheet) -> Sheet:
    """Return the sheet with the contacts to choose from, and with what the chosen ones lack.

    Without them if OVH does not answer, because the other questions still work.
    """
    chosen = {name: part.contact for part in sheet.sections if part.owner for name in part.domains}
    if not chosen:
        return sheet
    person = await services.person(did)
    try:
        async with services.at_ovh(did, reply) as threads:
            contacts = await threads.call(services.workflow.contacts.all, by=person)
            gaps = await threads.call(services.workflow.registry_needs.of_owners, chosen, sheet.fields, by=person)
    except (LineFull, RegistrarError) as error:
        _log.warning("owners_not_read", why=str(error))
        return sheet
    return replace(sheet, contacts=contacts, gaps=gaps)


async def may_answer(services: Services, did: Interaction, cart_id: CartId) -> Cart:
    """Return the cart if this user may answer for its names; raises if they may not."""
    return await services.bridge.call(services.workflow.questions.may_answer, cart_id, by=await services.person(did))


async def _open(services: Services, did: Interaction, reply: Reply, about: QuestionsAbout) -> None:
    """Open a view immediately, read the requirements, and show the form."""
    await reply.open_form(views.loading(), button=words.buttons.ANSWER_QUESTIONS)
    cart, domain = await may_answer(services, did, about.cart_id), about.domain
    if domain is not None and cart.line(domain) is None:
        raise NotPossible(code="name_not_in_cart", cart=cart.id, name=domain.ascii)
    if any(line.questions is None for line in cart.lines):
        async with services.at_ovh(did, reply) as threads:
            await threads.call(services.workflow.questions.learn, cart.id, first=domain)
    over_request = did.callback in {Form.REQUEST, Form.EDIT}
    at = AnswersSheet(
        cart.id,
        focus=domain.ascii if domain else "",
        below=f"{did.form} {did.form_hash}" if over_request else "",
        purpose=did.typed(PURPOSE) if over_request else "",
    )
    await render(services, did, reply, at)


async def _with_options(services: Services, did: Interaction, reply: Reply, _cart: CartNumber) -> None:
    await _again(services, did, reply, replace(AnswersSheet.read(did.metadata), more=True, start=0))


async def _without_options(services: Services, did: Interaction, reply: Reply, _cart: CartNumber) -> None:
    await _again(services, did, reply, replace(AnswersSheet.read(did.metadata), more=False, start=0))


async def _other_owner(services: Services, did: Interaction, reply: Reply, at: AnswersSheet) -> None:
    await _again(services, did, reply, at)


async def _again(services: Services, did: Interaction, reply: Reply, at: AnswersSheet) -> None:
    """Show the form again, with what it holds."""
    filled = Filled(at, (await may_answer(services, did, at.cart_id)).lines, did.values or {})
    await render(services, did, reply, at, typed=filled.typed, fields=typed_gaps(did.values or {}), is_redrawn=True)


async def _save(services: Services, did: Interaction, at: AnswersSheet) -> dict[str, Any]:
    """Save the answers. Return the acknowledgement's content: field errors, the next form, or nothing."""
    person = await services.person(did)
    cart = await services.bridge.call(services.workflow.queries.cart, at.cart_id)
    filled, fields = Filled(at, cart.lines, did.values or {}), typed_gaps(did.values or {})
    errors = {did.block_of(action_id): reason for action_id, reason in typed_faults(fields).items()}
    try:
        if filled.removed:
            raise NotPossible(code="name_not_in_cart", cart=cart.id, name=filled.removed_name)
        if not errors:
            cart = await services.bridge.call(
                services.workflow.questions.answer, at.cart_id, filled.typed, by=person, seen=filled.seen
            )
    except WrongAnswers as wrong:
        errors |= _at_fields(wrong, filled, did)
    except AnsweredMeanwhile as both:
        return _show_both(services, did, at, both, fields)
    except OrderingError as refusal:
        typed = _by_title(_by_label(filled.typed) | filled.removed)
        return {"response_action": "update", "view": note(handed_back(refusal, typed))}
    if errors:
        return {"response_action": "errors", "errors": errors}
    return _go_on(services, did, at, cart, fields)


def _go_on(
    services: Services, did: Interaction, at: AnswersSheet, cart: Cart, fields: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """Complete owners, show what had no room, or close the form and have OVH check the cart."""
    if fields:
        services.start(lambda did, reply: _complete(services, did, reply, at, fields), did)
        return {"response_action": "update", "view": views.loading(words.questions.SAVING)}
    open_left = any(part.needed for part in sections(cart.lines, {}))
    if at.goes_on or open_left:
        following = replace(at, focus="")
        services.start(lambda did, reply: render(services, did, reply, following), did)
        return {"response_action": "update", "view": views.loading()}
    services.start(lambda did, _reply: check_in_background(services, did, at), did)
    return {}


async def _complete(
    services: Services,
    did: Interaction,
    reply: Reply,
    at: AnswersSheet,
    fields: Mapping[str, Mapping[str, str]],
) -> None:
    """Complete owners at OVH; show the form again with what is left, or that nothing is."""
    cart = await may_answer(services, did, at.cart_id)
    owners = {name: part.contact for part in sections(cart.lines, {}) if part.owner for name in part.domains}
    done = await complete(services, did, reply, owners, fields, checked=at.checked)
    if done.problem:
        problem = {line.domain: [done.problem] for line in cart.lines if owners.get(line.domain) in fields}
        await render(services, did, reply, at, fields=done.fields, wrong=done.wrong, refused=problem)
    elif done.wrong:
        at = replace(at, checked=done.checked)
        await render(services, did, reply, at, fields=done.fields, wrong=done.wrong, warns=bool(done.checked))
    else:
        following = replace(at, focus="", checked="")
        await render(services, did, reply, following, otherwise=RenderedMessage.from_text(words.questions.SAVED))
        await check_in_background(services, did, at)


def _show_both(
    services: Services,
    did: Interaction,
    at: AnswersSheet,
    both: AnsweredMeanwhile,
    fields: Mapping[str, Mapping[str, str]],
) -> dict[str, Any]:
    """Show both sets of answers if another user answered since the form was rendered, so no answers are lost unseen."""
    mine = _by_label(both.typed)
    closed = _given_back(both, mine)

    async def handler(did: Interaction, reply: Reply) -> None:
        try:
            await render(
                services, did, reply, at, typed=both.typed, fields=fields, overtaken=both.labels, otherwise=closed
            )
        except OrderingError as refusal:
            await reply.send(_given_back(refusal, mine))

    services.start(handler, did)
    return {"response_action": "update", "view": views.loading(words.questions.OTHERS_ANSWERED)}


def _at_fields(wrong: WrongAnswers, filled: Filled, did: Interaction) -> dict[str, str]:
    return {
        did.block_of(filled.block_names[domain, label]): messages.refusal(error).text
        for domain, errors in wrong.by_name.items()
        for label, error in errors.items()
    }


def _given_back(refusal: OrderingError, typed: Mapping[str, str]) -> Secret:
    """Return the refusal with the answers. They hold birthdays and tax numbers, so no lasting message shows them."""
    otherwise = RenderedMessage.from_text(words.questions.not_repeated(sentence(refusal)))
    return Secret(handed_back(refusal, _by_title(typed)), otherwise=otherwise)


def _by_label(typed: Typed) -> dict[str, str]:
    return {label: text for each in typed.values() for label, text in each.items()}


def _by_title(typed: Mapping[str, str]) -> dict[str, str]:
    return {question_labels.title(label): text for label, text in typed.items()}


def name_to_own(at: AnswersSheet, cart: Cart) -> DomainName:
    """Return the name that a new owner is for first, as the form noted it; else the cart's first name."""
    noted = (line.domain for line in cart.lines if line.domain.ascii == at.first)
    return next(noted, cart.lines[0].domain)
