"""The answers that registries get for each name, worded for a channel: never personal data, never a code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from handlers.messages import words
from handlers.messages.en.question_labels import summary
from handlers.toolkit.mrkdwn import cut, escape, escape_markup, person
from ordering.model.cart_line import Line
from ordering.model.question import FOR_ALL_TO_READ, LONGEST_REASON, OWNER_CONTACT
from ordering.model.quote import Quote

_MOST_CHARACTERS = 2 * LONGEST_REASON  # some characters get longer when they are escaped
ShownAnswer = tuple[str, str, str | None]  # label, value, who answered: None if the bot answers by itself


def answered(lines: Sequence[Line], quote: Quote | None) -> list[str]:
    """Return one text line per name with the answers that OVH gets; equal answers for several names are listed once.

    With a quote it shows every answer that OVH got for it, which the approval seals; without one, the users' answers.
    """
    parts = {line: _parts(line, quote) for line in lines}
    if len(parts) == 1:
        return [_of(str(line.domain), summaries) for line, summaries in parts.items() if summaries]
    alike = [part for part in next(iter(parts.values()), []) if all(part in summaries for summaries in parts.values())]
    own = {line: [part for part in summaries if part not in alike] for line, summaries in parts.items()}
    shared = [_of(words.questions.EACH_NAME, alike)] if alike else []
    return shared + [_of(str(line.domain), summaries) for line, summaries in own.items() if summaries]


def _of(name: str, summaries: Iterable[str]) -> str:
    return f"*{escape_markup(name)}*  {', '.join(summaries)}"


def _parts(line: Line, quote: Quote | None) -> list[str]:
    given = _given(line, quote)
    summaries = [_in_words(*answer) for answer in given if answer[0] in FOR_ALL_TO_READ]
    if quote is not None and all(label != OWNER_CONTACT for label, *_ in given):
        summaries.insert(0, words.questions.OWN_DATA)
    others = [answer for answer in given if answer[0] not in FOR_ALL_TO_READ]
    if others:
        by = dict.fromkeys(_who(user) for *_, user in sorted(others, key=lambda answer: answer[2] or ""))
        summaries.append(words.questions.private_answers(len(others), list(by), alone=not summaries))
    if line.deleted:
        by = dict.fromkeys(_who(gone.by) for gone in sorted(line.deleted, key=lambda gone: gone.by))
        summaries.append(words.questions.deleted_answers(len(line.deleted), list(by), alone=not summaries))
    return summaries


def _given(line: Line, quote: Quote | None) -> list[ShownAnswer]:
    if quote is None:
        return [(answer.label, answer.value, answer.by) for answer in line.answers]
    by = {answer.label: answer.by for answer in line.answers}
    return sorted((c.label, c.value, by.get(c.label)) for c in quote.configuration if c.domain == line.domain)


def _in_words(label: str, value: str, by: str | None) -> str:
    text = value.rpartition("/")[2] if label == OWNER_CONTACT else value  # OVH is sent the contact's path
    return summary(label, value=cut(escape(text), _MOST_CHARACTERS), by=_who(by))


def _who(user: str | None) -> str:
    return person(user) if user else words.questions.BOT
