"""One name in a cart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ordering.model.domain_name import DomainName
from ordering.model.errors import NotPossible
from ordering.model.money import Money
from ordering.model.offer import USUAL_PHASE, Offer, OfferKind
from ordering.model.question import OWNER_CONTACT, Answer, Question, newly_asked


@dataclass(frozen=True, slots=True)
class Line:
    """A name to register, as it was offered when it was last looked up. Prices are without tax.

    `price` is for the first of the `offered_years`, whatever `years` were chosen. `warnings` are sentences about the
    name that whoever decides about it should read. `questions` are what the registrar asked when it was last asked
    (None: not yet), `answers` what people said. `shaped_by` are those besides `added_by` who chose its years, gave or
    took back an answer, or had the name in a cart that it was copied from.
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
    warnings: tuple[str, ...] = ()
    questions: tuple[Question, ...] | None = None
    answers: tuple[Answer, ...] = ()
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
        """Return the offer that the line was made of, at whatever price; one for its years first."""
        same = [o for o in offers if o.registers and (o.pricing_mode, o.phase) == (self.pricing_mode, self.phase)]
        return next((o for o in same if self.years in o.years), same[0] if same else None)

    def as_in(self, offer: Offer) -> Line:
        """The same line with the offer's figures of now; the years stay as they were chosen."""
        return replace(
            self,
            price=offer.price,
            renewal=offer.renewal,
            regular=offer.regular,
            promotion_ends=offer.promotion_ends,
            offered_years=offer.years,
        )

    def with_years(self, years: int, *, by: str) -> Line:
        """Return the line for so many years, shaped by this person; raises `NotPossible` if OVH does not offer them."""
        offered = self.offered_years or (self.years,)
        if years not in offered:
            those = ", ".join(str(n) for n in sorted(offered))
            raise NotPossible(
                f"OVH does not offer {self.domain} for {years} years, only for {those}.",
                code="years_not_offered",
                name=self.domain.ascii,
                years=years,
            )
        return self if years == self.years else replace(self, years=years, shaped_by=self.shaped_by | {by})

    def copied(self, *, by: str) -> Line:
        """Return the line as this person adds it to another cart: all who shaped it before still count."""
        return replace(self, added_by=by, shaped_by=self.shapers)

    @property
    def shapers(self) -> frozenset[str]:
        """Everybody who decided something about this name: none of them approves it alone."""
        return self.shaped_by | {self.added_by} | {answer.by for answer in self.answers}

    @property
    def priced_years(self) -> int:
        """What `price` is for."""
        return self.offered_years[0] if self.offered_years else self.years

    @property
    def kind(self) -> OfferKind:
        return OfferKind.of(self.pricing_mode, self.phase)

    @property
    def open_questions(self) -> tuple[Question, ...]:
        """What must still be answered, as far as is known; an answer that no longer fits does not count."""
        return tuple(q for q in self.questions or () if q.must_be_answered and self.answer_to(q) is None)

    @property
    def may_have_another_owner(self) -> bool:
        """Whether its owner can be chosen; false only where it is known that the registrar does not ask for one."""
        return self.questions is None or any(question.label == OWNER_CONTACT for question in self.questions)

    def answer(self, label: str) -> Answer | None:
        return next((answer for answer in self.answers if answer.label == label), None)

    def answer_to(self, question: Question) -> Answer | None:
        """The answer to a question, where there is one that fits it."""
        answer = self.answer(question.label)
        return answer if answer is not None and question.accepts(answer.value) else None

    def text_for(self, question: Question) -> str:
        """What a form shows as the answer: what somebody said, else what the desk answers of itself.

        A statement with legal effect, or whose name it is, is shown only where somebody said it.
        """
        if (given := self.answer_to(question)) is not None:
            return given.value
        standing = question.standing or ""
        is_shown = question.accepts(standing) and not (question.is_legal or question.is_of_contacts)
        return standing if is_shown else ""

    def asked(self, questions: Iterable[Question]) -> Line:
        """The same line with what the registrar asks now; what it insisted on before stays asked."""
        return replace(self, questions=newly_asked(self.questions or (), questions))

    def answered(self, values: Mapping[str, str | None], *, by: str) -> Line:
        """The same line with these answers; None takes one back, and one that did not change stays who gave it."""
        answers = {answer.label: answer for answer in self.answers}
        for label, value in values.items():
            if value is None:
                answers.pop(label, None)
            elif label not in answers or answers[label].value != value:
                answers[label] = Answer(label, value, by)
        given = tuple(sorted(answers.values(), key=lambda answer: answer.label))
        return self if given == self.answers else replace(self, answers=given, shaped_by=self.shaped_by | {by})


def as_asked(lines: Iterable[Line], asked: Mapping[DomainName, Iterable[Question]]) -> tuple[Line, ...]:
    """The same lines with what the registrar asks of each now; one that it was not asked about stays as it is."""
    return tuple(line.asked(asked[line.domain]) if line.domain in asked else line for line in lines)
