"""One name in a cart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ordering.model.answer_digests import DeletedAnswer, Digest
from ordering.model.domain_name import DomainName
from ordering.model.errors import NotPossible
from ordering.model.line_warnings import LineWarning
from ordering.model.money import Money
from ordering.model.offer import USUAL_PHASE, Offer, OfferKind
from ordering.model.question import OWNER_CONTACT, Answer, Question, is_private, newly_asked


@dataclass(frozen=True, slots=True)
class Line:
    """A name to register, with the terms OVH offered at the last lookup. Prices are without tax.

    `price` is for the first of the `offered_years`, whatever `years` were chosen. `warnings` are what approvers should
    know about the name. `questions` are the registrar's questions when it was last asked (None: not yet);
    `answers` are the users' answers, `deleted` those that were deleted later. `shaped_by` are the users other than
    `added_by` who chose its years, gave or removed an answer, or had the name in a cart that it was copied
    from.
    """

    domain: DomainName
    years: int
    pricing_mode: str
    price: Money
    added_by: str
    renewal: Money | None = None
    regular: Money | None = None
    promotion_ends: datetime | None = None
    phase: str = USUAL_PHASE
    offered_years: tuple[int, ...] = ()
    warnings: tuple[LineWarning, ...] = ()
    questions: tuple[Question, ...] | None = None
    answers: tuple[Answer, ...] = ()
    deleted: tuple[DeletedAnswer, ...] = ()
    shaped_by: frozenset[str] = frozenset()

    @classmethod
    def of(cls, offer: Offer, *, added_by: str) -> Line:
        return cls(
            domain=offer.domain,
            years=offer.years[0],
            pricing_mode=offer.pricing_mode,
            price=offer.price,
            added_by=added_by,
            renewal=offer.renewal,
            regular=offer.regular,
            promotion_ends=offer.promotion_ends,
            phase=offer.phase,
            offered_years=offer.years,
        )

    def offer_in(self, offers: Iterable[Offer]) -> Offer | None:
        """Return the offer with the line's pricing mode and phase at any price, preferring one for its years."""
        same = [o for o in offers if o.registers and (o.pricing_mode, o.phase) == (self.pricing_mode, self.phase)]
        return next((o for o in same if self.years in o.years), same[0] if same else None)

    def as_in(self, offer: Offer) -> Line:
        """Return the line with the offer's current prices; the chosen years stay."""
        return replace(
            self,
            price=offer.price,
            renewal=offer.renewal,
            regular=offer.regular,
            promotion_ends=offer.promotion_ends,
            offered_years=offer.years,
        )

    def with_years(self, years: int, *, by: str) -> Line:
        """Return the line with another number of years, shaped by this user.

        Raises `NotPossible` if OVH does not offer that number.
        """
        offered = self.offered_years or (self.years,)
        if years not in offered:
            raise NotPossible(code="years_not_offered", name=self.domain.ascii, years=years, offered=sorted(offered))
        return self if years == self.years else replace(self, years=years, shaped_by=self.shaped_by | {by})

    def copied(self, *, by: str) -> Line:
        """Return the line as this user adds it to another cart; all who shaped it before still count.

        Its deleted answers are asked again.
        """
        return replace(self, added_by=by, shaped_by=self.shapers, deleted=())

    @property
    def shapers(self) -> frozenset[str]:
        """Every user who decided something about this name. None of them may approve it alone."""
        answered = {answer.by for answer in self.answers} | {gone.by for gone in self.deleted}
        return self.shaped_by | {self.added_by} | answered

    @property
    def priced_years(self) -> int:
        """The number of years that `price` is for."""
        return self.offered_years[0] if self.offered_years else self.years

    @property
    def kind(self) -> OfferKind:
        return OfferKind.of(self.pricing_mode, self.phase)

    @property
    def open_questions(self) -> tuple[Question, ...]:
        """The known questions that must still be answered. An answer that no longer fits does not count."""
        return tuple(q for q in self.questions or () if q.must_be_answered and self.answer_to(q) is None)

    @property
    def may_have_another_owner(self) -> bool:
        """Whether its owner can be chosen; false only if the registrar is known not to ask for one."""
        return self.questions is None or any(question.label == OWNER_CONTACT for question in self.questions)

    def answer(self, label: str) -> Answer | None:
        return next((answer for answer in self.answers if answer.label == label), None)

    def answer_to(self, question: Question) -> Answer | None:
        """Return the answer to a question if there is one and it fits, else None."""
        answer = self.answer(question.label)
        return answer if answer is not None and question.accepts(answer.value) else None

    def text_for(self, question: Question) -> str:
        """Return the text a form shows as the answer: the user's answer, else the bot's default.

        A statement with legal effect, or the owner contact, is shown only if a user gave it.
        """
        if (given := self.answer_to(question)) is not None:
            return given.value
        standing = question.standing or ""
        is_shown = question.accepts(standing) and not (question.is_legal or question.is_of_contacts)
        return standing if is_shown else ""

    def without_private_answers(self, digest: Callable[[str, str, str], Digest]) -> Line:
        """Return the line with a digest in place of each private answer; `digest` takes name, label and value."""
        private = [answer for answer in self.answers if is_private(answer.label)]
        name = self.domain.ascii
        deleted = (DeletedAnswer(each.label, each.by, digest(name, each.label, each.value)) for each in private)
        kept = tuple(answer for answer in self.answers if answer not in private)
        return replace(self, answers=kept, deleted=(*self.deleted, *deleted))

    def asked(self, questions: Iterable[Question]) -> Line:
        """Return the line with the registrar's current questions; questions it insisted on before stay."""
        return replace(self, questions=newly_asked(self.questions or (), questions))

    def answered(self, values: Mapping[str, str | None], *, by: str) -> Line:
        """Return the line with these answers. None removes one; an unchanged answer keeps its author."""
        answers = {answer.label: answer for answer in self.answers}
        for label, value in values.items():
            if value is None:
                answers.pop(label, None)
            elif label not in answers or answers[label].value != value:
                answers[label] = Answer(label, value, by)
        given = tuple(sorted(answers.values(), key=lambda answer: answer.label))
        return self if given == self.answers else replace(self, answers=given, shaped_by=self.shaped_by | {by})


def as_asked(lines: Iterable[Line], asked: Mapping[DomainName, Iterable[Question]]) -> tuple[Line, ...]:
    """Return the lines with the registrar's current questions for each; lines without an entry stay unchanged."""
    return tuple(line.asked(asked[line.domain]) if line.domain in asked else line for line in lines)
