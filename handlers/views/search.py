"""The results of a search as a message, while it runs and when it is complete."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from slack_sdk.models.blocks import Block

from handlers.messages import words
from handlers.text.mrkdwn import escape
from handlers.toolkit.action_ids import Act
from handlers.toolkit.blocks import RenderedMessage, button, buttons, confirm, context, section
from handlers.toolkit.payloads import SearchPage
from handlers.views.prices import offered
from handlers.views.search_pages import Found, Standing, V, pages
from ordering.model.offer import Availability, Effort

_CELLS = 10
_NAMED = 5  # names in the notification text
_TO_ADD_AT_ONCE = 2  # available names from which one button adds all; fewer have their own button
_EXAMPLES = 2  # extensions given as examples
_UNDONE = {
    Act.SEARCH_STOP: words.search.NOT_STOPPED,
    Act.SEARCH_NEWEST: words.search.NOT_NEWEST,
    Act.SEARCH_ADD_ALL: words.search.NOTHING_ADDED,
    Act.SEARCH_BACK: words.search.PAGE_NOT_TURNED,
    Act.SEARCH_NEXT: words.search.PAGE_NOT_TURNED,
}


def looking() -> RenderedMessage:
    """Return the message that is shown until the first answer arrives."""
    return RenderedMessage.from_text(words.search.ASKING)


def gone(act: Act) -> RenderedMessage:
    """Return the message for a click on a search that is no longer stored: it names what the click did not do."""
    undone = _UNDONE.get(act, words.search.NOTHING_DONE)
    return RenderedMessage.from_text(words.search.gone(undone, button=words.buttons.ADD_TO_CART))


def does_not_stop() -> RenderedMessage:
    """Return the message for a search in another process that did not react to Stop."""
    return RenderedMessage.from_text(words.search.does_not_stop(button=words.buttons.STOP))


def asks_first(search: str, effort: Effort, extensions: int, left_out: Sequence[str] = ()) -> RenderedMessage:
    """Return the confirmation before a search over all extensions uses much of OVH's rate limit."""
    text = words.search.asks_first(effort.calls, extensions, effort.seconds)
    if left_out:
        text = f"{text}\n{_no_room_for(left_out)}"
    return RenderedMessage.of(
        text, [section(text), *buttons(button(words.buttons.SEARCH_ALL, Act.SEARCH_ALL, SearchPage(search)))]
    )


def must_wait(search: str, at_once: int, names: int) -> RenderedMessage:
    """Return the message for a user at the limit of concurrent searches, with a button to start this one later."""
    label = words.buttons.SEARCH_NOW
    text = words.search.must_wait(at_once, names, button=label)
    return RenderedMessage.of(text, [section(text), *buttons(button(label, Act.SEARCH_ALL, SearchPage(search)))])


def _no_room_for(left_out: Sequence[str]) -> str:
    return words.search.no_room_for(len(left_out), escape(",".join(left_out[:_EXAMPLES])))


def results(found: Found) -> RenderedMessage:
    """Render the answers so far: available names first, cheapest first, then why the others are not."""
    summary, sheets = _summary(found), pages(found)
    page = min(max(found.page, 0), len(sheets) - 1)
    tally = _tally(found) if len(sheets) > 1 or found.standing is Standing.ASKING else ""
    blocks: list[Block] = [section("\n".join(filter(None, [summary, _progress(found), tally])))]
    blocks += [render() for render in sheets[page]]
    blocks += [context(line) for line in _small_print(found, page, len(sheets))]
    blocks += _under_way(found) if found.standing is Standing.ASKING else _choices(found, page, len(sheets))
    return RenderedMessage.of(_alone(found, summary), blocks)


def _summary(found: Found) -> str:
    asked, buyable = len(found.names), found.buyable
    if found.standing is Standing.ASKING:
        return words.search.available_so_far(len(buyable))
    if not asked:
        return words.search.NO_NAMES
    if found.standing is Standing.STOPPED:
        return words.search.stopped_after(len(found.answers), asked, len(buyable))
    if asked == 1 == len(found.answers):
        return words.search.one_name(found.answers[0].domain, _in_words(found.answers[0], buyable))
    return words.search.some_available(len(buyable), asked) if buyable else _none(found)


def _none(found: Found) -> str:
    """Say that no name is available; an unknown name may still be available."""
    unknown = sum(answer.verdict is V.UNKNOWN for answer in found.answers)
    if unknown == len(found.answers):
        return words.search.nothing_known(button=words.buttons.ASK_AGAIN)
    return words.search.none_available(len(found.names), some_unknown=bool(unknown))


def _progress(found: Found) -> str:
    if found.standing is not Standing.ASKING:
        return ""
    done, asked = found.done, len(found.names)
    full = _CELLS * done // max(asked, 1)
    return f"{'▓' * full}{'░' * (_CELLS - full)} {words.search.progress(done, asked, found.seconds_left)}"


def _tally(found: Found) -> str:
    """Count the other names by verdict, in one line."""
    bought = {answer.domain for answer in found.buyable}
    return words.search.tally(Counter(answer.verdict for answer in found.answers if answer.domain not in bought))


def _in_words(answer: Availability, buyable: Sequence[Availability]) -> str:
    return words.search.verdict_in_words(
        answer.verdict,
        special=answer.offer is not None and answer.offer.is_special,
        buyable=answer in buyable,
        has_offers=bool(answer.offers),
    )


def _alone(found: Found, summary: str) -> str:
    """Return the text for readers who do not see the blocks; it ends with an ellipsis only while answers arrive."""
    buyable = found.buyable
    if found.standing is Standing.ASKING:
        return words.search.progress_alone(found.done, len(found.names), len(buyable), found.seconds_left)
    if len(found.names) == 1 and buyable and buyable[0].offer:
        return words.search.alone(summary, offer=offered(buyable[0].offer))
    names = [str(answer.domain) for answer in buyable[:_NAMED]]
    return words.search.alone(summary, names=names, more=len(buyable) > _NAMED)


def _small_print(found: Found, page: int, number: int) -> list[str]:
    lines = []
    has_pages = number > 1 and found.standing is not Standing.ASKING
    where = f"{words.search.page_of(page + 1, number)}. " if has_pages else ""
    if old := found.old:
        since = found.now - min(answer.asked_at for answer in old if answer.asked_at)
        refresh = words.buttons.REFRESH if found.to_refresh else None
        lines.append(words.search.old_answers(len(old), since, button=refresh))
    if found.buyable and found.standing is not Standing.ASKING:
        lines.append(f"{where}{words.prices.NET}")
    elif where:
        lines.append(where)
    if found.left_out:
        lines.append(_no_room_for(found.left_out))
    return lines


def _under_way(found: Found) -> list[Block]:
    here = SearchPage(found.id, found.page)
    return buttons(
        button(words.buttons.STOP, Act.SEARCH_STOP, here), button(words.buttons.SHOW_NEWEST, Act.SEARCH_NEWEST, here)
    )


def _choices(found: Found, page: int, number: int) -> list[Block]:
    here = SearchPage(found.id, page)
    add_all = again = refresh = back = on = None
    if (some := len(found.free)) >= _TO_ADD_AT_ONCE:
        free = sum(answer.verdict is V.AVAILABLE for answer in found.buyable)
        sure = confirm(words.buttons.ADD_ALL, words.search.add_all_question(some, free), words.buttons.ADD)
        add_all = button(words.buttons.ADD_ALL, Act.SEARCH_ADD_ALL, replace(here, mark=found.free_mark), confirm=sure)
    if unknown := found.to_ask:
        about = words.search.about_ask_again(len(unknown))
        again = button(words.buttons.ASK_AGAIN, Act.SEARCH_AGAIN, here, about=about)
    if old := found.to_refresh:
        about = words.search.about_refresh(len(old))
        refresh = button(words.buttons.REFRESH, Act.SEARCH_REFRESH, here, about=about)
    if page > 0:
        back = button(words.buttons.PREVIOUS_PAGE, Act.SEARCH_BACK, replace(here, page=page - 1))
    if page < number - 1:
        on = button(words.buttons.NEXT_PAGE, Act.SEARCH_NEXT, replace(here, page=page + 1))
    return buttons(back, on, add_all, again, refresh)
