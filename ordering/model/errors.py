"""What can go wrong, sorted by what the caller should do.

OrderingError                 tell the person: str(error) is the sentence
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
      DraftGone               the cart that this step was building at OVH is gone: begin again with another one
      NotSent                 the sender knows that no byte of a call that buys or pays left: it can be sent again
    OutcomeUnknown            no answer to a deed: look before anything is repeated
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hint:
    """A command to suggest: the `words` after its name, and its `effect`, such as “shows what is in it”."""

    words: str
    effect: str = "shows it"


class OrderingError(Exception):
    """An error whose text is written for the user; `hint` is the command that they can type next."""

    def __init__(self, *args: object, hint: Hint | None = None) -> None:
        super().__init__(*args)
        self.hint = hint


class InvalidName(OrderingError):
    """What was typed cannot be a domain name."""


class InvalidAnswer(OrderingError):
    """What was typed cannot answer what was asked."""


class NotAllowed(OrderingError):
    """The person has no right to do this; `ask` names the people and user groups who have it."""

    def __init__(self, sentence: str, *, ask: frozenset[str] = frozenset()) -> None:
        super().__init__(sentence)
        self.ask = ask


class NotPossible(OrderingError):
    """The rules do not allow this, whoever asks."""


class CartChanged(NotPossible):
    """The cart changed between reading and writing."""

    def __init__(self, cart_id: int) -> None:
        super().__init__(f"Cart #{cart_id} changed in the meantime. Look at it again, then try once more.")


class CardOutdated(NotPossible):
    """Somebody decided on what a card showed, and the cart is no longer that."""

    def __init__(self, cart_id: int) -> None:
        super().__init__(
            f"Cart #{cart_id} changed since that card was drawn, so nothing was done. "
            "Look at its newest card, then decide."
        )
        self.cart_id = cart_id


class NoSuchCart(OrderingError):
    """There is no cart of that number."""

    def __init__(self, cart_id: int) -> None:
        super().__init__(f"There is no cart #{cart_id}.", hint=Hint("pending", "lists the carts that are waiting"))


class RegistrarError(OrderingError):
    """OVH did not do what was asked, or did not say whether it did."""


class RegistrarRefused(RegistrarError):
    """A clear no: nothing was done."""


class RegistrarUnavailable(RegistrarError):
    """A question without an answer: it can be asked again."""


class NotAsked(RegistrarUnavailable):
    """It had no turn in time, since others went first: nothing was sent."""


class NotSent(RegistrarUnavailable):
    """No byte of a call that buys or pays left this machine, and its sender knows it."""


class DraftGone(RegistrarUnavailable):
    """Somebody deleted the cart that this step was building at OVH: nothing is wrong, the next step builds another."""


class OutcomeUnknown(RegistrarError):
    """A deed without an answer: it may or may not have happened, so it is never repeated blindly."""
