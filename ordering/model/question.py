"""What a registry asks about a name before it registers it, and what counts as an answer."""

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
from ordering.model.question_words import WORDS, Words
from ordering.model.text import is_visible

LONGEST_ANSWER = 3000
LONGEST_REASON = 500  # what whoever approves reads in full, of forty names on one card
OWNER_CONTACT = "OWNER_CONTACT"
# Yes to one of these is a statement with legal effect: a person makes it, never a default, never a copy of another's.
LEGAL = frozenset({"ACCEPT_CONDITIONS", "CLAIMS_NOTICE"})
# These are about one name alone, so that they are never copied to another.
OF_ONE_NAME = frozenset({"CLAIMS_NOTICE", "PROTECTED_CODE"})
# What a channel may read. Any other answer may hold a birthday, a number of identity, a code.
FOR_ALL_TO_READ = frozenset(label for label, words in WORDS.items() if words.said)
_FEWEST_NAME_SERVERS, _MOST_NAME_SERVERS = 2, 13
_ACCOUNT = re.compile(r"[a-z]{2}\d{1,9}-[a-z0-9]{2,10}")
_CONTACT = re.compile(r"\d{1,18}")


class Kind(StrEnum):
    """What an answer looks like."""

    TEXT = "text"
    CHOICE = "choice"
    YES_NO = "yes_no"
    CONTACT = "contact"
    ACCOUNT = "account"
    NAME_SERVERS = "name_servers"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that is asked, by the registrar's label.

    `allowed` are the only possible answers, where there are some. `standing` is what the desk answers as long as
    nobody says otherwise. `told` is what the registrar says of it. `insisted`: the registrar refused without it.
    """

    label: str
    kind: Kind = Kind.TEXT
    required: bool = False
    allowed: tuple[str, ...] = ()
    standing: str | None = None
    told: str = ""
    insisted: bool = False

    @property
    def title(self) -> str:
        """The question in words; a label that nobody knows yet stands for itself."""
        return self._words.title

    @property
    def help(self) -> str:
        return self._words.help or self.told

    @property
    def noun(self) -> str:
        """What is missing as long as it is not answered, as in “the reason”."""
        return self._words.noun

    @property
    def is_legal(self) -> bool:
        return self.label in LEGAL

    @property
    def is_of_contacts(self) -> bool:
        """Whether one of the account's contacts is the answer."""
        return self.kind is Kind.CONTACT and not self.allowed

    @property
    def longest(self) -> int:
        """Characters of an answer."""
        return LONGEST_REASON if self.label == "REASON" else LONGEST_ANSWER

    @property
    def must_be_answered(self) -> bool:
        return (self.required or self.insisted) and self.standing is None

    def checked(self, typed: str) -> str:
        """The answer as the registrar takes it; raises `InvalidAnswer` with what is wrong."""
        if len(typed) > self.longest:
            raise InvalidAnswer(
                f"That is too long: at most {self.longest} characters.", code="answer_too_long", most=self.longest
            )
        answer = typed if typed in self.allowed else _CHECKS[self.kind](typed.strip())
        if self.allowed and answer not in self.allowed:
            raise InvalidAnswer(
                f"Only these are possible: {_listed(self.allowed)}.", code="answer_not_in_list", allowed=self.allowed
            )
        if self.is_legal and answer == "false":
            raise InvalidAnswer(
                "Without this the registry does not register the name. Answer Yes, or remove the name.",
                code="answer_must_be_yes",
            )
        return answer

    def accepts(self, answer: str) -> bool:
        """Whether an earlier answer still is one."""
        try:
            return self.checked(answer) == answer
        except InvalidAnswer:
            return False

    @property
    def _words(self) -> Words:
        return WORDS.get(self.label) or Words(self.label, "", self.label)


class Reach(StrEnum):
    """For which names of a cart somebody's answers are meant."""

    ONE = "one"
    EXTENSION = "extension"
    EVERY = "every"


class WrongAnswers(OrderingError):
    """Some of what was typed answers nothing: `by_label` says of each what is wrong."""

    usual_code = "wrong_answers"

    def __init__(self, by_label: Mapping[str, str]) -> None:
        super().__init__(" ".join(by_label.values()), labels=sorted(by_label))
        self.by_label = dict(by_label)


class AnsweredMeanwhile(OrderingError):
    """Somebody else answered since a form was drawn: `typed` is what would undo it unseen, `labels` say where."""

    usual_code = "answered_by_other"

    def __init__(self, labels: Iterable[str], typed: Mapping[str, str]) -> None:
        super().__init__("Somebody else answered meanwhile. Nothing was saved: open the form again.")
        self.labels = tuple(labels)
        self.typed = dict(typed)


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody answered for one name. `value` as `Question.checked` returned it; `by` made it theirs."""

    label: str
    value: str
    by: str


def mark(label: str, text: str) -> str:
    """What tells an answer from another one without telling it: a form keeps this of each answer that it showed."""
    return hashlib.sha256(f"{label}\n{text.strip()}".encode("utf-8", "surrogatepass")).hexdigest()[:12]


def in_order(questions: Iterable[Question]) -> tuple[Question, ...]:
    """Each label once, what must be answered first, the rest as the registrar lists it."""
    once: dict[str, Question] = {}
    for question in questions:
        once.setdefault(question.label, question)
    return tuple(sorted(once.values(), key=lambda question: not question.must_be_answered))


def newly_asked(known: Iterable[Question], now: Iterable[Question]) -> tuple[Question, ...]:
    """What is asked now; what the registrar insisted on before stays asked, whatever it lists."""
    insisted = {question.label: question for question in known if question.insisted}
    asked = [replace(q, insisted=q.insisted or q.label in insisted) for q in now]
    listed = {question.label for question in asked}
    return in_order([*asked, *(question for label, question in insisted.items() if label not in listed)])


def _text(text: str) -> str:
    if not is_visible(text):
        raise InvalidAnswer("Nothing of this can be seen. Write it in letters or numbers.", code="answer_not_visible")
    return text


def _yes_no(text: str) -> str:
    if text.lower() not in {"true", "false"}:
        raise InvalidAnswer("Answer Yes or No.", code="answer_not_yes_or_no")
    return text.lower()


def _contact(text: str) -> str:
    number = text.rpartition("/")[2]
    if not _CONTACT.fullmatch(number):
        raise InvalidAnswer("Choose a contact, or write its number.", code="answer_no_contact")
    return number


def _account(text: str) -> str:
    if not _ACCOUNT.fullmatch(text.lower()):
        raise InvalidAnswer("An OVH account looks like ab12345-ovh.", code="answer_no_account")
    return text.lower()


def _name_servers(text: str) -> str:
    try:
        hosts = [DomainName.parse(part).ascii for part in re.split(r"[\s,;]+", text) if part]
    except InvalidName as error:
        raise InvalidAnswer(str(error), code="answer_no_name_server") from error
    hosts = list(dict.fromkeys(hosts))
    if not _FEWEST_NAME_SERVERS <= len(hosts) <= _MOST_NAME_SERVERS:
        raise InvalidAnswer(
            f"Name {_FEWEST_NAME_SERVERS} to {_MOST_NAME_SERVERS} different name servers.",
            code="answer_name_server_count",
            fewest=_FEWEST_NAME_SERVERS,
            most=_MOST_NAME_SERVERS,
        )
    return ",".join(hosts)


def _json(text: str) -> str:
    """Well-formed, and otherwise left as it was typed: a number must not lose a digit on the way."""
    try:
        json.loads(text, parse_constant=_no_json)
    except RecursionError as error:
        raise InvalidAnswer("This JSON is nested too deeply.", code="answer_nested_too_deeply") from error
    except ValueError as error:
        raise InvalidAnswer(f"This is not well-formed JSON: {error}.", code="answer_no_json") from error
    return text


def _no_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _listed(allowed: tuple[str, ...]) -> str:
    shown = ", ".join(allowed[:8])
    return f"{shown}, …" if len(allowed) > len(allowed[:8]) else shown


_CHECKS: dict[Kind, Callable[[str], str]] = {
    Kind.TEXT: _text,
    Kind.CHOICE: _text,
    Kind.YES_NO: _yes_no,
    Kind.CONTACT: _contact,
    Kind.ACCOUNT: _account,
    Kind.NAME_SERVERS: _name_servers,
    Kind.JSON: _json,
}
