"""What can go wrong, sorted by what the caller should do.

OrderingError                 tell the person: str(error) is the sentence; code and params steer the program
  InvalidName                 what was typed is no domain name: ask for another
  InvalidAnswer               what was typed does not answer the question: say so at its field
  WrongAnswers                several of those, by the question's label (ordering.model.question)
  NotAllowed                  the person lacks the right: nothing changed
  NotPossible                 the rules say no (state, limit, premium, duplicate): nothing changed
    CartChanged               somebody else was quicker: read again, then decide again
    CardOutdated              decided on a card of before: render the newest one again
      CardBeforeRestore       the card is from before the last recover mode
    CardOfAnotherDesk         the card shows a request of another database
  NoSuchCart                  there is no cart of that number
  RegistrarError              OVH's side
    RegistrarRefused          a clear no: nothing was done
      NotKnown                OVH knows no such thing, or not any more
    RegistrarUnavailable      no answer to a question: ask it again later
      NotAsked                others went first for so long that nothing was sent: no trouble of OVH's
      DraftGone               the cart that this step was building at OVH is gone: begin again with another one
      NotSent                 the sender knows that no byte of a call that buys or pays left: it can be sent again
      RightsUnread            Slack does not tell whether a decision still counts: the step waits
      OnHold                  recover mode: nothing is sent or approved until an operator compared with OVH
        DatabaseWentBack      what shows it: begin recover mode
    OutcomeUnknown            no answer to a deed: look before anything is repeated
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
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

    @property
    def ovh_said(self) -> str:
        """Return OVH's own words; an empty string where it said nothing."""
        match self.params.get("ovh"):
            case {"said": str(words)}:
                return words
            case _:
                return ""


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

    usual_code = "cart_changed"

    def __init__(self, cart_id: int) -> None:
        super().__init__(
            f"Cart #{cart_id} changed in the meantime. Look at it again, then try once more.",
            cart=cart_id,
        )


class CardOutdated(NotPossible):
    """Somebody decided on what a card showed, and the cart is no longer that."""

    usual_code = "card_outdated"

    def __init__(self, cart_id: int) -> None:
        super().__init__(
            f"Cart #{cart_id} changed since that card was drawn, so nothing was done. "
            "Look at its newest card, then decide.",
            cart=cart_id,
        )
        self.cart_id = cart_id


class CardBeforeRestore(CardOutdated):
    """The card was drawn before the last recover mode ended: what it showed may be forgotten."""

    usual_code = "card_before_restore"

    def __init__(self, cart_id: int) -> None:
        NotPossible.__init__(
            self,
            "That card is from before my database was restored, so nothing was done. "
            f"Use the newest card of cart #{cart_id}. If there is none, please request it again.",
            cart=cart_id,
        )
        self.cart_id = cart_id


class CardOfAnotherDesk(NotPossible):
    """The card was drawn over another database."""

    usual_code = "card_of_another_desk"

    def __init__(self) -> None:
        super().__init__("This card belongs to another Domain Desk, so nothing was done.")


class NoSuchCart(OrderingError):
    """There is no cart of that number."""

    usual_code = "no_such_cart"

    def __init__(self, cart_id: int) -> None:
        super().__init__(
            f"There is no cart #{cart_id}.",
            hint=Hint("pending", "lists the carts that are waiting"),
            cart=cart_id,
        )


class RegistrarError(OrderingError):
    """OVH did not do what was asked, or did not say whether it did."""

    usual_code = "registrar_error"


class RegistrarRefused(RegistrarError):
    """A clear no: nothing was done."""

    usual_code = "registrar_refused"


class NotKnown(RegistrarRefused):
    """OVH answered that it knows no such thing, or not any more."""

    usual_code = "not_known"


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


class DraftGone(RegistrarUnavailable):
    """Somebody deleted the cart that this step was building at OVH: nothing is wrong, the next step builds another."""

    usual_code = "draft_gone"


class RightsUnread(RegistrarUnavailable):
    """Slack does not tell whether somebody still has the right to what they decided: neither yes nor no."""

    usual_code = "rights_unread"


class OnHold(RegistrarUnavailable):
    """Recover mode: nothing is sent, paid, approved or requested."""

    usual_code = "on_hold"
    usual_advice = ""

    def __init__(self) -> None:
        super().__init__(
            "I'm on hold: I'm comparing my records with OVH's after a restore. Until that's done, nothing is "
            "ordered, paid, approved or requested. An operator is on it."
        )


class DatabaseWentBack(OnHold):
    """Something proves that the database lost events, among them one that happened at `lost_at`.

    `by_process`: this process saw it committed.
    """

    usual_code = "database_went_back"

    def __init__(self, *, by_process: bool, lost_at: datetime) -> None:
        super().__init__()
        self.by_process = by_process
        self.lost_at = lost_at


class OutcomeUnknown(RegistrarError):
    """A deed without an answer: it may or may not have happened, so it is never repeated blindly."""

    usual_code = "outcome_unknown"
