"""What people read when a name cannot be read, searched or added."""

from __future__ import annotations

import re
from collections.abc import Sequence

from handlers.messages.catalogue import Hint, Wording
from handlers.messages.en.phrases import domain, quoted, with_full_stop
from handlers.messages.en.refusals import REFUSALS, nested
from handlers.text.command_name import code
from ordering.model.facts import Data

_says = REFUSALS.says
_LETTERS = "Use letters, digits and hyphens, not first or last."
_LONGEST_EXAMPLE = 60  # characters
_MOST_EXTENSIONS = 8  # in one sentence

# What was typed


@_says("name_without_extension")
def _(typed: str) -> str:
    word = re.sub(r"[^a-z0-9-]", "", typed).strip("-")[:_LONGEST_EXAMPLE]
    return f"{quoted(typed)} has no extension. Write it like “{word or 'name'}.ovh”."


@_says("name_too_long")
def _(typed: str, most: int) -> str:
    return f"{quoted(typed)} is too long: a name has at most {most} characters."


@_says("name_is_address")
def _(typed: str) -> str:
    return f"{quoted(typed)} is a number with dots, not a domain name."


@_says("name_with_empty_part")
def _(typed: str) -> str:
    return f"{quoted(typed)} has an empty part. Write it like “name.ovh”."


@_says("name_with_hidden_dot")
def _(typed: str) -> str:
    return f"{quoted(typed)} hides a dot inside a part of the name."


@_says("name_with_long_part")
def _(typed: str, most: int) -> str:
    return f"{quoted(typed)} can't be a domain name: a part is longer than {most} characters. {_LETTERS}"


@_says("name_with_outer_hyphen")
def _(typed: str) -> str:
    return f"{quoted(typed)} can't be a domain name: a part starts or ends with a hyphen. {_LETTERS}"


@_says("name_with_odd_characters")
def _(typed: str, characters: str) -> str:
    return f"{quoted(typed)} can't be a domain name: {quoted(characters)} is not allowed. {_LETTERS}"


@_says("name_with_bad_part")
def _(typed: str, part: str) -> str:
    return f"{quoted(typed)} can't be a domain name: {quoted(part)} is not a valid part. {_LETTERS}"


@_says("name_missing")
def _(command: str) -> Wording:
    hint = Hint("cart", "shows what is in it") if command == "remove" else None
    return Wording(f"Which name? Write it like {code(f'{command} name.ovh')}.", hint)


@_says("number_missing")
def _() -> Wording:
    return Wording(
        f"Write a request's number or a name, like {code('show 12')} or {code('show name.ovh')}.",
        Hint("pending", "lists what is waiting"),
    )


@_says("name_not_on_record")
def _(name: str) -> Wording:
    return Wording(f"No cart has had {domain(name)} yet.", Hint(f"search {name}", "looks it up"))


@_says("too_many_names")
def _(most: int) -> str:
    return f"At most {most} names at once, please: I ask OVH about each."


# Searches


@_says("too_many_words")
def _(words: int, most: int) -> str:
    return f"That's {words} words. One search can look up {most} names."


@_says("too_many_lookups")
def _(lookups: int, most: int) -> str:
    return (
        f"That would be {lookups} lookups. One search can make {most}. "
        "Search fewer names, or fewer extensions with `--tlds com,fr`."
    )


@_says("no_such_list")
def _(wanted: str, lists: Sequence[str]) -> str:
    there_are = f"There are: {', '.join(lists)}." if lists else "The operator can add one to desk.toml."
    return f"The team has no list {quoted(wanted)}. {there_are}"


@_says("too_many_searches")
def _(most: int) -> str:
    return f"{most} of your searches are still running. Try again when one of them ends."


@_says("too_many_requests")
def _(in_line: int, what: str) -> str:
    return (
        f"You already have {in_line} requests in line for OVH, so I didn't take {what or 'this'}. "
        "Please send it again when some of them are done."
    )


@_says("search_not_readable")
def _() -> str:
    return "I can't look that search up just now. Press the button again in a moment."


@_says("search_under_way")
def _() -> str:
    return "This search is already running. Its message changes by itself."


@_says("search_refreshing")
def _() -> str:
    return "I'm just looking these names up again. Press it again when the answers are there."


@_says("availability_changed")
def _() -> str:
    return (
        "What is available has changed since it was shown to you, so nothing was added. "
        "You see the newest now, and can add from there."
    )


# Adding


@_says("name_already_owned")
def _(name: str) -> str:
    return f"{domain(name)} is in this OVH account already."


@_says("extension_not_allowed")
def _(name: str, extension: str, allowed: Sequence[str]) -> str:
    shown = ", ".join(f".{each}" for each in allowed[:_MOST_EXTENSIONS])
    more = f" and {len(allowed) - _MOST_EXTENSIONS} more" if len(allowed) > _MOST_EXTENSIONS else ""
    return f"{domain(name)}: this team does not buy .{extension}. It buys {shown}{more}."


@_says("name_against_rule")
def _(name: str, reason: str) -> str:
    return f"{domain(name)} is against a rule of this team: {with_full_stop(reason)}"


@_says("name_nearly_there")
def _(name: str, other: str, where: str) -> str:
    places = {
        "cart": "a name in this cart",
        "account": "a name that is yours already",
        "purpose": "a word in the purpose",
    }
    known = quoted(other) if where == "purpose" else domain(other)
    return f"{domain(name)} is one letter away from {known}, {places.get(where, where)}. Is it meant?"


@_says("name_held")
def _(name: str, cart: int) -> Wording:
    return Wording(f"{domain(name)} is already in cart #{cart}, which is under way.", Hint(f"show {cart}"))


@_says("no_name_added")
def _(reasons: Sequence[Data]) -> str:
    return "\n".join(["None of them was added.", *map(nested, reasons)])


@_says("years_not_offered")
def _(name: str, years: int, offered: Sequence[int]) -> str:
    those = ", ".join(map(str, offered))
    return f"OVH does not offer {domain(name)} for {years} years, only for {those}."


@_says("years_changed_by_other")
def _(name: str, years: int) -> str:
    return (
        f"Someone else just chose another number of years for {domain(name)}: {years}. "
        "Nothing was changed. Press Years again to choose."
    )
