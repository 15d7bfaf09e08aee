"""The changes that a mutation can make. Each function takes source text and returns a Change."""

from __future__ import annotations

import ast

from prove.mutants.mutation import Change


def swap(old: str, new: str) -> Change:
    """Replace `old` by `new`: an expression by an expression, or one statement by statements."""
    before, after = _expression(old), _expression(new)
    if before is not None and after is not None:
        return Change(lambda node: _same(node, before), lambda _: after)
    (statement,) = _block(old)
    return Change(lambda node: _same(node, statement), lambda _: _block(new))


def drop(statement: str) -> Change:
    """Remove this statement."""
    return swap(statement, "pass")


def returns(value: str) -> Change:
    """Let the function return this value immediately."""

    def short(node: ast.FunctionDef) -> ast.FunctionDef:
        node.body = _block(f"return {value}")
        return node

    return Change(lambda node: isinstance(node, ast.FunctionDef), short)


def never(test: str) -> Change:
    """Drop a guard: behave as if the `if` whose test holds this expression were false."""

    def otherwise(node: ast.If) -> list[ast.stmt]:
        return node.orelse or _block("pass")

    return Change(lambda node: _tests(node, test), otherwise)


def always(test: str) -> Change:
    """Behave as if the `if` whose test holds this expression were true."""

    def body(node: ast.If) -> list[ast.stmt]:
        return node.body

    return Change(lambda node: _tests(node, test), body)


def instead(test: str, statements: str) -> Change:
    """Replace the body of the `if` whose test holds this expression."""

    def other(node: ast.If) -> ast.If:
        node.body = _block(statements)
        return node

    return Change(lambda node: _tests(node, test), other)


def without_part(operand: str) -> Change:
    """Remove this operand from its `and` or `or`."""
    part = _expression(operand)

    def rest(node: ast.BoolOp) -> ast.expr:
        values = _without(node.values, part)
        return values[0] if len(values) == 1 else ast.BoolOp(node.op, values)

    return Change(lambda node: isinstance(node, ast.BoolOp) and _has(node.values, part), rest)


def without_item(item: str) -> Change:
    """Remove this item from its list or tuple."""
    part = _expression(item)

    def rest(node: ast.List | ast.Tuple) -> ast.expr:
        node.elts = _without(node.elts, part)
        return node

    return Change(lambda node: isinstance(node, ast.List | ast.Tuple) and _has(node.elts, part), rest)


def without_keyword(name: str) -> Change:
    """Remove this keyword argument from the call."""

    def rest(node: ast.Call) -> ast.Call:
        node.keywords = [keyword for keyword in node.keywords if keyword.arg != name]
        return node

    return Change(lambda node: isinstance(node, ast.Call) and any(each.arg == name for each in node.keywords), rest)


def uncaught(error: str) -> Change:
    """Remove the `except` of this error. A `try` that catches nothing else becomes its body."""
    part = _expression(error)

    def rest(node: ast.Try) -> ast.Try | list[ast.stmt]:
        node.handlers = [handler for handler in node.handlers if not _same(handler.type, part)]
        return node if node.handlers or node.finalbody else [*node.body, *node.orelse]

    return Change(lambda node: isinstance(node, ast.Try) and any(_same(h.type, part) for h in node.handlers), rest)


def _expression(source: str) -> ast.expr | None:
    try:
        return ast.parse(source, mode="eval").body
    except SyntaxError:
        return None


def _block(source: str) -> list[ast.stmt]:
    return ast.parse(source).body


def _same(node: ast.AST | None, other: ast.AST | None) -> bool:
    return node is not None and other is not None and ast.dump(node) == ast.dump(other)


def _tests(node: ast.AST, test: str) -> bool:
    part = _expression(test)
    return isinstance(node, ast.If | ast.IfExp) and any(_same(each, part) for each in ast.walk(node.test))


def _has(nodes: list[ast.expr], part: ast.expr | None) -> bool:
    return any(_same(node, part) for node in nodes)


def _without(nodes: list[ast.expr], part: ast.expr | None) -> list[ast.expr]:
    return [node for node in nodes if not _same(node, part)]
