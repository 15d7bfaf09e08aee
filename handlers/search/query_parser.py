"""Parse a typed search into a query: names, words and options."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from handlers.messages import refusal, words
from handlers.toolkit.names_typed import parts_of, readable
from ordering.model.domain_name import DomainName, Word, parse_word_or_name
from ordering.model.errors import InvalidName
from ordering.workflow import Query

# Phones and editors turn two hyphens into one dash or two.
_DASHES = re.compile(r"(?<!\S)[-‐‑–—]{1,2}(?=(?:tlds?|lists?|all|ideas?|under|sort|words?)\b)", re.IGNORECASE)  # noqa: RUF001 - as typed
# An option's values are contiguous: only a comma may have blanks around it. Otherwise the next word would count as a
# value.
_VALUE = r"(?!--|https?:)[^\s,;|/\\、]+"
_BETWEEN = r"(?:[ \t]*,)+[ \t]*|[;|/\\、]"
# A blank is a sufficient separator before an extension with a leading dot, as in .com or "*.com": no name starts with a
# dot.
_DOTTED = r"[ \t]+(?=[\"'“‘(\[*]{0,2}\.\w)"  # noqa: RUF001 - as above
_TLDS = re.compile(rf"--tlds?(?:\s*[=:]\s*|\s+)({_VALUE}(?:(?:{_BETWEEN}|{_DOTTED}){_VALUE})*)", re.IGNORECASE)
_LIST = re.compile(rf"--lists?(?:\s*[=:]\s*|\s+)({_VALUE}(?:(?:{_BETWEEN}){_VALUE})*)", re.IGNORECASE)
_APART = re.compile(r"[\s,;|/\\、]+")
_AROUND = "\"'“”„‘’«»`()[]{}*:"  # noqa: RUF001 - characters that users put around a value
_ALL = re.compile(r"(?<!\S)--all(?!\S)", re.IGNORECASE)
_IDEAS = re.compile(r"(?<!\S)--ideas?(?!\S)", re.IGNORECASE)
_TOO = re.compile(r"(?<!\S)--words?(?!\S)", re.IGNORECASE)
# A currency's sign or code around the number is understood, and means the account's currency.
_UNDER = re.compile(r"(?<!\S)--under(?:\s*[=:]\s*|\s+)[€$£]?([0-9]{1,9}(?:[.,][0-9]{1,2})?)[€$£]?(?!\S)", re.IGNORECASE)
_SORT = re.compile(r"(?<!\S)--sort(?:\s*[=:]\s*|\s+)(cheapest|typed)(?!\S)", re.IGNORECASE)
_A_WORD = Word("name")
_MOST_CHARACTERS = 60  # characters of an invalid input that an error quotes, enough to recognise it
_MOST_QUOTED = 20  # extensions


def search_of(text: str) -> tuple[Query, list[str]]:
    """Parse the text after `search` into a query, and return a sentence for each part that cannot be read."""
    text = _DASHES.sub("--", readable(text))
    under, cheapest_first = _under_in(text), _sort_in(text)
    extensions, perhaps, wrong, rest = _extensions_in(text)
    lists, rest = _lists_in(rest)
    for option in (_ALL, _IDEAS, _TOO, _UNDER, _SORT):
        rest = option.sub("\n", rest)
    names, searched, unreadable = [], [], [_why_no_extension(part) for part in wrong]
    for part in parts_of(rest):
        if part.startswith("--"):
            unreadable.append(_why_no_option(part))
            continue
        try:
            read = parse_word_or_name(part)
        except InvalidName as problem:
            unreadable.append(refusal(problem).text)
            continue
        if isinstance(read, DomainName):
            names.append(read)
        else:
            searched.append(read)
    if wrong and not (extensions or perhaps or lists or _ALL.search(text)):
        searched = []  # all typed extensions were invalid: the team's default extensions were not meant
    says_where = bool(extensions or perhaps or lists or _ALL.search(text) or _IDEAS.search(text))
    # In a list of full names the other words are most likely prose: “and also, please check”.
    skips = bool(names) and not (says_where or _TOO.search(text))
    query = Query(
        tuple(names),
        () if skips else tuple(searched),
        extensions,
        perhaps_extensions=perhaps,
        skipped=tuple(searched) if skips else (),
        under=under,
        cheapest_first=cheapest_first,
        lists=lists,
        every_extension=bool(_ALL.search(text)),
        ideas=bool(_IDEAS.search(text)),
        after_extensions=tuple(_words_after_extensions(text)) if extensions else (),
    )
    return query, unreadable


def _extensions_in(text: str) -> tuple[tuple[str, ...], tuple[DomainName, ...], list[str], str]:
    """Return the chosen extensions, those that may be names, the invalid values, and the rest of the text.

    A value with a dot inside, such as ``co.uk`` or ``otter.ovh``, is an extension if OVH sells it, else a name. Values
    that begin with a dot count as extensions.
    """
    read: list[str] = []
    perhaps: list[DomainName] = []
    wrong: list[str] = []
    for part in _values_of(_TLDS, text):
        extension = part.lower().lstrip(".")
        try:
            _A_WORD.under(extension)
            if "." in part.lstrip(".") and not part.startswith("."):
                perhaps.append(DomainName.parse(part))
            else:
                read.append(extension)
        except InvalidName:
            wrong.append(part)
    return tuple(read), tuple(perhaps), wrong, _TLDS.sub("\n", text)  # a line break ends other options' values


def _under_in(text: str) -> Decimal | None:
    found = _UNDER.search(text)
    return Decimal(found[1].replace(",", ".")) if found else None


def _sort_in(text: str) -> bool:
    found = _SORT.search(text)
    return found is not None and found[1].lower() == "cheapest"


def _lists_in(text: str) -> tuple[tuple[str, ...], str]:
    """Return the chosen lists of the team, and the rest of the text: a list's name has no dot."""
    named = list(_values_of(_LIST, text))
    lists = tuple(name.lower() for name in named if "." not in name)
    return lists, " ".join([_LIST.sub(" ", text), *(name for name in named if "." in name)])


def why_words(extensions: Sequence[str], searched: Sequence[str]) -> str:
    """Return a hint about words that are searched as words, but may have been meant as extensions."""
    return words.search.taken_for_words(searched[:_MOST_QUOTED], [*extensions, *searched][:_MOST_QUOTED])


def _words_after_extensions(text: str) -> Iterator[Word]:
    """Yield the words after the extensions, up to the first name or option."""
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
    return words.search.not_an_extension(part[:_MOST_CHARACTERS])


def _why_no_option(part: str) -> str:
    if part.lower() in {"--tld", "--tlds"}:
        return words.search.extensions_missing(part)
    if part.lower() in {"--list", "--lists"}:
        return words.search.list_missing(part)
    if part.lower() == "--under":
        return words.search.PRICE_MISSING
    if part.lower() == "--sort":
        return words.search.ORDER_MISSING
    return words.search.no_such_option(part)


def _values_of(option: re.Pattern[str], text: str) -> Iterator[str]:
    """Yield the values of an option one by one, without the characters that users put around them."""
    parts = (part.strip(_AROUND) for found in option.findall(text) for part in _APART.split(found))
    return filter(None, parts)
