"""Find old words: names and prose that use other words than `docs/glossary.md`, and test names that are too long.

    python -m tools.words                    print each one, and exit 1 if there is one
    python -m tools.words --count [FOLDER]   print how many there are per 1,000 lines

Names are read from the syntax tree: classes, functions, parameters, attributes and variables where they are defined,
and modules. Prose is comments, docstrings, Markdown, TOML, the Makefile and the sandbox's page. Strings of the program
are neither: what people read in Slack stands in the catalogue, and stored keys never change.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

from tools.old_words import LONGEST_TEST_NAME, NAMES, PARTS, PROSE

ROOT = Path(__file__).parents[1]
PACKAGES = ("bench", "bot", "handlers", "ordering", "prove", "registrars", "sandbox", "store", "tests", "tools")
# What is never changed again; a list of entries from before; the lists of these words, and of those for messages.
APART = (
    "store/migrations/versions/", "CHANGELOG.md", "tools/old_words.py", "tests/tools/test_words.py",
    "tests/handlers/test_catalogue.py",
)  # fmt: skip
_PROSE_ONLY = {".md", ".toml", ".html", ".js", ".yml", ".example"}
_JOINTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_PATTERNS = [(word, re.compile(rf"\b(?:{word.text})\b", re.IGNORECASE)) for word in PROSE]
_CODE = re.compile(r"`[^`\n]*`")


def faults(path: str, source: str) -> Iterator[str]:
    """Yield each old word of a file, with its line and the word to use."""
    if path.endswith(".py"):
        for line, name in sorted(set(names(source))):
            yield from (f"{path}:{line}: {name}: {why}" for why in _about_name(path, name))
    for line, text in prose(path, source):
        yield from (f"{path}:{line}: “{old}”: use {new}" for old, new in _about_prose(path, text))


def names(source: str) -> Iterator[tuple[int, str]]:
    """Yield the names that a Python source defines, with their lines."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr


def prose(path: str, source: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of prose of a file; of Python its comments and docstrings, elsewhere all but code."""
    if path.endswith(".py"):
        yield from _comments(source)
        yield from _docstrings(source)
        return
    is_code = False
    for number, line in enumerate(source.splitlines(), 1):
        is_code ^= line.lstrip().startswith("```")
        if not is_code:
            yield number, line


def _comments(source: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def _docstrings(source: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield from enumerate(str(first.value.value).splitlines(), first.lineno)


def _about_name(path: str, name: str) -> Iterator[str]:
    is_test = name.startswith("test_")
    if is_test and len(name) > LONGEST_TEST_NAME:
        yield f"{len(name)} characters; a test's name has at most {LONGEST_TEST_NAME}, its promise is the docstring"
    whole = name.strip("_")
    if (word := NAMES.get(whole)) and not path.startswith(word.apart):
        yield f"use {word.use}"
    elif not is_test:
        parts = _JOINTS.sub("_", whole).lower().split("_")
        old = [PARTS[part] for part in parts if part in PARTS]
        yield from (f"use {word.use}" for word in old if not path.startswith(word.apart))


def _about_prose(path: str, line: str) -> Iterator[tuple[str, str]]:
    text = _CODE.sub("", line)
    for word, pattern in _PATTERNS:
        if not path.startswith(word.apart):
            yield from ((found[0], word.use) for found in pattern.finditer(text))


def files(root: Path = ROOT) -> dict[str, str]:
    """Return the text of each file that is checked, by path."""
    candidates = (path for path in sorted(root.rglob("*")) if _is_checked(path.relative_to(root).as_posix()))
    return {path.relative_to(root).as_posix(): path.read_text() for path in candidates if path.is_file()}


def _is_checked(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    top = path.partition("/")[0]
    if path.startswith(APART) or top.startswith(".") or "/." in path or "__pycache__" in path:
        return False
    if path.endswith(".py"):
        return top in PACKAGES
    is_prose = Path(name).suffix in _PROSE_ONLY or name == "Makefile"
    return is_prose and (not folder or top in {*PACKAGES, "docs"})


def in_project(root: Path = ROOT) -> list[str]:
    """Return all old words of a checkout; of Git's files only, if it is one."""
    found = files(root)
    if (root / ".git").exists():
        listed = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True, check=True).stdout
        found = {path: text for path, text in found.items() if path in set(listed.splitlines())}
    return [fault for path, text in found.items() for fault in faults(path, text)]


def main() -> None:
    parser = argparse.ArgumentParser(description="Find words that the glossary has replaced.")
    parser.add_argument("--count", nargs="?", const=ROOT, type=Path, help="print their number per 1,000 lines")
    root = parser.parse_args().count
    if root is not None:
        lines, found = sum(text.count("\n") for text in files(root).values()), len(in_project(root))
        print(f"{found} old words in {lines:,} lines: {1000 * found / lines:.1f} per 1,000")
        return
    wrong = in_project()
    print(*wrong, sep="\n", end="\n" if wrong else "")
    print(f"{len(wrong)} old words.")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
