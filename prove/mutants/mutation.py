"""A mutation: one promise of the bot, and the smallest change of one function that breaks it.

A mutation is found in the syntax tree, by the function's name and code. Comments, line breaks and parentheses do not
matter, and a function that moves to another module costs one edit.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Sees = Callable[[ast.AST], bool]
Becomes = Callable[[Any], "ast.AST | list[ast.stmt]"]  # its argument is the node that `Sees` picked


class Misfit(Exception):
    """The mutation does not fit today's code: its function is gone, or its code changed."""


@dataclass(frozen=True, slots=True)
class Change:
    """Replaces the one node that `sees` picks by the result of `becomes`."""

    sees: Sees
    becomes: Becomes


@dataclass(frozen=True, slots=True)
class Mutation:
    """The name describes the broken promise.

    `at` names the module and the function, class or constant: "ordering.process.payment:Payments._send". `tests` are
    the nearest tests that have to fail: paths below the root, separated by a blank.
    """

    name: str
    at: str
    change: Change
    tests: str

    @property
    def file(self) -> Path:
        """The path of the module, relative to the root."""
        return Path(*self.at.partition(":")[0].split(".")).with_suffix(".py")

    def mutated(self, source: str) -> str:
        """Return the module's source with the promise broken. Raises Misfit unless exactly one place fits."""
        tree = ast.parse(source)
        anchor = _found(tree, self.at.partition(":")[2])
        once = _Once(self.change)
        once.visit(anchor)
        if once.places != 1:
            raise Misfit(f"“{self.name}” fits {once.places} places of {self.at}, it has to fit one.")
        return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


class _Once(ast.NodeTransformer):
    def __init__(self, change: Change) -> None:
        self.places = 0
        self._change = change

    def visit(self, node: ast.AST) -> ast.AST | list[ast.stmt]:
        if self._change.sees(node):
            self.places += 1
            return self._change.becomes(node)
        changed: ast.AST = self.generic_visit(node)
        return changed


def _found(tree: ast.AST, qualified_name: str) -> ast.AST:
    found = tree
    for name in qualified_name.split("."):
        named = [node for node in _definitions(found) if name in _names(node)]
        if len(named) != 1:
            raise Misfit(f"{qualified_name} stands {len(named)} times in its module.")
        found = named[0]
    return found


def _definitions(node: ast.AST) -> list[ast.stmt]:
    return [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]


def _names(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [ast.unparse(target) for target in targets]
