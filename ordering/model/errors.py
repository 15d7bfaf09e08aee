"""Errors of the domain, sorted by what the caller should do.

OrderingError                 tell the user: handlers.messages makes the sentence from code and params
  InvalidName                 the input is no domain name: ask for another
  InvalidAnswer               the input does not answer the question: show the error at its field
  WrongAnswers                several of those, by the question's label (ordering.model.question)
  NotAllowed                  the person lacks the right: nothing changed
  NotPossible                 the rules forbid it (state, limit, premium, duplicate): nothing changed
    CartChanged               another user was quicker: read again, then decide again
    CardOutdated              acted on a stale card: render the newest one again
      CardBeforeRestore       the card is from before the last recover mode
    CardOfAnotherDatabase         the card shows a request of another database
  NoSuchCart                  there is no cart with that number
  RegistrarError              OVH's side
    RegistrarRefused          OVH rejected the request: nothing was done
      NotKnown                OVH does not know this object, or no longer does
    RegistrarUnavailable      a read without an answer: try again later
      RateLimitTimeout                timed out waiting for a rate-limit permit: nothing was sent, OVH is not at fault
      CartGone               the OVH cart that this step was building is gone: start again with a new one
      NotSent                 the sender knows that no byte of a money call left: it can be sent again
      RightsUnread            Slack does not say whether a decision still counts: the step waits
      OnHold                  recover mode: nothing is sent or approved until an operator compared with OVH
        DatabaseWentBack      proof that the database lost events: begin recover mode
    OutcomeUnknown            a money call without a clear answer: reconcile, never retry
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from ordering.model.facts import Data, Json
from ordering.model.ids import CartId


class OrderingError(Exception):
    """Base of all refusals: `code` names the reason in snake_case and is stable, `params` are its facts.

    People read the sentence that `handlers.messages` makes from them. OVH's own words are in the parameter `ovh`.
    `str(error)` is for logs: the code and OVH's words, never what a person typed.
    """

    usual_code: ClassVar[str] = "refused"

    def __init__(self, *, code: str | None = None, **params: Json) -> None:
        super().__init__()
        self.code = code or self.usual_code
        self.params = params

    def __str__(self) -> str:
        return ": ".join(filter(None, [self.code, self.ovh_said]))

    @property
    def data(self) -> Data:
        """The code and the parameters, for an event or for `BlockedReason`."""
        return {"error": self.code, **self.params}

    @property
    def ovh_said(self) -> str:
        """OVH's own words; an empty string if it gave none."""
        match self.params.get("ovh"):
            case {"said": str(words)}:
                return words
            case _:
                return ""


class InvalidName(OrderingError):
    """The input cannot be a domain name."""

    usual_code = "invalid_name"


class InvalidAnswer(OrderingError):
    """The input cannot answer the question."""

    usual_code = "invalid_answer"


class NotAllowed(OrderingError):
    """The person has no right to do this; `ask` names the people and user groups who have it."""

    usual_code = "not_allowed"

    def __init__(
        self,
        *,
        code: str | None = None,
        ask: frozenset[str] = frozenset(),
        **params: Json,
    ) -> None:
        super().__init__(code=code, **params)
        self.ask = ask


class NotPossible(OrderingError):
    """The rules do not allow this, regardless of the user."""

    usual_code = "not_possible"


class CartChanged(NotPossible):
    """The cart changed between reading and writing."""

    usual_code = "cart_changed"

    def __init__(self, cart_id: CartId) -> None:
        super().__init__(cart=cart_id)


class CardOutdated(NotPossible):
    """A user decided on a card that no longer shows the cart's present state."""

    usual_code = "card_outdated"

    def __init__(self, cart_id: CartId) -> None:
        super().__init__(cart=cart_id)
        self.cart_id = cart_id


class CardBeforeRestore(CardOutdated):
    """The card was rendered before the last recover mode ended: what it showed may be lost."""

    usual_code = "card_before_restore"


class CardOfAnotherDatabase(NotPossible):
    """The card was rendered from another database."""

    usual_code = "card_of_another_desk"


class NoSuchCart(OrderingError):
    """There is no cart with that number."""

    usual_code = "no_such_cart"

    def __init__(self, cart_id: CartId) -> None:
        super().__init__(cart=cart_id)


class RegistrarError(OrderingError):
    """OVH did not do what was requested, or did not say whether it did."""

    usual_code = "registrar_error"


class RegistrarRefused(RegistrarError):
    """OVH rejected the request: nothing was done."""

    usual_code = "registrar_refused"


class NotKnown(RegistrarRefused):
    """OVH answered that it does not know this object, or no longer does."""

    usual_code = "not_known"


#: refusals that are about the API key, not about what was asked for: an operator fixes the key
OF_THE_KEY = frozenset({"ovh_right_missing", "ovh_key_refused"})


class RegistrarUnavailable(RegistrarError):
    """A read without an answer. It can be retried."""

    usual_code = "registrar_unavailable"


class RateLimitTimeout(RegistrarUnavailable):
    """The call got no rate-limit permit in time because other calls went first. Nothing was sent."""

    usual_code = "not_asked"


class NotSent(RegistrarUnavailable):
    """No byte of a money call left this machine, and its sender knows it."""

    usual_code = "not_sent"


class CartGone(RegistrarUnavailable):
    """The OVH cart that this step was building was deleted. Not a fault: the next step builds another one."""

    usual_code = "draft_gone"


class RightsUnread(RegistrarUnavailable):
    """Slack does not say whether a user still has the right to their decision: neither yes nor no."""

    usual_code = "rights_unread"


class OnHold(RegistrarUnavailable):
    """Recover mode: nothing is sent, paid, approved or requested."""

    usual_code = "on_hold"


class DatabaseWentBack(OnHold):
    """Proof that the database lost events, among them one that happened at `lost_at`; None if it is a backup's copy.

    `by_process`: this process saw that event committed.
    """

    usual_code = "database_went_back"

    def __init__(self, *, by_process: bool, lost_at: datetime | None) -> None:
        super().__init__()
        self.by_process = by_process
        self.lost_at = lost_at


class OutcomeUnknown(RegistrarError):
    """A money call whose outcome is unknown. Never retried; reconciled instead."""

    usual_code = "outcome_unknown"
