"""What people read about a cart: in its channel, in the request form, and in lists. Lines and names arrive escaped."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.messages.en import buttons, states
from handlers.messages.en.grammar import counted, few, names, people, years
from handlers.text.command_name import code
from handlers.text.mrkdwn import person
from ordering.model.cart import Cart
from ordering.model.domain_name import DomainName
from ordering.model.money import Money

state = states.state


# In the channel ------------------------------------------------------------------------------------------------------


def title(cart: int) -> str:
    """Return the heading of a form about a cart."""
    return f"Cart #{cart}"


def head(cart: Cart) -> str:
    """Return the first line of an open cart."""
    return f"*Cart #{cart.id}*  {counted(len(cart.lines), 'name')}"


def alone(cart: Cart) -> str:
    """Return the notification's text of an open cart."""
    return f"Cart #{cart.id}: {names(cart)}"


def state_alone(cart: Cart) -> str:
    """Return the notification's text of a cart that is no longer open."""
    return f"{state_head(cart)} {names(cart)}"


def state_head(cart: Cart) -> str:
    """Return how such a text begins, with its full stop: no two states begin alike."""
    return f"Cart #{cart.id}: {state(cart.state)}."


def was_requested(cart: int) -> str:
    """Return what replaces an open cart's message that Slack does not delete."""
    return f"Cart #{cart} was sent for approval. {code(f'show {cart}')} shows it."


def empty(cart: int) -> str:
    """Return the message of a cart whose last name was removed."""
    return f"Cart #{cart} is empty. Find names with {code('search name.ovh')}."


def none_open() -> str:
    """Return the answer to a person who asks for the cart of a channel that has none."""
    return f"The cart is empty. {code('search name.ovh')} finds names to add."


# Slack shows a message to one person where the bot is no member of the channel.
ONLY_YOU = "Only you see this: I'm not in this channel. Invite me, so that the team can share the cart."
NET_BEFORE_APPROVAL = "Prices are without tax. OVH's own total is shown before anyone approves."


def added_by(user: str) -> str:
    """Return who added a name."""
    return f"added by {person(user)}"


def more_to_remove(number: int) -> str:
    """Return how many names of an open cart have no line."""
    return f"and {counted(number, 'more name')} in *{buttons.DETAILS}*. {code('remove name.ovh')} removes one."


def unshown(cart: int, reference: str) -> str:
    """Return what replaces a cart that cannot be shown because of a bug."""
    return (
        f"I can't show cart #{cart} here: that's my fault, and the operator knows ({reference}). "
        f"{code(f'show {cart}')} may still show it."
    )


# When names are added and removed ------------------------------------------------------------------------------------


def added(new: Sequence[DomainName], cart: int, size: int, total: Money | None = None) -> str:
    """Return which names were added to a cart, that has `size` of them now, and what they cost before tax."""
    costs = f", {total} before tax" if total else ""
    return f"Added {_bold(new)}. Cart #{cart} now has {counted(size, 'name')}{costs}."


def removed(gone: Sequence[DomainName], cart: int, size: int) -> str:
    """Return which names were removed from a cart, that has `size` of them left."""
    return f"Removed {_bold(gone)}. Cart #{cart} has {counted(size, 'name')}."


def copied(cart: int, size: int) -> str:
    """Return that another cart's names were copied to this one."""
    return f"Copied. Cart #{cart} now has {counted(size, 'name')}."


def _bold(domains: Sequence[DomainName]) -> str:
    return ", ".join(f"*{domain}*" for domain in domains)


NO_LONGER_APPROVES = "You can't approve this cart now, because you added to it. Another approver decides."


def caution(cart: int) -> str:
    """Return what approvers read before they change a cart that they could approve."""
    return f"*If you change this, you can't approve cart #{cart}.* Another approver will decide."


# The request form ----------------------------------------------------------------------------------------------------

PURPOSE = "What are these names for?"
PURPOSE_HINT = "Approvers see this."
PURPOSE_MISSING = "Say in a few words what the names are for."
FIX_THESE = "*Not sent yet.* Fix these first:"


def not_sent(problem: str) -> str:
    """Return why a request was not sent; `problem` is a sentence, escaped."""
    return f"*Not sent yet.* {problem}"


def more_to_fix(number: int) -> str:
    """Return how many problems have no room yet."""
    return f"and {number} more, shown once these are fixed"


def requested_name(domain: DomainName, number: int, priced: str, added: str, changed: Sequence[str]) -> str:
    """Return what is requested for a name: its years and price, who added it, and who else changed it."""
    others = f", changed by {people(changed)}" if changed else ""
    return f"*{domain}*  {years(number)}: {priced}, {added_by(added)}{others}"


def requested(cart: int, channel: str, total: Money | None, *, here: bool) -> str:
    """Return where a request went, and how its requester hears of the decision: in the channel if the card is `here`.

    `channel` is the id of the card's channel.
    """
    amount = f" ({total} with tax)" if total else ""
    how = "I'll tell you there" if here else "I'll message you"
    return f"Cart #{cart} is with the approvers, in <#{channel}>{amount}. {how} when it's decided."


CHECKING = "Checking every name with OVH. This takes a few seconds, for many names a minute or two…"


# What a list leaves out ----------------------------------------------------------------------------------------------

MORE_NAMES = "names"
MORE_ANSWERS = "lines of answers"
MORE_ANSWERS_IN_DETAILS = f"lines of answers in *{buttons.DETAILS}*"


# When questions were answered over the request form -------------------------------------------------------------------


def ready(found: Sequence[str]) -> str:
    """Return which names OVH's check found no fault with; they are escaped."""
    return f"✓ {few(found)} {'is' if len(found) == 1 else 'are'} ready"


def answered(found: Sequence[str]) -> str:
    """Return for which names the questions were answered, while OVH checks the cart; they are escaped."""
    return f"✓ {few(found)} answered · asking OVH to check…"
