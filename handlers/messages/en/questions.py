"""What people read when they answer the registries' questions. Names, nouns and answers arrive escaped."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from handlers.messages.en.grammar import counted, listed
from handlers.toolkit.mrkdwn import person

ASKING = "Asking OVH what the registries want to know…"
CLOSED = "The form was closed before OVH answered. Open it again."
LIST_CLOSED = "The form was closed. Open it again."
OTHERS_ANSWERED = "Someone else answered in the meantime. Reading that…"
NOTHING_TO_ANSWER = "No questions so far. OVH checks again when you request approval."
NOT_READ_YET = "I haven't asked OVH about it yet. Open it, and I will."
NO_QUESTIONS = "OVH asks nothing about this name so far. It checks again when you request approval."
ALL_ANSWERED = "All answered. You can still change this until approval is requested."
UNNAMED = "A question without a name"
INVISIBLE = "(made of invisible characters)"
YES, NO = "Yes", "No"
ACCOUNT_OWNER = "The account's own data"

_MOST_NOUNS = 3  # more do not fit a line


def still_open(nouns: Sequence[str]) -> str:
    """Return what a registry still asks for."""
    wanted = listed(nouns) if len(nouns) <= _MOST_NOUNS else f"{nouns[0]}, {nouns[1]} and {len(nouns) - 2} more"
    return f"The registry asks for {wanted}."


def names_left(todo: int, names: int) -> str:
    """Return how many names of a cart have open questions."""
    return f"{counted(todo, 'name')} of {names} with open questions."


def more_names(number: int) -> str:
    """Return how many names of the list have no room yet."""
    return f"and {counted(number, 'more name')}: they appear here once you've answered those above."


def page_of(said: str, page: int, pages: int) -> str:
    """Return which page of a name's questions this is; `page` counts from 1."""
    return f"{said} Page {page} of {pages}." if pages > 1 else said


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


# Which names the answers are for -------------------------------------------------------------------------------------

USE_FOR = "Use these answers for"
USE_FOR_HINT = (
    "Names with other answers keep theirs. A registry's conditions are accepted only for its own names; "
    "a code or a claim is for one name alone."
)
THIS_NAME = "This name only"


def with_extension(others: int, extension: str) -> str:
    """Return the choice of all names under one extension."""
    return f"Also {counted(others, 'other name')} under .{extension}"


def every_name(others: int) -> str:
    """Return the choice of all names with the same questions."""
    return f"Also all {others} other names with the same questions"


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
IN_SUMMARY = {"true": "yes", "false": "no"}


def private_answers(number: int, by: Sequence[str], *, alone: bool) -> str:
    """Count the answers that a channel may not see; `alone` if no other answer stands before them."""
    return f"{counted(number, 'answer' if alone else 'more answer')} by {', '.join(by)}"
