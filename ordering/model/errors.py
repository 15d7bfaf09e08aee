"""What can go wrong, sorted by what the caller should do.

OrderingError                 tell the person: str(error) is the sentence; code and params steer the program
  InvalidName                 what was typed is no domain name: ask for another
  InvalidAnswer               what was typed does not answer the question: say so at its field
  WrongAnswers                several of those, by the question's label (ordering.model.question)
  NotAllowed                  the person lacks the right: nothing changed
  NotPossible                 the rules say no (state, limit, premium, duplicate): nothing changed
    CartChanged               somebody else was quicker: read again, then decide again
    CardOutdated              decided on a card of before: draw it anew, for whoever looks at the newest
  NoSuchCart                  there is no cart of that number
  RegistrarError              OVH's side
    RegistrarRefused          a clear no: nothing was done
    RegistrarUnavailable      no answer to a question: ask it again later
      NotAsked                others went first for so long that nothing was sent: no trouble of OVH's
      NotSent                 the sender knows that no byte of a call that buys or pays left: it can be sent again
    OutcomeUnknown            no answer to a deed: look before anything is repeated
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ordering.model.facts import Data, Json


@dataclass(frozen=True, slots=True)
class Hint:
    """A command to suggest: the `words` after its name, and its `effect`, such as “shows what is in it”."""

    words: str
    effect: str = "shows it"


class OrderingError(Exception):
    """A refusal: `code` names the reason in snake_case and stays stable, `params` are its facts.

    `str(error)` is for people: a sentence, and `advice` on what they can do. `sentence` is the first part alone. What
    OVH said stands in the parameter `ovh`. `hint` is a command that the person can type next.
    """

    usual_code: ClassVar[str] = "refused"
    usual_advice: ClassVar[str | None] = None

    def __init__(
        self,
        sentence: str = "",
        *,
        code: str | None = None,
        advice: str | None = None,
        hint: Hint | None = None,
        **params: Json,
    ) -> None:
        super().__init__(" ".join(filter(None, [sentence, self.usual_advice if advice is None else advice])))
        self.sentence = sentence
        self.hint = hint
        self.code = code or self.usual_code
        self.params = params

    @property
    def data(self) -> Data:
        """The code and the parameters, for an event or for `Trouble`."""
        return {"error": self.code, **self.params}


class InvalidName(OrderingError):
    """What was typed cannot be a domain name."""

    usual_code = "invalid_name"


class InvalidAnswer(OrderingError):
    """What was typed cannot answer what was asked."""

    usual_code = "invalid_answer"


class NotAllowed(OrderingError):
    """The person has no right to do this; `ask` names the people and user groups who have it."""

    usual_code = "not_allowed"

    def __init__(
        self,
        sentence: str,
        *,
        code: str | None = None,
        ask: frozenset[str] = frozenset(),
        advice: str | None = None,
        hint: Hint | None = None,
        **params: Json,
    ) -> None:
        super().__init__(sentence, code=code, advice=advice, hint=hint, **params)
        self.ask = ask


class NotPossible(OrderingError):
    """The rules do not allow this, whoever asks."""

    usual_code = "not_possible"


class CartChanged(NotPossible):
    """The cart changed between reading and writing."""

    def __init__(self, cart_id: int) -> None:
        super().__init__(
            f"Cart #{cart_id} changed in the meantime. Look at it again, then try once more.",
            code="cart_changed",
            cart=cart_id,
        )


class CardOutdated(NotPossible):
    """Somebody decided on what a card showed, and the cart is no longer that."""

    def __init__(self, cart_id: int) -> None:
        super().__init__(
            f"Cart #{cart_id} changed since that card was drawn, so nothing was done. "
            "Look at its newest card, then decide.",
            code="card_outdated",
            cart=cart_id,
        )
        self.cart_id = cart_id


class NoSuchCart(OrderingError):
    """There is no cart of that number."""

    def __init__(self, cart_id: int) -> None:
        super().__init__(
            f"There is no cart #{cart_id}.",
            code="no_such_cart",
            hint=Hint("pending", "lists the carts that are waiting"),
            cart=cart_id,
        )


class RegistrarError(OrderingError):
    """OVH did not do what was asked, or did not say whether it did."""

    usual_code = "registrar_error"


class RegistrarRefused(RegistrarError):
    """A clear no: nothing was done."""

    usual_code = "registrar_refused"


class RegistrarUnavailable(RegistrarError):
    """A question without an answer: it can be asked again."""

    usual_code = "registrar_unavailable"
    usual_advice = "Try again in a minute."


class NotAsked(RegistrarUnavailable):
    """It had no turn in time, since others went first: nothing was sent."""

    usual_code = "not_asked"


class NotSent(RegistrarUnavailable):
    """No byte of a call that buys or pays left this machine, and its sender knows it."""

    usual_code = "not_sent"


class OutcomeUnknown(RegistrarError):
    """A deed without an answer: it may or may not have happened, so it is never repeated blindly."""

    usual_code = "outcome_unknown"
