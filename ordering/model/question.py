"""The questions of a registry about a name before it registers it, and the validation of answers."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NoReturn

from ordering.model.domain_name import DomainName
from ordering.model.errors import InvalidAnswer, InvalidName, OrderingError
from ordering.model.text import is_visible

LONGEST_ANSWER = 3000
LONGEST_REASON = 500  # limit so that forty reasons fit on one approval card
OWNER_CONTACT = "OWNER_CONTACT"
ACCEPT_CONDITIONS = "ACCEPT_CONDITIONS"
# A yes to one of these is a statement with legal effect. Only a person gives it: never a default, never a copy.
LEGAL = frozenset({ACCEPT_CONDITIONS, "CLAIMS_NOTICE"})
# These are about one name alone, so they are never copied to another.
OF_ONE_NAME = frozenset({"CLAIMS_NOTICE", "PROTECTED_CODE"})
# Answers that a channel may read. Any other answer may contain a birthday, an identity number or a code.
FOR_ALL_TO_READ = frozenset({
    "OWNER_CONTACT", "ADMIN_ACCOUNT", "TECH_ACCOUNT", "DNS", "OWNER_LEGAL_AGE", "ACCEPT_CONDITIONS", "REASON",
    "CLAIMS_NOTICE",
})  # fmt: skip
# Labels that the bot can explain. The registrar is asked to explain the others.
EXPLAINED = FOR_ALL_TO_READ | {"PROTECTED_CODE", "DOMAIN_CONFIG"}
_FEWEST_NAME_SERVERS, _MOST_NAME_SERVERS = 2, 13
_ACCOUNT = re.compile(r"[a-z]{2}\d{1,9}-[a-z0-9]{2,10}")
_CONTACT = re.compile(r"\d{1,18}")


class Kind(StrEnum):
    """The type of an answer."""

    TEXT = "text"
    CHOICE = "choice"
    YES_NO = "yes_no"
    CONTACT = "contact"
    ACCOUNT = "account"
    NAME_SERVERS = "name_servers"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Question:
    """One question, by the registrar's label.

    `allowed` are the only possible answers, if there are any. `standing` is the bot's default until a user answers.
    `explanation` is the registrar's. `insisted`: the registrar refused without an answer.
    """

    label: str
    kind: Kind = Kind.TEXT
    required: bool = False
    allowed: tuple[str, ...] = ()
    standing: str | None = None
    explanation: str = ""
    insisted: bool = False

    @property
    def is_legal(self) -> bool:
        return self.label in LEGAL

    @property
    def is_of_contacts(self) -> bool:
        """Whether the answer is one of the account's contacts."""
        return self.kind is Kind.CONTACT and not self.allowed

    @property
    def longest(self) -> int:
        """The maximum length of an answer in characters."""
        return LONGEST_REASON if self.label == "REASON" else LONGEST_ANSWER

    @property
    def must_be_answered(self) -> bool:
        return (self.required or self.insisted) and self.standing is None

    def checked(self, typed: str) -> str:
        """Return the answer as the registrar takes it; raises `InvalidAnswer` with what is wrong."""
        if len(typed) > self.longest:
            raise InvalidAnswer(code="answer_too_long", most=self.longest)
        answer = typed if typed in self.allowed else _CHECKS[self.kind](typed.strip())
        if self.allowed and answer not in self.allowed:
            raise InvalidAnswer(code="answer_not_in_list", allowed=self.allowed)
        if self.is_legal and answer == "false":
            raise InvalidAnswer(code="answer_must_be_yes")
        return answer

    def accepts(self, answer: str) -> bool:
        """Return whether an earlier answer is still valid."""
        try:
            return self.checked(answer) == answer
        except InvalidAnswer:
            return False


class Reach(StrEnum):
    """The names of a cart that a new owner is for."""

    ONE = "one"
    EVERY = "every"


class WrongAnswers(OrderingError):
    """Some of the input is invalid: `by_name` has an error for each label of a name."""

    usual_code = "wrong_answers"

    def __init__(self, by_name: Mapping[DomainName, Mapping[str, InvalidAnswer]]) -> None:
        self.by_name = by_name
        by_label = {label: error for errors in by_name.values() for label, error in errors.items()}
        super().__init__(wrong={label: error.data for label, error in by_label.items()})


class AnsweredMeanwhile(OrderingError):
    """Another user answered after the form was rendered.

    `typed` is the input that would overwrite an answer unseen, `labels` the questions concerned, each by name.
    """

    usual_code = "answered_by_other"

    def __init__(
        self, labels: Mapping[DomainName, tuple[str, ...]], typed: Mapping[DomainName, Mapping[str, str]]
    ) -> None:
        self.labels = labels
        self.typed = typed
        super().__init__(labels=sorted({label for each in labels.values() for label in each}))


@dataclass(frozen=True, slots=True)
class Answer:
    """A user's answer for one name. `value` as `Question.checked` returned it; `by` is the user who gave it."""

    label: str
    value: str
    by: str


def is_private(label: str) -> bool:
    """Return whether only its author and OVH may read an answer with this label."""
    return label not in FOR_ALL_TO_READ


def mark(label: str, text: str) -> str:
    """Fingerprint of an answer that does not reveal it. A form keeps one for each answer that it showed."""
    return hashlib.sha256(f"{label}\n{text.strip()}".encode("utf-8", "surrogatepass")).hexdigest()[:12]


def in_order(questions: Iterable[Question]) -> tuple[Question, ...]:
    """Return each label once: questions that must be answered first, the rest in the registrar's order."""
    once: dict[str, Question] = {}
    for question in questions:
        once.setdefault(question.label, question)
    return tuple(sorted(once.values(), key=lambda question: not question.must_be_answered))


def newly_asked(known: Iterable[Question], now: Iterable[Question]) -> tuple[Question, ...]:
    """Return the current questions; questions the registrar insisted on before stay, whatever it lists."""
    insisted = {question.label: question for question in known if question.insisted}
    asked = [replace(q, insisted=q.insisted or q.label in insisted) for q in now]
    listed = {question.label for question in asked}
    return in_order([*asked, *(question for label, question in insisted.items() if label not in listed)])


def _text(text: str) -> str:
    if not is_visible(text):
        raise InvalidAnswer(code="answer_not_visible")
    return text


def _yes_no(text: str) -> str:
    if text.lower() not in {"true", "false"}:
        raise InvalidAnswer(code="answer_not_yes_or_no")
    return text.lower()


def _contact(text: str) -> str:
    number = text.rpartition("/")[2]
    if not _CONTACT.fullmatch(number):
        raise InvalidAnswer(code="answer_no_contact")
    return number


def _account(text: str) -> str:
    if not _ACCOUNT.fullmatch(text.lower()):
        raise InvalidAnswer(code="answer_no_account")
    return text.lower()


def _name_servers(text: str) -> str:
    hosts = list(dict.fromkeys(_host(part) for part in re.split(r"[\s,;]+", text) if part))
    if not _FEWEST_NAME_SERVERS <= len(hosts) <= _MOST_NAME_SERVERS:
        raise InvalidAnswer(code="answer_name_server_count", fewest=_FEWEST_NAME_SERVERS, most=_MOST_NAME_SERVERS)
    return ",".join(hosts)


def _host(text: str) -> str:
    try:
        return DomainName.parse(text).ascii
    except InvalidName as error:
        raise InvalidAnswer(code="answer_no_name_server", typed=text, problem=error.data) from error


def _json(text: str) -> str:
    """Check that the text is well-formed JSON and return it unchanged: a number must not lose a digit."""
    try:
        json.loads(text, parse_constant=_no_json)
    except RecursionError as error:
        raise InvalidAnswer(code="answer_nested_too_deeply") from error
    except json.JSONDecodeError as error:
        raise InvalidAnswer(code="answer_no_json", parser=error.msg, line=error.lineno, column=error.colno) from error
    except ValueError as error:  # a number with too many digits
        raise InvalidAnswer(code="answer_no_json", parser=str(error)) from error
    return text


def _no_json(constant: str) -> NoReturn:
    raise InvalidAnswer(code="answer_json_constant", constant=constant)


_CHECKS: dict[Kind, Callable[[str], str]] = {
    Kind.TEXT: _text,
    Kind.CHOICE: _text,
    Kind.YES_NO: _yes_no,
    Kind.CONTACT: _contact,
    Kind.ACCOUNT: _account,
    Kind.NAME_SERVERS: _name_servers,
    Kind.JSON: _json,
}
