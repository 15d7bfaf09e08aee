"""One name in a cart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ordering.domain_name import DomainName
from ordering.money import Money
from ordering.offer import PREMIUM_MODES, Offer
from ordering.question import Answer, Question, newly_asked


@dataclass(frozen=True, slots=True)
class Line:
    """A name to register, as it was offered when somebody added it. Prices are without tax.

    `questions` are what the registrar asked when it was last asked (None: not yet), `answers` what people said.
    """

    domain: DomainName
    years: int
    pricing_mode: str
    price: Money
    added_by: str
    renewal: Money | None = None
    regular: Money | None = None
    questions: tuple[Question, ...] | None = None
    answers: tuple[Answer, ...] = ()

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
        )

    @property
    def is_premium(self) -> bool:
        return self.pricing_mode in PREMIUM_MODES

    @property
    def open_questions(self) -> tuple[Question, ...]:
        """What must still be answered, as far as is known; an answer that no longer fits does not count."""
        return tuple(q for q in self.questions or () if q.must_be_answered and self.answer_to(q) is None)

    def answer(self, label: str) -> Answer | None:
        return next((answer for answer in self.answers if answer.label == label), None)

    def answer_to(self, question: Question) -> Answer | None:
        """The answer to a question, where there is one that fits it."""
        answer = self.answer(question.label)
        return answer if answer is not None and question.accepts(answer.value) else None

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
        return replace(self, answers=tuple(sorted(answers.values(), key=lambda answer: answer.label)))
