"""What a search found, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from slack_sdk.models.blocks import Block

from handlers.views.drawn import Drawn, context, section, sections
from handlers.views.figures import offered
from handlers.views.offers import add_button, side_by_side
from handlers.views.text import counted, cut, escape, escape_markup
from ordering.offer import Action, Availability, Verdict

_WITH_BUTTON = 20  # rows of their own; more would be a wall
_MOST_LISTED = 12  # paragraphs of a list; 500 of the usual names fit with room to spare
_V = Verdict


def looking() -> Drawn:
    """What is shown until the first answer is there."""
    return Drawn.saying("Asking OVH…")


def results(
    answers: Sequence[Availability],
    *,
    asked: int,
    unreadable: Sequence[str],
    done: bool,
    allow_premium: bool,
    can_add: bool,
) -> Drawn:
    """The answers so far: what can be bought first, cheapest first, then why the others cannot."""
    buyable = [a for a in answers if a.verdict is _V.AVAILABLE or (a.verdict is _V.PREMIUM and allow_premium)]
    buyable.sort(key=lambda a: (a.verdict is _V.PREMIUM, a.offer.price.minor if a.offer else 0, a.domain))
    summary = _summary(answers, buyable, asked, done=done)
    blocks: list[Block] = [section(summary)]
    blocks += [_row(a, can_add=can_add, allow_premium=allow_premium) for a in buyable[:_WITH_BUTTON]]
    blocks += _rest(buyable[_WITH_BUTTON:])
    blocks += _others([a for a in answers if a not in buyable])
    if unreadable:
        blocks += _listed("*Not understood*", [escape(problem) for problem in unreadable], "\n")
    if done and buyable:
        blocks.append(context("Prices are without tax. The total with tax is shown before anyone approves."))
    return Drawn.of(_alone(summary, answers, buyable), blocks)


def _summary(answers: Sequence[Availability], buyable: Sequence[Availability], asked: int, *, done: bool) -> str:
    if not done:
        return f"{len(answers)} of {asked} asked, {len(buyable)} available…"
    if not asked:
        return "There was no name to look up."
    if asked == 1:
        return f"*{answers[0].domain}* is {_in_one_word(answers[0], buyable)}."
    if not buyable:
        return f"None of these {counted(asked, 'name')} is available."
    return f"{len(buyable)} of {counted(asked, 'name')} available."


def _in_one_word(answer: Availability, buyable: Sequence[Availability]) -> str:
    return {
        _V.AVAILABLE: "available",
        _V.PREMIUM: "available at a premium price" if answer in buyable else "premium, and not bought here",
        _V.TAKEN: "taken",
        _V.AFTERMARKET: "for sale by its owner, not free",
        _V.NOT_SOLD: "not sold by OVH here",
        _V.UNKNOWN: "unknown: OVH could not be asked",
    }[answer.verdict]


def _alone(summary: str, answers: Sequence[Availability], buyable: Sequence[Availability]) -> str:
    """The text for those who do not see the blocks: the summary and the first names, the end kept last."""
    plain = summary.replace("*", "")
    if len(answers) == 1 and buyable and buyable[0].offer:
        return plain if plain.endswith("…") else f"{plain} {offered(buyable[0].offer)}."
    names = ", ".join(str(a.domain) for a in buyable[:5])
    if not names or plain.endswith("…"):
        return plain
    return f"{plain} {names}{' and more' if len(buyable) > 5 else ''}."  # noqa: PLR2004 - the slice above


def _row(answer: Availability, *, can_add: bool, allow_premium: bool) -> Block:
    offers = answer.to_buy(allow_premium=allow_premium)
    premium = " · premium" if answer.verdict is _V.PREMIUM else ""
    add = add_button(answer.domain, offers)
    return section(f"*{answer.domain}*{premium}\n{side_by_side(offers)}", accessory=add if can_add else None)


def _rest(answers: Sequence[Availability]) -> list[Block]:
    if not answers:
        return []
    lines = [f"{a.domain}  {offered(a.offer)}" for a in answers if a.offer]
    return _listed("*Also available*: `/domain add name.ovh` puts one into the cart", lines, "\n")


def _others(answers: Iterable[Availability]) -> list[Block]:
    blocks: list[Block] = []
    order = [_V.PREMIUM, _V.AFTERMARKET, _V.TAKEN, _V.NOT_SOLD, _V.UNKNOWN]
    ranked = sorted(answers, key=lambda a: (order.index(a.verdict), a.reason or ""))
    for (verdict, reason), found in groupby(ranked, key=lambda a: (a.verdict, _reason(a))):
        names = [_other(a) for a in sorted(found, key=lambda a: a.domain)]
        if len(blocks) < _MOST_LISTED:
            blocks += _listed(_title(verdict, reason), names, ", ")
    return blocks


def _reason(answer: Availability) -> str | None:
    return answer.reason if answer.verdict is _V.UNKNOWN else None


def _other(answer: Availability) -> str:
    if answer.offer and answer.verdict in {_V.PREMIUM, _V.AFTERMARKET}:
        return f"{answer.domain} ({answer.offer.price})"
    if answer.offer and answer.offer.action is Action.TRANSFER:
        return f"{answer.domain} (transfer {answer.offer.price})"
    return str(answer.domain)


def _title(verdict: Verdict, reason: str | None) -> str:
    if verdict is _V.UNKNOWN:
        return f"*Could not be asked*: {escape_markup(cut(reason or 'no answer', 200))}"
    return {
        _V.PREMIUM: "*Premium*, which this team does not buy",
        _V.AFTERMARKET: "*For sale by the owner*, which the desk does not buy",
        _V.TAKEN: "*Taken*: an owner could transfer one to OVH, the desk could not",
        _V.NOT_SOLD: "*Not sold by OVH here*",
    }[verdict]


def _listed(title: str, parts: Sequence[str], separator: str) -> list[Block]:
    """A title and a list below it, cut where it would become a wall, never silently."""
    lines = [title, *parts] if separator == "\n" else [title, separator.join(parts)]
    if separator != "\n" and len(lines[1]) > 2800:  # noqa: PLR2004 - one section of 3,000 holds it no more
        lines = [title, *_wrapped(parts, 2800)]
    drawn = sections(lines)
    if len(drawn) <= 6:  # noqa: PLR2004 - six lists of six paragraphs fit 50 blocks with the rows
        return drawn
    return [*drawn[:5], context(f"… {counted(len(parts), 'name')} in this list: search fewer at once to see all.")]


def _wrapped(parts: Sequence[str], width: int) -> list[str]:
    lines, line = [], ""
    for part in parts:
        if line and len(line) + 2 + len(part) > width:
            lines.append(f"{line},")
            line = part
        else:
            line = f"{line}, {part}" if line else part
    return [*lines, line]
