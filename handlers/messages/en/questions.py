"""What people read when they answer the registries' questions. Names, nouns and answers arrive escaped."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from handlers.messages.en.grammar import counted, few, listed
from handlers.toolkit.mrkdwn import person

TITLE = "Registry questions"
ASKING = "Asking OVH what the registries want to know…"
SAVING = "Completing the owner at OVH…"
CLOSED = "The form was closed before OVH answered. Open it again."
OTHERS_ANSWERED = "Someone else answered in the meantime. Reading that…"
NOTHING_TO_ANSWER = "No questions so far. OVH checks again when you request approval."
MORE = "*More options* · you can leave all of these as they are"
OWNER = "Owner"
SAVE_ANYWAY = "Save anyway"
UNNAMED = "A question without a name"
INVISIBLE = "(made of invisible characters)"
YES, NO = "Yes", "No"
ACCOUNT_OWNER = "The account's own data"
SAVED = "The answers are saved."

_MOST_NOUNS = 3  # more do not fit a line
_MOST_NAMES = 4


def still_open(nouns: Sequence[str]) -> str:
    """Return what a registry still asks for."""
    wanted = listed(nouns) if len(nouns) <= _MOST_NOUNS else f"{nouns[0]}, {nouns[1]} and {len(nouns) - 2} more"
    return f"The registry asks for {wanted}."


def head(names: int) -> str:
    """Return how many names of a cart have something to answer."""
    if names == 1:
        return "*1 name has questions*"
    whom = "both" if names == 2 else "all"  # noqa: PLR2004 - English has a word of its own for two
    return f"*{names} names have questions* · answered here for {whom}"


def about(names: Sequence[str]) -> str:
    """Return the heading over what is asked about some names."""
    if len(names) > _MOST_NAMES:
        names = [*names[: _MOST_NAMES - 1], f"{len(names) - _MOST_NAMES + 1} more"]
    return f"*{listed(names)}*"


def refused(said: str) -> str:
    """Return what OVH's check objected to at a name; it is escaped."""
    return f":warning: {said}"


def answered(names: Sequence[str]) -> str:
    """Return for which names a person answered, and nothing more is asked."""
    return f"✓ {few(names)}: answered. OVH checks again when you request approval."


def quiet(names: Sequence[str]) -> str:
    """Return which names ask nothing."""
    return f"✓ {few(names)}: no questions so far."


def not_read(names: Sequence[str]) -> str:
    """Return the names that OVH was not asked about yet."""
    return f"I haven't asked OVH about {few(names)} yet. Open this form again, and I will."


def footer(user: str) -> str:
    """Return who reads the answers."""
    return (
        "OVH checks again when you request approval. Only you see what you type about an owner; "
        f"where an answer is private, the card says “given by {person(user)}”."
    )


def check_found(findings: Sequence[str]) -> str:
    """Return what OVH's check objects to after the last question was answered; each of them is escaped."""
    return "\n".join(["*The answers are saved. OVH checked the cart, and something is left to fix:*", *findings])


def more_names(number: int) -> str:
    """Return how many names have no room yet."""
    return f"and {counted(number, 'more name')}: they appear here once you've answered those above."


# When someone else answered in the meantime --------------------------------------------------------------------------

NO_ANSWER_NOW = "no answer any more"


def their_answer(answer: str, by: str) -> str:
    """Return another person's answer."""
    return f"“{answer}” by {person(by)}"


def both_answered(theirs: Collection[str]) -> str:
    """Return the other person's answers above the form with one's own; each of `theirs` is a line."""
    lines = "\n".join(theirs)
    return (
        f"*Not saved yet.* Someone else answered in the meantime.\n{lines}\n"
        "Your version is below. Save to keep it, or put theirs in first."
    )


def not_repeated(refusal: str) -> str:
    """Return a refusal in a message that stays, in which no answers may stand; `refusal` is escaped."""
    return f"{refusal} I don't repeat your answers, because this message stays here. Please enter them again."


# Options -------------------------------------------------------------------------------------------------------------


def group(first: int, last: int) -> str:
    """Return the label of a group of options, by their numbers."""
    return f"{first} to {last}"


def default_owner(contact: str) -> str:
    """Return the option for the owner that the operator chose for the team."""
    return f"The team's default owner ({contact})"


def other_contact(contact: str) -> str:
    """Return the option for a contact that OVH does not list."""
    return f"Contact {contact}"


# A summary for a channel ---------------------------------------------------------------------------------------------

EACH_NAME = "Each name"
OWN_DATA = "owner: the account's own data"
BOT = "the bot"  # who answered by itself


def conditions(said: str) -> str:
    """Return what OVH says about a registry's own conditions; `said` is ready for mrkdwn, with its links."""
    return f"What OVH says about them: {said}"


def deleted_answers(number: int, by: Sequence[str], *, alone: bool) -> str:
    """Count the private answers that were deleted some time after the request ended."""
    return f"{private_answers(number, by, alone=alone)}, deleted since"


def private_answers(number: int, by: Sequence[str], *, alone: bool) -> str:
    """Count the answers that a channel may not see; `alone` if no other answer stands before them."""
    return f"{counted(number, 'answer' if alone else 'more answer')} given by {', '.join(by)}"
