"""The results of a search as a message, while it runs and when it is complete."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from handlers.toolkit.action_ids import Act
from handlers.toolkit.blocks import Drawn, button, buttons, confirm, context, section
from handlers.toolkit.mrkdwn import ago, counted, escape, lasting
from handlers.views.prices import offered
from handlers.views.search_pages import Found, Standing, V, pages
from ordering.model.offer import Availability, Effort

_CELLS = 10
_NAMED = 5  # names in the notification text
_TO_ADD_AT_ONCE = 2  # available names from which one button adds all; fewer have their own button
_EXAMPLES = 2  # extensions given as examples
_UNDONE = {
    Act.SEARCH_STOP: "This did not stop the search: if it is still under way, it goes on to its end by itself.",
    Act.SEARCH_NEWEST: "I cannot show what is new: if the search is still under way, its message changes by itself.",
    Act.SEARCH_ADD_ALL: "Nothing was added.",
    Act.SEARCH_BACK: "I cannot turn the page.",
    Act.SEARCH_NEXT: "I cannot turn the page.",
}


def looking() -> Drawn:
    """Return the message that is shown until the first answer arrives."""
    return Drawn.saying("Asking OVH…")


def gone(act: Act) -> Drawn:
    """Return the message for a click on a search that is no longer stored: it names what the click did not do."""
    undone = _UNDONE.get(act, "Nothing was asked or changed.")
    return Drawn.saying(
        f"{undone} That search is not kept here any more. Please search again, by the same command; "
        "its *Add to cart* buttons still work."
    )


def does_not_stop() -> Drawn:
    """Return the message for a search in another process that did not react to Stop."""
    return Drawn.saying("The search has not stopped yet. Press *Stop* once more in a few seconds.")


def asks_first(search: str, effort: Effort, extensions: int, left_out: Sequence[str] = ()) -> Drawn:
    """Return the confirmation before a search over all extensions uses much of OVH's rate limit."""
    text = (
        f"That is {counted(effort.calls, 'look-up')} over {counted(extensions, 'extension')}, and takes about "
        f"{lasting(effort.seconds)} at OVH's pace. You see answers as they come, and can stop at any time."
    )
    if left_out:
        text = f"{text}\n{_no_room_for(left_out)}"
    return Drawn.of(text, [section(text), *buttons(button("Search them all", Act.SEARCH_ALL, search))])


def must_wait(search: str, at_once: int, names: int) -> Drawn:
    """Return the message for a user at the limit of concurrent searches, with a button to start this one later."""
    text = (
        f"{at_once} of your searches are still under way, so this one waits: {counted(names, 'name')}. "
        "Press *Search now* when one of them ends."
    )
    return Drawn.of(text, [section(text), *buttons(button("Search now", Act.SEARCH_ALL, search))])


def _no_room_for(left_out: Sequence[str]) -> str:
    some = ",".join(left_out[:_EXAMPLES])
    return (
        f"{counted(len(left_out), 'more extension')} did not fit into one search: the team's come first, then the "
        f"cheapest. To search others, name them, like `--tlds {escape(some)}`."
    )


def results(found: Found) -> Drawn:
    """Render the answers so far: available names first, cheapest first, then why the others are not."""
    summary, sheets = _summary(found), pages(found)
    page = min(max(found.page, 0), len(sheets) - 1)
    tally = _tally(found) if len(sheets) > 1 or found.standing is Standing.ASKING else ""
    blocks: list[Block] = [section("\n".join(filter(None, [summary, _progress(found), tally])))]
    blocks += [draw() for draw in sheets[page]]
    blocks += [context(line) for line in _small_print(found, page, len(sheets))]
    blocks += _under_way(found) if found.standing is Standing.ASKING else _choices(found, page, len(sheets))
    return Drawn.of(_alone(found, summary), blocks)


def _summary(found: Found) -> str:
    asked, buyable = len(found.names), found.buyable
    if found.standing is Standing.ASKING:
        return f"*{len(buyable)} available so far*"
    if not asked:
        return "There was no name to look up."
    if found.standing is Standing.STOPPED:
        return f"Stopped after {len(found.answers)} of {counted(asked, 'name')}: {len(buyable)} available."
    if asked == 1 == len(found.answers):
        return f"*{found.answers[0].domain}* is {_in_one_word(found.answers[0], buyable)}."
    return f"*{len(buyable)} of {counted(asked, 'name')} available.*" if buyable else _none(found)


def _none(found: Found) -> str:
    """Say that no name is available; an unknown name may still be available."""
    unknown = sum(answer.verdict is V.UNKNOWN for answer in found.answers)
    if unknown == len(found.answers):
        return "OVH gave no clear answer for any of these names. *Ask again* tries once more."
    known = f"None of these {counted(len(found.names), 'name')} is available"
    return f"{known}, as far as OVH answered." if unknown else f"{known}."


def _progress(found: Found) -> str:
    if found.standing is not Standing.ASKING:
        return ""
    done, asked = found.done, len(found.names)
    full = _CELLS * done // max(asked, 1)
    left = f" · about {lasting(found.seconds_left)} left" if found.seconds_left >= 1 else ""
    return f"{'▓' * full}{'░' * (_CELLS - full)} {done}/{asked}{left}"


def _tally(found: Found) -> str:
    """Count the other names by verdict, in one line."""
    bought = {answer.domain for answer in found.buyable}
    others = Counter(answer.verdict for answer in found.answers if answer.domain not in bought)
    words = {
        V.PREMIUM: "premium or on special terms",
        V.AFTERMARKET: "for sale by the owner",
        V.TAKEN: "taken",
        V.NOT_OFFERED: "reserved or not offered",
        V.NOT_SOLD: "not sold",
        V.UNKNOWN: "unknown",
    }
    return " · ".join(f"{others[verdict]} {word}" for verdict, word in words.items() if others[verdict])


def _in_one_word(answer: Availability, buyable: Sequence[Availability]) -> str:
    return {
        V.AVAILABLE: "available",
        V.PREMIUM: _premium_in_words(answer, bought=answer in buyable),
        V.TAKEN: "taken",
        V.AFTERMARKET: "for sale by its owner, not free",
        V.NOT_OFFERED: "not available: reserved, or not offered",
        V.NOT_SOLD: "not sold by OVH here",
        V.UNKNOWN: "unknown: " + ("its offer cannot be read" if answer.offers else "OVH could not be asked"),
    }[answer.verdict]


def _premium_in_words(answer: Availability, *, bought: bool) -> str:
    special = answer.offer is not None and answer.offer.is_special
    if bought:
        return "available on special terms" if special else "available at a premium price"
    return "offered on special terms, and not bought here" if special else "premium, and not bought here"


def _alone(found: Found, summary: str) -> str:
    """Return the text for readers who do not see the blocks; it ends with an ellipsis only while answers arrive."""
    buyable = found.buyable
    if found.standing is Standing.ASKING:
        left = f", about {lasting(found.seconds_left)} left" if found.seconds_left >= 1 else ""
        return f"{found.done} of {len(found.names)} asked, {len(buyable)} available{left}…"
    plain = summary.replace("*", "")
    if len(found.names) == 1 and buyable and buyable[0].offer:
        return f"{plain} {offered(buyable[0].offer)}."
    names = ", ".join(str(a.domain) for a in buyable[:_NAMED])
    return f"{plain} {names}{' and more' if len(buyable) > _NAMED else ''}." if names else plain


def _small_print(found: Found, page: int, number: int) -> list[str]:
    lines = []
    where = f"Page {page + 1} of {number}. " if number > 1 and found.standing is not Standing.ASKING else ""
    if old := found.old:
        since = found.now - min(answer.asked_at for answer in old if answer.asked_at)
        how = "; *Refresh old answers* asks again" if found.to_refresh else ""
        lines.append(f"{counted(len(old), 'answer')} from up to {ago(since)}{how}.")
    if found.buyable and found.standing is not Standing.ASKING:
        lines.append(f"{where}Prices are without tax. The total with tax is shown before anyone approves.")
    elif where:
        lines.append(where)
    if found.left_out:
        lines.append(_no_room_for(found.left_out))
    return lines


def _under_way(found: Found) -> list[Block]:
    here = f"{found.id} {found.page}"
    return buttons(button("Stop", Act.SEARCH_STOP, here), button("Show newest", Act.SEARCH_NEWEST, here))


def _choices(found: Found, page: int, number: int) -> list[Block]:
    here = f"{found.id} {page}"
    add_all = again = refresh = back = on = None
    if (some := len(found.free)) >= _TO_ADD_AT_ONCE:
        free = sum(answer.verdict is V.AVAILABLE for answer in found.buyable)
        which = f"all {some} names" if some == free else f"the {some} cheapest of {free} names"
        sure = confirm("Add all available", f"Add {which} to this channel's cart? OVH is asked again first.", "Add")
        add_all = button("Add all available", Act.SEARCH_ADD_ALL, f"{here} {found.free_mark}", confirm=sure)
    if unknown := found.to_ask:
        about = f"Ask again about what is unknown: {counted(len(unknown), 'name')}"
        again = button("Ask again", Act.SEARCH_AGAIN, here, about=about)
    if old := found.to_refresh:
        about = f"Ask OVH again about {counted(len(old), 'name')} with an old answer"
        refresh = button("Refresh old answers", Act.SEARCH_REFRESH, here, about=about)
    if page > 0:
        back = button("Previous page", Act.SEARCH_BACK, f"{found.id} {page - 1}")
    if page < number - 1:
        on = button("Next page", Act.SEARCH_NEXT, f"{found.id} {page + 1}")
    return buttons(back, on, add_all, again, refresh)
