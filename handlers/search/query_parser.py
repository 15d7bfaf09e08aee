"""Parse a typed search into a query: names, words and options."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from handlers.messages import refusal, words
from handlers.toolkit.names_typed import parts_of, without_links
from ordering.model.domain_name import DomainName, Word, parse_word_or_name
from ordering.model.errors import InvalidName
from ordering.workflow import Query

# Phones and editors turn two hyphens into one dash or two.
_DASHES = re.compile(r"(?<!\S)[-‐‑–—]{1,2}(?=(?:tlds?|lists?|all|ideas?)\b)", re.IGNORECASE)  # noqa: RUF001 - as typed
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
_LONGEST_PLACE = 4  # letters of the first label of a two-label extension, such as co.uk or asso.fr
_ALL = re.compile(r"(?<!\S)--all(?!\S)", re.IGNORECASE)
_IDEAS = re.compile(r"(?<!\S)--ideas?(?!\S)", re.IGNORECASE)
_A_WORD = Word("name")
_MOST_CHARACTERS = 60  # characters of an invalid input that an error quotes, enough to recognise it
_MOST_QUOTED = 20  # extensions


def search_of(text: str) -> tuple[Query, list[str]]:
    """Parse the text after `search` into a query, and return a sentence for each part that cannot be read."""
    text = _DASHES.sub("--", without_links(text))
    extensions, wrong, rest = _extensions_in(text)
    lists, rest = _lists_in(rest)
    for option in (_ALL, _IDEAS):
        rest = option.sub(" ", rest)
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
    if wrong and not (extensions or lists or _ALL.search(text)):
        searched = []  # all typed extensions were invalid: the team's default extensions were not meant
    query = Query(
        tuple(names),
        tuple(searched),
        extensions,
        lists=lists,
        every_extension=bool(_ALL.search(text)),
        ideas=bool(_IDEAS.search(text)),
        after_extensions=tuple(_words_after_extensions(text)) if extensions else (),
    )
    return query, unreadable


def _extensions_in(text: str) -> tuple[tuple[str, ...], list[str], str]:
    """Return the chosen extensions, the invalid values among them, and the rest of the text."""
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
    return tuple(read), wrong, " ".join([_TLDS.sub("\n", text), *names])  # a line break ends other options' values


def _is_rather_a_name(part: str) -> bool:
    """Return whether a value is a name listed after the extensions: ``otter.ovh`` is one, ``co.uk`` need not be.

    Values that begin with a dot, such as ``.otter.ovh``, count as extensions.
    """
    first, dot, _ = part.partition(".")
    return bool(dot) and len(first) > _LONGEST_PLACE


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
    return words.search.no_such_option(part)


def _values_of(option: re.Pattern[str], text: str) -> Iterator[str]:
    """Yield the values of an option one by one, without the characters that users put around them."""
    parts = (part.strip(_AROUND) for found in option.findall(text) for part in _APART.split(found))
    return filter(None, parts)
