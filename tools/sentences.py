"""Find sentences outside the catalogue: what people read in Slack is made in `handlers/messages/` alone.

    python -m tools.sentences    print each one, then how many texts have other readers; exit 1 if there is one

A sentence is a string literal with two words or more, or with one word where Slack's views show it: on a button, in a
title. What operators read in a terminal, and what other programs read, is listed in `sentences-elsewhere.toml`.

What no one reads in Slack is no sentence: docstrings, log lines, messages of programmer errors, regular expressions,
annotations, SQL, lists of codes.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

ROOT = Path(__file__).parents[1]
LIST = Path(__file__).with_name("sentences-elsewhere.toml")
ALL = "all"  # sentences of a file
PACKAGES = ("handlers", "ordering", "registrars", "store")
APART = ("handlers/messages/", "store/migrations/")  # the catalogue itself; what is never changed again

_HOLE = "\0"  # a value inside an f-string
_WORD = re.compile(r"\W*[^\W\d_]+(?:['’-][^\W\d_]+)*\W*")  # noqa: RUF001 - as people write it
_CODE = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")
_SQL = re.compile(r"\s*(?:SELECT|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|PRAGMA|BEGIN|COMMIT|WITH|SET|LOCK|VACUUM)\b")
_LOGS = {"_log", "log", "logger"}
_NOT_SHOWN = {"AssertionError", "NotImplementedError", "RuntimeError", "TypeError", "ValueError", "cast"}
# Where Slack shows a single word, too: by keyword, and as the first argument.
_KEYWORDS = {"about", "close", "deny", "hint", "label", "placeholder", "submit", "title"}
_FUNCTIONS = {"HeaderBlock", "button", "confirm", "context", "from_text", "section"}


Elsewhere: TypeAlias = Mapping[str, Mapping[str, str | Collection[str]]]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence in a source, with its line; values inside it appear as ``{}``."""

    line: int
    text: str


def sentences(source: str) -> list[Sentence]:
    """Return the sentences of a Python source, in its order."""
    reader = _Reader()
    reader.visit(ast.parse(source))
    return sorted(reader.found, key=lambda sentence: sentence.line)


class _Reader(ast.NodeVisitor):
    """Reads the literals that people may see."""

    def __init__(self) -> None:
        self.found: list[Sentence] = []

    def visit_Constant(self, node: ast.Constant) -> None:
        self._look(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self._look(node)
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part.value)

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # otherwise it is a docstring
            self.visit(node.value)

    def visit_arg(self, node: ast.arg) -> None:
        """Skip the annotation."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        is_alias = isinstance(node.annotation, ast.Name) and node.annotation.id == "TypeAlias"
        if node.value is not None and not is_alias:
            self.visit(node.value)

    def visit_Call(self, node: ast.Call) -> None:
        owner, name = _called(node.func)
        if owner in _LOGS or owner == "re" or name in _NOT_SHOWN:
            return
        self.visit(node.func)
        for place, argument in enumerate(node.args):
            self._given(argument, shows_words=place == 0 and name in _FUNCTIONS)
        for keyword in node.keywords:
            self._given(keyword.value, shows_words=keyword.arg in _KEYWORDS)

    def _given(self, value: ast.expr, *, shows_words: bool) -> None:
        if shows_words and isinstance(value, ast.Constant | ast.JoinedStr):
            self._look(value, least=1)
            return
        self.visit(value)

    def _look(self, node: ast.Constant | ast.JoinedStr, *, least: int = 2) -> None:
        text = text_of(node)
        if not (_SQL.match(text) or _is_codes(text) or "\\" in text) and words_in(text) >= least:
            self.found.append(Sentence(node.lineno, text.replace(_HOLE, "{}")))


def _called(function: ast.expr) -> tuple[str, str]:
    """Return the object and the name that a call names: ``re`` and ``compile``."""
    if isinstance(function, ast.Attribute):
        return (function.value.id if isinstance(function.value, ast.Name) else ""), function.attr
    return "", function.id if isinstance(function, ast.Name) else ""


def text_of(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(part) for part in node.values)
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    return _HOLE


def words_in(text: str) -> int:
    """Count the words of letters; an abbreviation such as DNS or €5 is none by itself."""
    return sum(bool(_WORD.fullmatch(part)) for part in text.split() if not part.isupper())


def _is_codes(text: str) -> bool:
    """Return whether a text is a list of identifiers, such as Slack's error codes."""
    return "_" in text and all(map(_CODE.fullmatch, text.split()))


def elsewhere(text: str) -> Elsewhere:
    """Return the sentences that may stand outside the catalogue: by their readers, then by file."""
    return tomllib.loads(text)


def is_allowed(path: str, sentence: Sentence, allowed: Elsewhere) -> bool:
    """Return whether a sentence has its readers elsewhere than in Slack."""
    return any(_holds(files.get(path, ()), sentence.text) for files in allowed.values())


def _holds(listed: str | Collection[str], text: str) -> bool:
    return listed == ALL or (not isinstance(listed, str) and text in listed)


def faults(found: Mapping[str, Sequence[Sentence]], allowed: Elsewhere) -> Iterator[str]:
    """Yield each sentence that people read in Slack, and each entry of the list without a sentence."""
    for path, every in found.items():
        outside = [each for each in every if not is_allowed(path, each, allowed)]
        yield from (f"{path}:{each.line}: a sentence outside handlers/messages: {each.text!r}" for each in outside)
    for files in allowed.values():
        for path, listed in files.items():
            texts = [each.text for each in found.get(path, ())]
            wanted = [ALL] if listed == ALL else listed
            gone = [text for text in wanted if text not in texts and not (text == ALL and texts)]
            yield from (f"{path} has no such sentence any more, so {LIST.name} is too long: {text!r}" for text in gone)


def counts(found: Mapping[str, Sequence[Sentence]], allowed: Elsewhere) -> Iterator[str]:
    """Yield how many sentences people read in Slack, and how many others there are, by their readers."""
    every = [(path, each) for path, sentences in found.items() for each in sentences]
    outside = sum(not is_allowed(path, each, allowed) for path, each in every)
    yield f"{outside} sentences that people read in Slack are outside handlers/messages."
    for readers, files in allowed.items():
        number = sum(_holds(files.get(path, ()), each.text) for path, each in every)
        yield f"{number} texts in {len(files)} files are what {readers}."


def in_project(root: Path = ROOT) -> dict[str, Sequence[Sentence]]:
    """Return the sentences of the project, by file."""
    files = (file for package in PACKAGES for file in sorted((root / package).rglob("*.py")))
    found = {file.relative_to(root).as_posix(): file for file in files}
    return {path: sentences(file.read_text()) for path, file in found.items() if not path.startswith(APART)}


def main() -> None:
    argparse.ArgumentParser(description="Find sentences outside the catalogue.").parse_args()
    found, allowed = in_project(), elsewhere(LIST.read_text())
    wrong = list(faults(found, allowed))
    print(*wrong, *counts(found, allowed), sep="\n")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
