"""Show that no test but the catalogue's own depends on how a sentence is worded.

    python -m tools.reword                 reword all sentences in a copy of the tree, and run the tests there
    python -m tools.reword tests/store     the same with these tests, or with other arguments of pytest

All sentences are changed at once by pseudo-localization: vowels get an accent, so that every word differs and nothing
gets longer. What is no word stays as it is: commands, links, values, codes. The words on buttons stay, too: they are
part of the interface. Another test that fails here and not otherwise quotes a sentence; it should ask the
catalogue for it.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tools.sentences import text_of, words_in

ROOT = Path(__file__).parents[1]
CATALOGUE = "handlers/messages/en"
BUTTONS = "buttons.py"
OWN = ("tests/handlers/messages", "tests/handlers/test_catalogue.py")  # the catalogue's own tests, which quote it
# What stands on the wire and what a person types: commands, links and mentions, emojis, options; abbreviations and
# names of settings.
_NO_WORDS = re.compile(r"(`[^`]*`|<[^>]*>|domain-desk [a-z]+|\{[^{}]*\}|:[a-z_]+:|--[a-z]+|\b[A-Z]{2,}\b|\b\w*_\w+\b)")
_ACCENTS = str.maketrans("aeiouyAEIOUY", "áéíóúýÁÉÍÓÚÝ")
_LABEL = re.compile(r"[A-Z][a-z]+[.…]?")  # one word alone, as a title has
_NOT_READ = {"_says", "compile", "Hint"}  # codes, patterns, and commands to type


def reworded(source: str) -> str:
    """Return a module of the catalogue with other words in each of its sentences."""
    tree = ast.parse(source)
    _Rewording().visit(tree)
    return ast.unparse(tree)


def other_words(text: str) -> str:
    """Return a text with an accent on each vowel of its words: ``Nóthíng wás órdéréd``."""
    parts = _NO_WORDS.split(text)
    return "".join(part if place % 2 else part.translate(_ACCENTS) for place, part in enumerate(parts))


class _Rewording(ast.NodeTransformer):
    """Changes the literals that are sentences or parts of one."""

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        is_sentence = isinstance(node.value, str) and (words_in(node.value) > 1 or _LABEL.fullmatch(node.value))
        return ast.Constant(other_words(str(node.value))) if is_sentence else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.JoinedStr:
        is_sentence = words_in(text_of(node)) > 1
        for place, part in enumerate(node.values):
            if isinstance(part, ast.FormattedValue):
                part.value = self.visit(part.value)
            elif is_sentence and isinstance(part, ast.Constant):
                node.values[place] = ast.Constant(other_words(str(part.value)))
        return node

    def visit_Call(self, node: ast.Call) -> ast.Call:
        if getattr(node.func, "id", getattr(node.func, "attr", "")) not in _NOT_READ:
            self.generic_visit(node)
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.Expr:
        return node  # a docstring

    def visit_Dict(self, node: ast.Dict) -> ast.Dict:
        node.values = [self.visit(value) for value in node.values]  # the keys are codes
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.Compare:
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.Subscript:
        return node


@contextmanager
def copy_reworded(root: Path = ROOT) -> Iterator[Path]:
    """Yield a copy of the checkout's files whose catalogue has other words."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True).stdout
    with tempfile.TemporaryDirectory(prefix="reworded-") as folder:
        for name in filter(None, listed.split("\0")):
            target = Path(folder, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, target)
        for file in sorted(Path(folder, CATALOGUE).glob("*.py")):
            if file.name != BUTTONS:
                file.write_text(reworded(file.read_text()))
        yield Path(folder)


def run(tests: Sequence[str], tree: Path) -> int:
    """Run pytest on a tree, without the catalogue's own tests, and return its exit code."""
    command = [sys.executable, "-m", "pytest", "-q", *(f"--ignore={own}" for own in OWN), *tests]
    return subprocess.run(command, cwd=tree, env={**os.environ, "PYTHONPATH": str(tree)}, check=False).returncode


def main() -> None:
    parser = argparse.ArgumentParser(description="Run the tests with other words in the catalogue.")
    tests = parser.parse_known_args()[1]
    with copy_reworded() as tree:
        sys.exit(run(tests, tree))


if __name__ == "__main__":
    main()
