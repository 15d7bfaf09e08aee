"""A user answers the registries' questions about the names in a cart."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import structlog

from handlers import messages
from handlers.messages import words
from handlers.messages.en import question_labels
from handlers.toolkit.action_ids import REACH, Act, Form
from handlers.toolkit.blocks import RenderedMessage, Secret
from handlers.toolkit.context import Services
from handlers.toolkit.error_messages import handed_back, sentence
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.modals import note
from handlers.toolkit.ovh_queue import LineFull
from handlers.toolkit.payloads import AnswersPage, QuestionsAbout
from handlers.toolkit.responder import Reply
from handlers.toolkit.router import Router
from handlers.views import questions as views
from handlers.views.cautions import caution_for
from handlers.views.question_inputs import field_id, typed_answers
from handlers.views.questions import Reader
from ordering.model.cart import Cart
from ordering.model.cart_line import Line
from ordering.model.contact import Contact
from ordering.model.domain_name import DomainName
from ordering.model.errors import NotPossible, OrderingError, RegistrarError
from ordering.model.ids import CartId
from ordering.model.question import AnsweredMeanwhile, Question, Reach, WrongAnswers

_CLOSED = RenderedMessage.from_text(words.questions.CLOSED)
_log = structlog.get_logger()


def register(router: Router) -> None:
    router.button(Act.QUESTIONS, QuestionsAbout, _open, at_once=True)
    router.saved_form(Form.ANSWERS, AnswersPage, _save)


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
    at: AnswersPage,
    typed: Mapping[str, str] | None = None,
    *,
    overtaken: Collection[str] = (),
    reach: Reach = Reach.ONE,
    otherwise: RenderedMessage | Secret = _CLOSED,
) -> None:
    """Show the form of one name in the open view. If the user closed it, send the message `otherwise` instead."""
    cart = await _cart(services, did, at.cart_id)
    line = _line(cart, at.domain)
    contacts = await _contacts(services, did, reply) if any(q.is_of_contacts for q in line.questions or ()) else ()
    policy, person = services.workflow.policy, await services.person(did)
    reader = Reader(caution_for(policy, cart, person), policy.sees_owners(person))
    form = views.answers_form(cart, line, contacts, at, typed=typed, overtaken=overtaken, reach=reach, reader=reader)
    await reply.show_form(form, otherwise=otherwise)


async def _contacts(services: Services, did: Interaction, reply: Reply) -> Sequence[Contact]:
    """Return the contacts to choose from; empty if OVH cannot list them, because the other questions still work."""
    person = await services.person(did)
    try:
        async with services.at_ovh(did, reply) as threads:
            return await threads.call(services.workflow.contacts.all, by=person)
    except (LineFull, RegistrarError) as error:
        _log.warning("contacts_not_read", why=str(error))
        return ()


async def _open(services: Services, did: Interaction, reply: Reply, about: QuestionsAbout) -> None:
    """Open a view immediately, read the requirements, and show the form of the single relevant name, or the list."""
    from_list = did.callback == Form.ANSWERS_LIST
    if not from_list:
        await reply.open_form(views.loading(), button=words.buttons.ANSWER_QUESTIONS)
    cart, domain = await _cart(services, did, about.cart_id), about.domain
    if any(line.questions is None and domain in {None, line.domain} for line in cart.lines):
        async with services.at_ovh(did, reply) as threads:
            cart = await threads.call(services.workflow.questions.learn, cart.id, first=domain)
    line = _line(cart, domain) if domain else _only(cart)
    if line is None:
        await reply.show_form(
            views.answers_list(cart), otherwise=RenderedMessage.from_text(words.questions.LIST_CLOSED)
        )
        return
    await render(services, did, reply, AnswersPage(cart.id, line.domain, from_list=from_list))


async def _save(services: Services, did: Interaction, at: AnswersPage) -> dict[str, Any]:
    """Save the answers. Return the acknowledgement's content: field errors, the next form, or nothing."""
    person = await services.person(did)
    cart, domain = await services.bridge.call(services.workflow.queries.cart, at.cart_id), at.domain
    line = cart.line(domain)
    questions = (line.questions or ()) if line else ()
    typed = typed_answers(questions, did.values or {})
    reach = Reach(did.typed(REACH) or Reach.ONE)
    try:
        cart = await services.bridge.call(
            services.workflow.questions.answer, at.cart_id, domain, typed, by=person, reach=reach, seen=at.seen
        )
    except WrongAnswers as wrong:
        return {"response_action": "errors", "errors": _at_fields(wrong, questions, did)}
    except AnsweredMeanwhile as both:
        return _show_both(services, did, at, both, reach)
    except OrderingError as refusal:
        return {"response_action": "update", "view": note(handed_back(refusal, _by_title(typed)))}
    return _go_on(services, did, at, cart)


def _show_both(
    services: Services, did: Interaction, at: AnswersPage, both: AnsweredMeanwhile, reach: Reach
) -> dict[str, Any]:
    """Show both sets of answers if another user answered since the form was rendered, so no answers are lost unseen."""
    again = replace(at, seen=frozenset())
    closed = _given_back(both, both.typed)

    async def handler(did: Interaction, reply: Reply) -> None:
        try:
            await render(services, did, reply, again, both.typed, overtaken=both.labels, reach=reach, otherwise=closed)
        except OrderingError as refusal:
            await reply.send(_given_back(refusal, both.typed))

    services.start(handler, did)
    return {"response_action": "update", "view": views.loading(words.questions.OTHERS_ANSWERED)}


def _go_on(services: Services, did: Interaction, at: AnswersPage, cart: Cart) -> dict[str, Any]:
    """Go to the next page, back to the list, or close the form."""
    if at.more:
        following = replace(at, page=at.page + 1, seen=frozenset())
        services.start(lambda did, reply: render(services, did, reply, following), did)
        return {"response_action": "update", "view": views.loading()}
    return {"response_action": "update", "view": views.answers_list(cart)} if at.from_list else {}


def _at_fields(wrong: WrongAnswers, questions: tuple[Question, ...], did: Interaction) -> dict[str, str]:
    ids = {question.label: field_id(question) for question in questions}
    return {did.block_of(ids[label]): messages.refusal(error).text for label, error in wrong.by_label.items()}


def _given_back(refusal: OrderingError, typed: Mapping[str, str]) -> Secret:
    """Return the refusal with the answers. They hold birthdays and tax numbers, so no lasting message shows them."""
    otherwise = RenderedMessage.from_text(words.questions.not_repeated(sentence(refusal)))
    return Secret(handed_back(refusal, _by_title(typed)), otherwise=otherwise)


def _by_title(typed: Mapping[str, str]) -> dict[str, str]:
    return {question_labels.title(label): text for label, text in typed.items()}


async def _cart(services: Services, did: Interaction, cart_id: CartId) -> Cart:
    return await services.bridge.call(services.workflow.questions.may_answer, cart_id, by=await services.person(did))


def _line(cart: Cart, domain: DomainName) -> Line:
    line = cart.line(domain)
    if line is None:
        raise NotPossible(code="name_not_in_cart", cart=cart.id, name=domain.ascii)
    return line


def _only(cart: Cart) -> Line | None:
    """Return the only name with open questions, or the only name in the cart; None if there are several."""
    todo = [line for line in cart.lines if line.open_questions] or list(cart.lines)
    return todo[0] if len(todo) == 1 else None
