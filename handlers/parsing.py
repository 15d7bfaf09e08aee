"""Slack's payloads, and what people type, into our own types."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from handlers.command_name import code
from ordering.domain_name import DomainName, Word, parse_word_or_name
from ordering.errors import Hint, InvalidName, NotPossible
from ordering.visible import is_visible
from ordering.workflow import Query

# Between names: whatever separates them in lists, tables and sentences that people paste, with bullets and quotes.
_SEPARATORS = re.compile(r"(?:[\s,;|\\\"'“”„‘’«»`()\[\]{}•·*]|(?<!\S)(?:[-–—+]|\d{1,4}[.)])(?=\s))+")  # noqa: RUF001 - as they are typed
_LINK = re.compile(r"<(?:https?://|mailto:)?([^<|>\s]+)(?:\|([^<>]*))?>")  # as Slack writes one
_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_PAGE = re.compile(
    r"\.(?:html?|php|aspx?|jsp|pdf|png|jpe?g|gif|svg|css|js|json|xml|txt)$", re.IGNORECASE
)  # no extensions
# Phones and editors turn two hyphens into a dash, or into two.
_DASHES = re.compile(r"(?<!\S)[-‐‑–—]{1,2}(?=(?:tlds?|lists?|all|ideas?)\b)", re.IGNORECASE)  # noqa: RUF001 - as they are typed
# An option's values stand together; only a comma may have blanks around it, or what follows would be taken for one.
_VALUE = r"(?!--|https?:)[^\s,;|/\\、]+"
_BETWEEN = r"(?:[ \t]*,)+[ \t]*|[;|/\\、]"
# A blank is enough before one that begins with its dot, as in .com or "*.com": no name does.
_DOTTED = r"[ \t]+(?=[\"'“‘(\[*]{0,2}\.\w)"  # noqa: RUF001 - as above
_TLDS = re.compile(rf"--tlds?(?:\s*[=:]\s*|\s+)({_VALUE}(?:(?:{_BETWEEN}|{_DOTTED}){_VALUE})*)", re.IGNORECASE)
_LIST = re.compile(rf"--lists?(?:\s*[=:]\s*|\s+)({_VALUE}(?:(?:{_BETWEEN}){_VALUE})*)", re.IGNORECASE)
_APART = re.compile(r"[\s,;|/\\、]+")
_AROUND = "\"'“”„‘’«»`()[]{}*:"  # noqa: RUF001 - what people put around a value
_LONGEST_PLACE = 4  # letters of the first part of an extension with two, such as co.uk or asso.fr
_ALL = re.compile(r"(?<!\S)--all(?!\S)", re.IGNORECASE)
_IDEAS = re.compile(r"(?<!\S)--ideas?(?!\S)", re.IGNORECASE)
_NUMBER = re.compile(r"#?(\d{1,9})")
_A_WORD = Word("name")
_SHOWN = 60  # enough of a wrong input to recognise it
_MOST_QUOTED = 20  # extensions
_LINE_BREAKS = "\n\r\t"
_UNSTORABLE = {"Cc", "Cs"}  # control characters and halves of one: PostgreSQL takes no NUL, no database a half


@dataclass(frozen=True, slots=True)
class Interaction:
    """Who did what where. `channel` is None on Home and in forms.

    `form` is one that was sent or clicked in and stays open, `placeholder` tells that a message stands where the
    answer belongs.

    `values` are inputs by their action_id: of a form all, of a click those beside the button, as Home shows many carts.
    `command` is the name of the slash command, where one was typed.
    `callback` is the form's kind, `blocks` where each of its inputs stands.
    """

    user: str
    trigger: str
    channel: str | None = None
    response_url: str | None = None
    value: str = ""
    values: Mapping[str, str | None] | None = None
    form: str | None = None
    placeholder: bool = False
    metadata: str = ""
    message_ts: str | None = None
    ephemeral: bool = False
    callback: str = ""
    blocks: Mapping[str, str] | None = None
    command: str = ""

    @classmethod
    def of_command(cls, body: Mapping[str, Any]) -> Interaction:
        return cls(
            user=body["user_id"],
            trigger=body.get("trigger_id", ""),
            channel=body["channel_id"],
            response_url=body.get("response_url"),
            value=_readable(body.get("text")) or "",
            command=body.get("command", ""),
        )

    @classmethod
    def of_action(cls, body: Mapping[str, Any]) -> Interaction:
        container, action = body.get("container", {}), body["actions"][0]
        shown_in = body.get("view") or body
        form = shown_in.get("type") == "modal"
        return cls(
            user=body["user"]["id"],
            trigger=body.get("trigger_id", ""),
            channel=(body.get("channel") or {}).get("id"),
            response_url=body.get("response_url"),
            value=action.get("value") or "",
            values=_values(shown_in.get("state"), block=None if form else action.get("block_id")),
            form=shown_in["id"] if form else None,
            metadata=(shown_in.get("private_metadata") or "") if form else "",
            message_ts=container.get("message_ts"),
            ephemeral=bool(container.get("is_ephemeral")),
            callback=(shown_in.get("callback_id") or "") if form else "",
        )

    @classmethod
    def of_form(cls, body: Mapping[str, Any], *, stays: bool = False) -> Interaction:
        view = body["view"]
        return cls(
            user=body["user"]["id"],
            trigger=body.get("trigger_id", ""),
            values=_values(view.get("state")),
            form=view["id"] if stays else None,
            metadata=view.get("private_metadata") or "",
            blocks={action: block for block, actions in _blocks(view.get("state")).items() for action in actions},
        )

    def block_of(self, action_id: str) -> str:
        """The block in which an input stands: what is wrong with it is told there."""
        return (self.blocks or {}).get(action_id, action_id)

    def typed(self, action_id: str) -> str:
        """What was typed or chosen in an input; empty where nothing was."""
        return (self.values or {}).get(action_id) or ""


def search_of(text: str) -> tuple[Query, list[str]]:
    """Read what was typed after `search`: a query, and a sentence for each part that cannot be read."""
    text = _DASHES.sub("--", _without_links(text))
    extensions, wrong, rest = _extensions_in(text)
    lists, rest = _lists_in(rest)
    for option in (_ALL, _IDEAS):
        rest = option.sub(" ", rest)
    names, words, unreadable = [], [], [_why_no_extension(part) for part in wrong]
    for part in parts_of(rest):
        if part.startswith("--"):
            unreadable.append(_why_no_option(part))
            continue
        try:
            read = parse_word_or_name(part)
        except InvalidName as problem:
            unreadable.append(str(problem))
            continue
        if isinstance(read, DomainName):
            names.append(read)
        else:
            words.append(read)
    if wrong and not (extensions or lists or _ALL.search(text)):
        words = []  # under none that was asked for: the team's own were not meant
    query = Query(
        tuple(names),
        tuple(words),
        extensions,
        lists=lists,
        every_extension=bool(_ALL.search(text)),
        ideas=bool(_IDEAS.search(text)),
        after_extensions=tuple(_words_after_extensions(text)) if extensions else (),
    )
    return query, unreadable


def parts_of(text: str) -> list[str]:
    """What was typed, part by part, each once: names, whatever stood between and around them."""
    parts = (part.rstrip("!?:") for part in _SEPARATORS.split(_without_links(text)))
    return list(dict.fromkeys(filter(None, chain.from_iterable(map(_beside_slashes, parts)))))


def _without_links(text: str) -> str:
    return _LINK.sub(lambda link: f" {link[2] or link[1].partition('/')[0]} ", text)


def _beside_slashes(part: str) -> list[str]:
    """Of an address its host; but what was only separated by slashes, as in ``a.com/b.com``, is all meant."""
    plain = _SCHEME.sub("", part)
    first, *others = (each.rstrip("!?:") for each in plain.split("/"))
    is_address = plain != part or ("." in first and not all(map(_is_name, filter(None, others))))
    return [first] if is_address else [first, *others]


def _is_name(text: str) -> bool:
    try:
        return isinstance(parse_word_or_name(text), DomainName) and not _PAGE.search(text)
    except InvalidName:
        return False


def cart_number(text: str) -> int:
    """Read ``12`` or ``#12``; raises `NotPossible`."""
    if found := _NUMBER.fullmatch(text.strip()):
        return int(found[1])
    raise NotPossible(
        f"Write the cart's number, like {code('show 12')}.", hint=Hint("pending", "lists the carts that are waiting")
    )


def cart_and_mark(value: str) -> tuple[int, str]:
    """What a deciding button carries: its cart's number, and the mark of what its card showed; old cards have none."""
    number, _, shown = value.partition(" ")
    return cart_number(number), shown


def _extensions_in(text: str) -> tuple[tuple[str, ...], list[str], str]:
    """The extensions that somebody chose, what stood among them that is none, and all else that was typed."""
    read, wrong, names = [], [], []
    for part in _values_of(_TLDS, text):
        if _is_rather_a_name(part):
            names.append(part)
            continue
        extension = part.lower().lstrip(".")
        try:
            _A_WORD.under(extension)
        except InvalidName:
            wrong.append(part)
        else:
            read.append(extension)
    return tuple(read), wrong, " ".join([_TLDS.sub("\n", text), *names])  # a line ends what else has values


def _is_rather_a_name(part: str) -> bool:
    """Whether a name was listed after the extensions: ``otter.ovh`` is none, ``co.uk`` and ``.otter.ovh`` may be."""
    first, dot, _ = part.partition(".")
    return bool(dot) and len(first) > _LONGEST_PLACE


def _lists_in(text: str) -> tuple[tuple[str, ...], str]:
    """The team's lists that somebody named, and all else that was typed: a list's name has no dot."""
    named = list(_values_of(_LIST, text))
    lists = tuple(name.lower() for name in named if "." not in name)
    return lists, " ".join([_LIST.sub(" ", text), *(name for name in named if "." in name)])


def why_words(extensions: Sequence[str], words: Sequence[str]) -> str:
    """What is said of words that are searched as such, and may have been meant as extensions."""
    quoted = ", ".join(f"“{word}”" for word in words[:_MOST_QUOTED])
    meant = ",".join([*extensions, *words][:_MOST_QUOTED])
    return f"Taken for words to search: {quoted}. If you mean extensions, put commas between them: --tlds {meant}."


def _words_after_extensions(text: str) -> Iterator[Word]:
    """The words that stand behind the extensions, up to the first name or option."""
    for found in _TLDS.finditer(text):
        for part in parts_of(text[found.end() :].partition("--")[0]):
            try:
                read = parse_word_or_name(part)
            except InvalidName:
                break
            if isinstance(read, DomainName):
                break
            yield read


def _why_no_extension(part: str) -> str:
    return f"“{part[:_SHOWN]}” is not an extension. Write them like --tlds com,fr."


def _why_no_option(part: str) -> str:
    if part.lower() in {"--tld", "--tlds"}:
        return f"After {part} come the extensions, like --tlds com,fr."
    if part.lower() in {"--list", "--lists"}:
        return f"After {part} comes the name of a list, like --list brand."
    return f"{part} is not an option of search: there are --tlds com,fr, --list brand, --all and --ideas."


def _values_of(option: re.Pattern[str], text: str) -> Iterator[str]:
    """What stands behind an option, part by part, without what people put around it."""
    parts = (part.strip(_AROUND) for found in option.findall(text) for part in _APART.split(found))
    return filter(None, parts)


def _readable(text: str | None) -> str:
    """What was typed, as it can be kept and read: nothing where nothing of it can be seen."""
    kept = "".join(c if c in _LINE_BREAKS or _is_storable(c) else " " if c.isspace() else "" for c in text or "")
    return kept if is_visible(kept) else ""


def _is_storable(character: str) -> bool:
    return unicodedata.category(character) not in _UNSTORABLE


def _values(state: Mapping[str, Any] | None, *, block: str | None = None) -> dict[str, str | None]:
    blocks = _blocks(state)
    if block is not None:
        blocks = {block: blocks.get(block, {})}
    return {
        action_id: _readable(found.get("value")) or (found.get("selected_option") or {}).get("value")
        for actions in blocks.values()
        for action_id, found in actions.items()
    }


def _blocks(state: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return dict((state or {}).get("values") or {})
