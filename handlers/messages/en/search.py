"""What people read about a search: while it runs, its results by verdict, and its buttons."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from handlers.messages.en.grammar import ago, counted, few, lasting
from handlers.text.mrkdwn import escape, person
from ordering.model.cart import Cart
from ordering.model.domain_name import DomainName
from ordering.model.offer import Verdict

V = Verdict
_SKIPPED = 5  # words that a sentence lists

# While a search runs -------------------------------------------------------------------------------------------------

ASKING = "Asking OVH…"  # the message until the first answer arrives


def available_so_far(number: int) -> str:
    """Return the head of a running search."""
    return f"*{number} available so far*"


def progress(done: int, asked: int, seconds_left: float) -> str:
    """Return the figures next to the progress bar: names done, and the time left if it is known."""
    left = f" · about {lasting(seconds_left)} left" if seconds_left >= 1 else ""
    return f"{done}/{asked}{left}"


def progress_alone(done: int, asked: int, available: int, seconds_left: float) -> str:
    """Return the notification's text of a running search; its ellipsis says that more is coming."""
    left = f", about {lasting(seconds_left)} left" if seconds_left >= 1 else ""
    return f"{done} of {asked} asked, {available} available{left}…"


def asks_first(calls: int, extensions: int, seconds: float) -> str:
    """Return what a search over all extensions costs, before it starts."""
    return (
        f"That is {counted(calls, 'lookup')} for {counted(extensions, 'extension')}, and takes about "
        f"{lasting(seconds)} at OVH's pace. You see answers as they come, and can stop at any time."
    )


def must_wait(at_once: int, names: int, *, button: str) -> str:
    """Return the message for a person who has too many searches running to start this one."""
    return (
        f"{at_once} of your searches are still running, so this one is waiting: {counted(names, 'name')}. "
        f"Press *{button}* when one of them ends."
    )


def no_room_for(left_out: int, examples: str) -> str:
    """Return how many extensions a search left out; `examples` are some of them, escaped."""
    return (
        f"{counted(left_out, 'more extension')} did not fit into one search. I searched the team's first, then the "
        f"cheapest. To search others, name them, like `--tlds {examples}`."
    )


# What a search found -------------------------------------------------------------------------------------------------

NO_NAMES = "There was no name to look up."
NONE_FREE_NOW = "None of these names is free any more. Search again."


def stopped_after(answered: int, asked: int, available: int) -> str:
    """Return the head of a stopped search."""
    return f"Stopped after {answered} of {counted(asked, 'name')}: {available} available."


def some_available(available: int, asked: int) -> str:
    """Return the head of a search that found names."""
    return f"*{available} of {counted(asked, 'name')} {'is' if asked == 1 else 'are'} available*"


def none_available(asked: int, *, some_unknown: bool) -> str:
    """Return the head of a search that found none; an unknown name may still be available."""
    known = f"None of these {counted(asked, 'name')} is available"
    return f"{known}, as far as OVH answered." if some_unknown else f"{known}."


def skipped(words: Sequence[str]) -> str:
    """Return which words of a pasted list were not searched; they are escaped."""
    return f"{counted(len(words), 'word')} skipped: {few(words, most=_SKIPPED)}"


def in_cart(cart: int) -> str:
    """Return the mark of a name that is in the channel's cart already."""
    return f"✓ in cart #{cart}"


ORDER_TYPED = "In the order you typed. Prices before tax. `--sort cheapest` sorts by cost over 3 years."
ORDER_CHEAPEST = "The cheapest over 3 years first. Prices before tax."


def searched_inside(typed: str, searched: str) -> str:
    """Return that a name was searched in place of one that lies within it."""
    return f"I searched {searched} for {typed}."


def one_taken(domain: DomainName, *, free: bool) -> str:
    """Return the head of a search for a single name that someone else owns; `free`: others are offered below."""
    return f"*{domain} is taken*\nSomeone else owns it.{' These are free:' if free else ''}"


def one_without_accents(domain: DomainName, *, free: bool) -> str:
    """Return the head of a search for a name with accents under an extension that takes none."""
    return f"*{domain}* can't be registered: .{domain.extension} takes no accented letters at OVH." + (
        " These are free:" if free else ""
    )


def one_dearer(domain: DomainName, offer: str, price: Decimal) -> str:
    """Return the head of a search for a name that costs more than the search asked for."""
    return f"*{domain}* is available, but not under {price} a year\n{offer}"


def one_ours(domain: DomainName, cart: Cart | None) -> str:
    """Return the head of a search for a name of the account; `purpose` is escaped by its caller."""
    return f"*{domain} is yours*\n{bought(cart)}"


def bought(cart: Cart | None) -> str:
    """Return who bought a name and for what, as far as its reader may know."""
    if cart is None:
        return "It is in this OVH account."
    by = f" by {person(cart.requester)}" if cart.requester else ""
    purpose = f" for “{escape(cart.purpose)}”" if cart.purpose else ""
    return f"Bought{by} in #{cart.id}{purpose}."


def one_barred(reason: str) -> str:
    """Return the head of a search for a name that a rule of the team refuses; `reason` is escaped."""
    return reason


def instead_alone(names: Sequence[str]) -> str:
    """Return the names that are offered in place of one that cannot be had, for the notification."""
    return f"Still free: {', '.join(names)}."


def nothing_known(*, button: str) -> str:
    """Return the head of a search to which OVH gave no clear answer at all."""
    return f"OVH gave no clear answer for any of these names. *{button}* tries once more."


def one_name(domain: DomainName, verdict: str) -> str:
    """Return the head of a search for a single name; `verdict` is its `verdict_in_words`."""
    return f"*{domain}* is {verdict}."


def verdict_in_words(verdict: Verdict, *, special: bool, buyable: bool, has_offers: bool) -> str:
    """Return the end of “name.ovh is …”. `special` is an offer on special terms, `buyable` if this team buys it."""
    return {
        V.AVAILABLE: "available",
        V.PREMIUM: _premium(special=special, buyable=buyable),
        V.TAKEN: "taken",
        V.AFTERMARKET: "for sale by its owner, not free",
        V.NOT_OFFERED: "not available: reserved, or not offered",
        V.NOT_SOLD: "not sold by OVH here",
        V.UNKNOWN: "unknown: " + ("I cannot read OVH's offer" if has_offers else "I could not reach OVH"),
    }[verdict]


def _premium(*, special: bool, buyable: bool) -> str:
    if buyable:
        return "available on special terms" if special else "available at a premium price"
    kind = "offered on special terms" if special else "premium"
    return f"{kind}, which this team does not buy"


def alone(summary: str, *, offer: str = "", names: Sequence[str] = (), more: bool = False) -> str:
    """Return the notification's text: the summary, and the offer or the first names; `more` if there are others."""
    plain = summary.replace("*", "")
    if offer:
        return f"{plain} {offer}."
    return f"{plain} {', '.join(names)}{' and more' if more else ''}." if names else plain


def tally(
    numbers: Mapping[Verdict, int], *, ours: int = 0, barred: int = 0, dearer: int = 0, not_understood: int = 0
) -> str:
    """Count the names that cannot be added, by verdict, and what was not understood, in one line."""
    words = {
        V.PREMIUM: "premium (turned off here)",
        V.AFTERMARKET: "for sale by their owners",
        V.TAKEN: "taken",
        V.NOT_OFFERED: "reserved or not offered",
        V.NOT_SOLD: "not sold",
        V.UNKNOWN: "unknown",
    }
    others = {"yours already": ours, "not bought here": barred, "too expensive": dearer}
    counts = [(numbers[verdict], word) for verdict, word in words.items() if numbers.get(verdict)]
    counts += [(number, word) for word, number in [*others.items(), ("not understood", not_understood)] if number]
    return " · ".join(f"{number} {word}" for number, word in counts)


def title(verdict: Verdict, number: int, reason: str = "") -> str:
    """Return the heading over names that cannot be added; `reason` is why they are unknown, escaped."""
    return {
        V.PREMIUM: f"*Premium names are turned off for this team* ({number})",
        V.AFTERMARKET: f"*For sale by their owners* ({number}), not available here",
        V.TAKEN: f"*Taken* ({number}): someone else owns them",
        V.NOT_OFFERED: f"*Not available* ({number}): reserved, or not offered",
        V.NOT_SOLD: f"*OVH doesn't sell this extension* ({number})",
        V.UNKNOWN: f"*Unknown* ({number}): {reason or 'no answer'}",
    }[verdict]


def not_asked(number: int) -> str:
    """Return the heading over names that a stopped search did not look up."""
    return f"*Not asked* ({number}), because the search was stopped"


def not_understood(number: int) -> str:
    """Return the heading over the parts of a search that could not be read."""
    return f"*Not understood* ({number})"


def continued(heading: str) -> str:
    """Return the heading of the next paragraph of the same list."""
    return f"{heading}, continued"


def ours(number: int) -> str:
    """Return the heading over names that the account owns."""
    return f"*Yours already* ({number})"


def ours_in_list(domain: DomainName, cart: Cart | None) -> str:
    """Return one of these names, and who bought it."""
    return f"{domain}: {bought(cart)}" if cart else str(domain)


def barred(number: int) -> str:
    """Return the heading over names that a rule of the team refuses."""
    return f"*Not bought here* ({number})"


def dearer(number: int, price: Decimal) -> str:
    """Return the heading over names that cost more than the search asked for."""
    return f"*{price} or more a year* ({number})"


def no_accents(number: int) -> str:
    """Return the heading over names whose extension takes no accents."""
    return f"*With accents, which OVH doesn't take for this extension* ({number})"


def page_of(page: int, pages: int) -> str:
    """Return which page of a list this is; `page` counts from 1."""
    return f"Page {page} of {pages}"


def old_answers(number: int, age: timedelta, *, button: str | None) -> str:
    """Return how old answers are; `button` asks again, if there is one."""
    how = f"; *{button}* asks again" if button else ""
    return f"{counted(number, 'answer')} from up to {ago(age)}{how}."


# Buttons under a search ----------------------------------------------------------------------------------------------


def add_all_question(some: int, free: int) -> str:
    """Return the question before names are added at once: all `free` ones, or only the first of them."""
    which = f"all {some} names" if some == free else f"the first {some} of {free} names"
    return f"Add {which} to this channel's cart? I check them with OVH again first."


ADD_ALL = "Add all"  # the title of that question


def about_words(number: int) -> str:
    """Return what a screen reader says about the button that searches skipped words."""
    return f"Search the {counted(number, 'skipped word')} too"


def about_ideas(domain: DomainName) -> str:
    """Return what a screen reader says about the button for names like a taken one."""
    return f"More free names like {domain}"


def about_ask_again(names: int) -> str:
    """Return what a screen reader says about the button that looks up unknown names again."""
    return f"Ask again about what is unknown: {counted(names, 'name')}"


def about_refresh(names: int) -> str:
    """Return what a screen reader says about the button that looks up old answers again."""
    return f"Ask OVH again about {counted(names, 'name')} with an old answer"


# What a click could not do -------------------------------------------------------------------------------------------

NOTHING_DONE = "Nothing was looked up or changed."
NOTHING_ADDED = "Nothing was added."
NOT_STOPPED = "This did not stop the search: if it is still running, it goes on to its end by itself."
NOT_NEWEST = "I cannot show what is new: if the search is still running, its message changes by itself."
PAGE_NOT_TURNED = "I cannot turn the page."


def gone(undone: str, *, button: str) -> str:
    """Return the answer to a click on a search that is no longer stored; `undone` is what the click did not do."""
    return f"{undone} I no longer have that search. Run the same command again; its *{button}* buttons still work."


def does_not_stop(*, button: str) -> str:
    """Return the answer to a click on Stop that another process did not react to."""
    return f"The search has not stopped yet. Press *{button}* once more in a few seconds."


# What a search cannot read -------------------------------------------------------------------------------------------

YOU_TYPED = "You typed"  # the heading over the text of a refused search


def not_an_extension(typed: str) -> str:
    """Return why a value after `--tlds` cannot be used."""
    return f"“{typed}” is not an extension. Write them like --tlds com,fr."


def extensions_missing(option: str) -> str:
    """Return what is missing after `--tlds`."""
    return f"After {option} come the extensions, like --tlds com,fr."


def list_missing(option: str) -> str:
    """Return what is missing after `--list`."""
    return f"After {option} comes the name of a list, like --list brand."


def no_such_option(option: str) -> str:
    """Return the options that a search has, after one that it does not have."""
    return (
        f"{option} is not an option of search: there are --tlds com,fr, --list brand, --all, --ideas, --under 20, "
        "--sort cheapest and --words."
    )


def taken_for_words(words: Collection[str], meant: Sequence[str]) -> str:
    """Return a hint about words that were searched, but may have been `meant` as extensions."""
    quoted = ", ".join(f"“{word}”" for word in words)
    return f"I searched for these as words: {quoted}. To use them as extensions, put commas: --tlds {','.join(meant)}."


PRICE_MISSING = "After --under comes a price, like --under 20."
ORDER_MISSING = "After --sort comes cheapest or typed, like --sort cheapest."
