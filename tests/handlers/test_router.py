"""One place acknowledges a button or a form, reads its payload, and hands on."""

import re
from typing import Any, cast

import pytest

from handlers import (
    approval,
    buying,
    cart,
    contacts,
    details,
    home,
    offers,
    owners,
    payment,
    questions,
    recovery,
    recovery_mode,
    requests,
    returns,
    years,
)
from handlers import help as help_clicks
from handlers.messages import refused
from handlers.messages.en import failures
from handlers.routing.inbox import Handler
from handlers.routing.router import Router
from handlers.routing.services import Services
from handlers.search import adding, buttons
from handlers.toolkit.action_ids import Act, Form
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.modals import checking
from handlers.toolkit.payloads import CartNumber, YearsForm
from handlers.toolkit.responder import Reply
from ordering.model.ids import CartId


def _once(listeners: dict[Any, Any], what: Any):
    """Register a listener as a decorator does; Bolt would never reach a second one."""
    assert what not in listeners
    return lambda listener: listeners.setdefault(what, listener)


class Slack:
    """Registers listeners as Bolt does, and keeps the acknowledgements and what people are notified."""

    def __init__(self) -> None:
        self.buttons: dict[Any, Any] = {}
        self.forms: dict[Any, Any] = {}
        self.acknowledged: list[dict[str, Any]] = []
        self.told: list[str] = []

    def action(self, act):
        return _once(self.buttons, act)

    def view(self, form):
        return _once(self.forms, form)

    async def ack(self, **content: Any) -> None:
        self.acknowledged.append(content)

    async def chat_postEphemeral(self, *, text: str, channel: str, **_: object) -> None:  # noqa: N802 - Slack's name
        self.told.append(f"{channel}: {text}")

    async def clicks(self, act: Act, value: str) -> Any:
        body = {"user": {"id": "U0ADA"}, "channel": {"id": "C1"}, "actions": [{"action_id": act, "value": value}]}
        return await self.buttons[act](ack=self.ack, body=body)

    async def submits(self, form: Form, metadata: str) -> Any:
        return await self.forms[form](
            ack=self.ack, body={"user": {"id": "U0ADA"}, "view": {"id": "V1", "private_metadata": metadata}}
        )


class Rows:
    """An inbox that stores every click, or none."""

    def __init__(self) -> None:
        self.stories: dict[str, Handler] = {}
        self.stores = True
        self.taken: list[Interaction] = []

    def decide(self, kind: str, handler: Handler) -> None:
        self.stories[kind] = handler

    async def take(self, _kind: str, did: Interaction) -> bool:
        self.taken.append(did)
        return self.stores


class Desks:
    """The parts around one router."""

    def __init__(self) -> None:
        nobody = cast(Any, None)
        self.slack, self.rows = Slack(), Rows()
        self.desk = Services(nobody, nobody, nobody, nobody, client=cast(Any, self.slack), wake=lambda: None)
        self.router = Router(cast(Any, self.slack), self.desk, cast(Any, self.rows))
        self.handed: list[object] = []

    async def handler(self, _desk: Services, did: Interaction, _reply: Reply, of: object) -> None:
        self.handed.append((did.channel, of))

    async def decides(self, _desk: Services, _did: Interaction, _reply: Reply, of: CartNumber) -> str:
        self.handed.append(of)
        return "Approved."

    async def done(self) -> None:
        await self.desk.work.drain(1)


@pytest.fixture
def desks():
    return Desks()


def test_every_button_and_every_form_has_one_listener(desks):
    """The others are forms without a submit button, and inputs whose ids differ by name."""
    for topic in (
        approval, cart, contacts, details, offers, owners, payment, questions, recovery,
        recovery_mode, requests, years, buttons, adding, buying, help_clicks, returns,
    ):  # fmt: skip
        topic.register(desks.router)
    home.register_clicks(desks.router)
    assert {act for act in desks.slack.buttons if isinstance(act, str)} == set(Act)
    assert desks.slack.forms.keys() == set(Form) - {Form.NOTE}


async def test_a_click_reaches_its_handler_with_its_payload(desks):
    """A click is acknowledged and its handler gets the payload."""
    desks.router.button(Act.COPY, CartNumber, desks.handler)
    await desks.slack.clicks(Act.COPY, "12")
    await desks.done()
    assert desks.slack.acknowledged == [{}]
    assert desks.handed == [("C1", CartNumber(CartId(12)))]


async def test_an_unreadable_button_is_acknowledged_and_explained(desks):
    """A button that cannot be read is acknowledged and its person learns why."""
    desks.router.button(Act.COPY, CartNumber, desks.handler)
    await desks.slack.clicks(Act.COPY, "twelve")
    await desks.done()
    assert desks.slack.acknowledged == [{}]
    assert desks.handed == []
    (answer,) = desks.slack.told
    assert refused("old_button", {}).text in answer


async def test_an_unknown_button_gets_the_same_answer(desks):
    """A button that no version knows is answered in the same words."""
    desks.router.button(Act.COPY, CartNumber, desks.handler)
    desks.router.answer_the_rest()
    await desks.slack.clicks(Act.COPY, "twelve")
    rest = desks.slack.buttons[re.compile(".*")]
    await rest(ack=desks.slack.ack, body={"user": {"id": "U0ADA"}, "channel": {"id": "C1"}, "actions": [{}]})
    await desks.done()
    assert len(desks.slack.told) == 2
    assert len(set(desks.slack.told)) == 1


async def test_the_answer_to_a_closed_form_goes_to_its_channel(desks):
    desks.router.form(Form.YEARS, YearsForm, desks.handler, channel=lambda carried: carried.channel)
    await desks.slack.submits(Form.YEARS, "12 C7")
    await desks.done()
    assert desks.slack.acknowledged == [{}]
    assert desks.handed == [("C7", YearsForm(CartId(12), "C7"))]


async def test_a_form_that_cannot_be_read_says_so_and_stays_open(desks):
    desks.router.form(Form.YEARS, YearsForm, desks.handler)
    await desks.slack.submits(Form.YEARS, "twelve C7")
    await desks.done()
    (content,) = desks.slack.acknowledged
    assert content["response_action"] == "update"
    assert failures.OLD_FORM in str(content["view"].to_dict())
    assert desks.handed == []


async def test_faults_are_shown_at_their_fields_and_nothing_runs(desks):
    def faults(_did: Interaction) -> dict[str, str]:
        return {"reason": "Why?"}

    desks.router.form(Form.YEARS, YearsForm, desks.handler, faults=faults)
    desks.router.decision_form(Form.REJECT, CartNumber, desks.handler, faults=faults)
    await desks.slack.submits(Form.YEARS, "12 C7")
    await desks.slack.submits(Form.REJECT, "12")
    await desks.done()
    assert desks.slack.acknowledged == [{"response_action": "errors", "errors": {"reason": "Why?"}}] * 2
    assert (desks.handed, desks.rows.taken) == ([], [])


async def test_a_decision_is_acknowledged_only_if_it_is_stored(desks):
    desks.router.decision(Act.APPROVE, CartNumber, desks.decides)
    desks.rows.stores = False
    refused = await desks.slack.clicks(Act.APPROVE, "12")
    assert (desks.slack.acknowledged, refused.status) == ([], 503)
    desks.rows.stores = True
    assert await desks.slack.clicks(Act.APPROVE, "12") is None
    assert desks.slack.acknowledged == [{}]
    assert [did.payload for did in desks.rows.taken] == ["12", "12"]


async def test_a_deciding_form_is_stored_before_its_acknowledgement(desks):
    """A form that decides is acknowledged only if it is stored."""
    desks.router.decision_form(Form.REQUEST, CartNumber, desks.handler, faults=lambda _: {}, waiting=checking)
    desks.rows.stores = False
    refused = await desks.slack.submits(Form.REQUEST, "12")
    assert (desks.slack.acknowledged, refused.status) == ([], 503)
    desks.rows.stores = True
    await desks.slack.submits(Form.REQUEST, "12")
    assert desks.slack.acknowledged[0]["response_action"] == "update"
    assert [did.form for did in desks.rows.taken] == ["V1", "V1"]


async def test_the_inbox_decides_by_the_payload_and_tells_the_result(desks):
    desks.router.decision(Act.APPROVE, CartNumber, desks.decides)
    did = Interaction("U0ADA", "", channel="C1", value="12")
    await desks.rows.stories[Act.APPROVE](desks.desk, did, Reply(desks.desk.client, did))
    assert desks.handed == [CartNumber(CartId(12))]
    assert desks.slack.told == ["C1: Approved."]


async def test_a_saved_form_is_acknowledged_with_what_was_saved(desks):
    async def save(_desk: Services, _did: Interaction, of: CartNumber) -> dict[str, Any]:
        return {"response_action": "errors", "errors": {"a": str(of.cart_id)}}

    desks.router.saved_form(Form.ANSWERS, CartNumber, save)
    await desks.slack.submits(Form.ANSWERS, "12")
    await desks.slack.submits(Form.ANSWERS, "twelve")
    saved, unread = desks.slack.acknowledged
    assert saved == {"response_action": "errors", "errors": {"a": "12"}}
    assert failures.OLD_FORM in str(unread["view"].to_dict())
