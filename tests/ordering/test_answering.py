"""What registries ask is learned, answered by people, copied on wish, sealed, and never guessed."""

import pytest

from ordering.model.domain_name import DomainName
from ordering.model.errors import CartChanged, NotAllowed, NotPossible
from ordering.model.policy import Membership, Person
from ordering.model.preflight_findings import Finding, FindingCode, Fix, LinesRefused, NotReady
from ordering.model.question import AnsweredMeanwhile, Kind, Question, WrongAnswers, mark
from ordering.record.hash_chain import facts
from tests.refusing import refuses

REASON = Question("REASON", required=True)
CONDITIONS = Question("ACCEPT_CONDITIONS", Kind.YES_NO, required=True)
CLAIM = Question("CLAIMS_NOTICE", required=True)
AGE = Question("OWNER_LEGAL_AGE", Kind.YES_NO, required=True, standing="true")
NAME, OTHER = DomainName("name.fr"), DomainName("other.fr")


@pytest.fixture
def asking(rules):
    """A registrar that asks for something under each extension; the cart has two .fr names and a .corsica one."""
    rules.registrar.asks = {"fr": (REASON, CONDITIONS, CLAIM, AGE), "corsica": (REASON, CONDITIONS)}
    for name in ("name.fr", "other.fr", "name.corsica"):
        cart = rules.workflow.cart_editing.add("C1", DomainName.parse(name), by=rules.ada)
    rules.cart_id = cart.id
    return rules


def learned(rules):
    return rules.workflow.questions.learn(rules.cart_id)


def answer(rules, typed, *, names=(NAME,), seen=None, by=None):
    shown = None if seen is None else dict.fromkeys(names, seen)
    return rules.workflow.questions.answer(rules.cart_id, dict.fromkeys(names, typed), by=by or rules.ada, seen=shown)


def given(cart, name):
    return {answer.label: answer.value for answer in cart.line(DomainName(name)).answers}


def test_a_cart_with_open_questions_cannot_be_requested(asking):
    """A cart with open questions is not asked for and says which."""
    with pytest.raises(NotReady) as told:
        asking.workflow.approval_requests.request(asking.cart_id, requester=asking.ada, purpose="For the launch")
    asked = {"name.fr": ["REASON", "ACCEPT_CONDITIONS", "CLAIMS_NOTICE"]}
    named = [finding for finding in told.value.findings if finding.domain == NAME]
    assert {"name.fr": [finding.params["label"] for finding in named]} == asked
    assert {(f.code, f.fix) for f in told.value.findings} == {(FindingCode.QUESTION_OPEN, Fix.ANSWER)}
    cart = asking.workflow.queries.cart(asking.cart_id)
    assert cart.state.value == "open"
    assert [q.label for q in cart.line(NAME).open_questions] == ["REASON", "ACCEPT_CONDITIONS", "CLAIMS_NOTICE"]


def test_each_name_is_asked_about_once(asking):
    first = learned(asking)
    assert learned(asking).version == first.version


def test_a_taken_name_hides_no_question_of_others(asking):
    """A name that was taken in the meantime keeps nothing back of the others."""
    asking.registrar.gone = {"other.fr"}
    cart = learned(asking)
    assert {line.domain.ascii: line.questions is not None for line in cart.lines} == {
        "name.fr": True,
        "other.fr": False,
        "name.corsica": True,
    }


def test_a_form_reports_its_own_line_and_keeps_the_others(asking):
    """The form reports what is wrong with its line, and everything of the other lines is kept."""
    asking.registrar.gone = {"other.fr"}
    with pytest.raises(LinesRefused) as refused:
        asking.workflow.questions.learn(asking.cart_id, first=DomainName("other.fr"))
    assert refused.value.findings == (Finding(FindingCode.NAME_NOT_FREE, DomainName("other.fr")),)
    assert asking.workflow.queries.cart(asking.cart_id).line(NAME).questions is not None


def test_where_nothing_is_learned_at_all_it_is_said_why(asking):
    asking.registrar.gone = {"other.fr", "name.fr", "name.corsica"}
    with pytest.raises(LinesRefused) as refused:
        learned(asking)
    assert {finding.code for finding in refused.value.findings} == {FindingCode.NAME_NOT_FREE}


def test_reads_a_few_names_at_once_the_clicked_one_first(rules):
    """A few names are asked about at once and the one that is meant first."""
    for number in range(12):
        cart = rules.workflow.cart_editing.add("C1", DomainName(f"name{number}.fr"), by=rules.ada)
    last = cart.lines[-1].domain
    cart = rules.workflow.questions.learn(cart.id, first=last)
    assert cart.line(last).questions is not None
    assert sum(line.questions is None for line in cart.lines) == 2


def test_answers_are_recorded_with_their_author(asking):
    """Answers are kept with who gave them and go into the record."""
    learned(asking)
    cart = answer(asking, {"REASON": " Ours ", "ACCEPT_CONDITIONS": "true"}, by=asking.ben)
    assert [(a.label, a.value, a.by) for a in cart.line(NAME).answers] == [
        ("ACCEPT_CONDITIONS", "true", "U0BEN"),
        ("REASON", "Ours", "U0BEN"),
    ]
    assert asking.workflow.queries.cart(asking.cart_id).line(NAME) == cart.line(NAME)


def test_the_event_holds_questions_and_answers(asking):
    """What was answered for what was asked is in the facts of its event."""
    asking.registrar.asks = {"fr": (REASON,)}
    learned(asking)
    answer(asking, {"REASON": "Ours"}, names=(NAME, OTHER))
    cart = asking.workflow.approval_requests.request(asking.cart_id, requester=asking.ada, purpose="For the launch")
    assert '["REASON","Ours","U0ADA"]' in facts(cart)


def test_wrong_answers_are_told_each_and_nothing_is_kept(asking):
    learned(asking)
    with pytest.raises(WrongAnswers) as wrong:
        answer(asking, {"REASON": "Ours", "ACCEPT_CONDITIONS": "false", "CLAIMS_NOTICE": "x" * 4000})
    assert wrong.value.params == {
        "wrong": {
            "ACCEPT_CONDITIONS": {"error": "answer_must_be_yes"},
            "CLAIMS_NOTICE": {"error": "answer_too_long", "most": 3000},
        }
    }
    (errors,) = wrong.value.by_name.values()
    assert {label: error.data for label, error in errors.items()} == wrong.value.params["wrong"]
    assert given(asking.workflow.queries.cart(asking.cart_id), "name.fr") == {}


def test_the_desks_own_answer_is_no_persons_answer(asking):
    learned(asking)
    assert given(answer(asking, {"OWNER_LEGAL_AGE": "true"}), "name.fr") == {}
    assert given(answer(asking, {"OWNER_LEGAL_AGE": "false"}), "name.fr") == {"OWNER_LEGAL_AGE": "false"}


def test_one_answer_is_given_for_several_names(asking):
    learned(asking)
    cart = answer(asking, {"REASON": "Ours"}, names=(NAME, OTHER))
    assert given(cart, "name.fr") == given(cart, "other.fr") == {"REASON": "Ours"}
    assert given(cart, "name.corsica") == {}


def test_a_fault_at_one_name_keeps_nothing_of_the_others(asking):
    learned(asking)
    corsica = DomainName("name.corsica")
    typed = {NAME: {"REASON": "Ours"}, corsica: {"REASON": "x" * 4000}}
    with pytest.raises(WrongAnswers) as wrong:
        asking.workflow.questions.answer(asking.cart_id, typed, by=asking.ada)
    assert {name: list(errors) for name, errors in wrong.value.by_name.items()} == {corsica: ["REASON"]}
    assert given(asking.workflow.queries.cart(asking.cart_id), "name.fr") == {}


def test_a_name_that_left_the_cart_is_not_answered_for(asking):
    asking.workflow.cart_editing.remove(asking.cart_id, OTHER, by=asking.ada)
    with refuses("name_not_in_cart", NotPossible):
        answer(asking, {"REASON": "Ours"}, names=(OTHER,))


def test_an_empty_text_takes_an_answer_back(asking):
    learned(asking)
    answer(asking, {"REASON": "Ours"})
    assert given(answer(asking, {"REASON": " "}), "name.fr") == {}


def test_a_question_that_is_not_asked_any_more_is_not_answered(asking):
    learned(asking)
    with pytest.raises(NotPossible) as refused:
        answer(asking, {"MOTTO": "Onward"})
    assert refused.value.data == {"error": "questions_changed", "name": "name.fr"}


def test_nothing_is_answered_once_the_cart_is_asked_for(rules):
    cart = rules.requested("name.fr")
    with refuses("cart_closed", NotPossible):
        rules.workflow.questions.answer(cart.id, {NAME: {"REASON": "Ours"}}, by=rules.ada)


def test_a_guest_neither_answers_nor_sees_contacts(asking):
    guest = Person("U0GWEN", Membership.GUEST)
    for action in (
        lambda: answer(asking, {"REASON": "Ours"}, by=guest),
        lambda: asking.workflow.contacts.all(by=guest),
    ):
        with refuses("person_guest", NotAllowed):
            action()


def test_an_answer_that_changes_during_the_pre_flight_stops_it(asking):
    asking.registrar.asks = {"fr": (Question("REASON"),)}
    learned(asking)

    def meanwhile(lines):
        answer(asking, {"REASON": "Another"}, by=asking.ben)
        return prepare(lines)

    prepare, asking.registrar.prepare = asking.registrar.prepare, meanwhile
    with pytest.raises(CartChanged):
        asking.workflow.approval_requests.request(asking.cart_id, requester=asking.ada, purpose="For the launch")


def test_questions_that_are_learned_during_the_pre_flight_do_not(asking):
    asking.registrar.asks = {}

    def meanwhile(lines):
        learned(asking)
        return prepare(lines)

    prepare, asking.registrar.prepare = asking.registrar.prepare, meanwhile
    cart = asking.workflow.approval_requests.request(asking.cart_id, requester=asking.ada, purpose="For the launch")
    assert cart.state.value == "submitted"


def seen(**shown):
    """The marks of a form that showed these answers."""
    return {mark(label, text) for label, text in shown.items()}


EMPTY = seen(REASON="", ACCEPT_CONDITIONS="", CLAIMS_NOTICE="", OWNER_LEGAL_AGE="true")


def test_answers_to_different_questions_are_merged(asking):
    """Two who answer different questions at once are both heard."""
    learned(asking)
    answer(asking, {"REASON": "Ours", "ACCEPT_CONDITIONS": ""}, seen=EMPTY)
    cart = answer(asking, {"REASON": "", "ACCEPT_CONDITIONS": "true"}, by=asking.ben, seen=EMPTY)
    assert [(a.label, a.value, a.by) for a in cart.line(NAME).answers] == [
        ("ACCEPT_CONDITIONS", "true", "U0BEN"),
        ("REASON", "Ours", "U0ADA"),
    ]


@pytest.mark.parametrize("mine", ["Mine", ""])
def test_no_answer_overwrites_a_newer_one(asking, mine):
    """No user's answer undoes one that was given since the form was rendered."""
    learned(asking)
    answer(asking, {"REASON": "A first thought"})
    old = seen(REASON="A first thought", ACCEPT_CONDITIONS="")
    answer(asking, {"REASON": "A better one"}, seen=old)
    with pytest.raises(AnsweredMeanwhile) as both:
        answer(asking, {"REASON": mine, "ACCEPT_CONDITIONS": "true"}, by=asking.ben, seen=old)
    assert both.value.labels == {NAME: ("REASON",)}
    assert both.value.typed == {NAME: {"REASON": mine, "ACCEPT_CONDITIONS": "true"}}
    assert given(asking.workflow.queries.cart(asking.cart_id), "name.fr") == {"REASON": "A better one"}


def test_who_answers_the_same_as_another_disagrees_with_nobody(asking):
    learned(asking)
    answer(asking, {"REASON": "Ours"}, seen=EMPTY)
    cart = answer(asking, {"REASON": " Ours "}, by=asking.ben, seen=EMPTY)
    assert cart.line(NAME).answer("REASON").by == "U0ADA"


def test_an_unavailable_name_hides_no_other(asking, monkeypatch):
    """One name that cannot be had hides no other however often one looks."""
    gone = DomainName("other.fr")

    def questions(lines):
        asked = {line.domain: (REASON,) for line in lines if line.domain != gone}
        if len(asked) < len(lines):
            raise LinesRefused([Finding(FindingCode.NAME_NOT_FREE, gone)], asked)
        return asked

    monkeypatch.setattr(asking.registrar, "questions", questions)
    for _ in range(2):
        assert learned(asking).line(NAME).questions == (REASON,)
    with pytest.raises(LinesRefused) as refused:
        asking.workflow.questions.learn(asking.cart_id, first=gone)
    assert refused.value.findings == (Finding(FindingCode.NAME_NOT_FREE, gone),)
