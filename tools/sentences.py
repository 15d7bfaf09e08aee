"""Find sentences outside the catalogue: what people read in Slack is made in `handlers/messages/` alone.

    python -m tools.sentences             print each one, and exit 1 if a file has some that may have none
    python -m tools.sentences --update    take the files that have none any more off the list

A sentence is a string literal with two words or more, or with one word where Slack's views show it: on a button, in a
title. A file that is not converted yet stands in `sentences-left.txt`; no file is ever added to that list.

What no one reads in Slack is no sentence: docstrings, log lines, messages of programmer errors, regular expressions,
annotations, SQL, lists of codes.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
LEFT = Path(__file__).with_name("sentences-left.txt")
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
        text = _text(node)
        if not (_SQL.match(text) or _is_codes(text) or "\\" in text) and _words(text) >= least:
            self.found.append(Sentence(node.lineno, text.replace(_HOLE, "{}")))


def _called(function: ast.expr) -> tuple[str, str]:
    """Return the object and the name that a call names: ``re`` and ``compile``."""
    if isinstance(function, ast.Attribute):
        return (function.value.id if isinstance(function.value, ast.Name) else ""), function.attr
    return "", function.id if isinstance(function, ast.Name) else ""


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) for part in node.values)
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    return _HOLE


def _words(text: str) -> int:
    """Count the words of letters; an abbreviation such as DNS or €5 is none by itself."""
    return sum(bool(_WORD.fullmatch(part)) for part in text.split() if not part.isupper())


def _is_codes(text: str) -> bool:
    """Return whether a text is a list of identifiers, such as Slack's error codes."""
    return "_" in text and all(map(_CODE.fullmatch, text.split()))


def left(text: str) -> list[str]:
    """Return the files of a list, one a line, without comments."""
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def faults(found: Mapping[str, Sequence[Sentence]], allowed: Collection[str]) -> Iterator[str]:
    """Yield each sentence in a file that may have none, and each file of the list that has none."""
    for path, every in found.items():
        if path not in allowed:
            yield from (f"{path}:{each.line}: a sentence outside handlers/messages: {each.text!r}" for each in every)
    for path in allowed:
        if not found.get(path):
            yield f"{path} has no sentences any more: run python -m tools.sentences --update"


def in_project(root: Path = ROOT) -> dict[str, Sequence[Sentence]]:
    """Return the sentences of the project, by file."""
    files = (file for package in PACKAGES for file in sorted((root / package).rglob("*.py")))
    found = {file.relative_to(root).as_posix(): file for file in files}
    return {path: sentences(file.read_text()) for path, file in found.items() if not path.startswith(APART)}


def main() -> None:
    parser = argparse.ArgumentParser(description="Find sentences outside the catalogue.")
    parser.add_argument("--update", action="store_true", help="take files without sentences off the list")
    update = parser.parse_args().update
    found, text = in_project(), LEFT.read_text()
    if update:
        kept = [line for line in text.splitlines() if not left(line) or found.get(line)]
        text = "\n".join(kept) + "\n"
        LEFT.write_text(text)
    wrong = list(faults(found, left(text)))
    print(*wrong, sep="\n", end="\n" if wrong else "")
    print(f"{sum(map(len, found.values()))} sentences are outside handlers/messages, in {len(left(text))} files.")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
