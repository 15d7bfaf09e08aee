"""Measure the shape of the code: folders, imports inside them, circles, the longest file and function.

    python -m tools.shape    print a row for each folder, then the longest file and function

A folder's parts are its files and subfolders. An arrow is one part that imports another one, however often. Parts are
in a circle if they import each other, also by way of others: where there is none, every arrow leads down.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "handlers", "ordering", "registrars", "store")
APART = ("store/migrations/versions",)


@dataclass(frozen=True, slots=True)
class Shape:
    """A folder's number of parts, of arrows between them, and its parts that import each other in a circle."""

    folder: str
    parts: int
    arrows: int
    circle: tuple[str, ...]


def shape(folder: str, modules: Mapping[str, str]) -> Shape:
    """Return the shape of a folder; ``""`` is the whole program. `modules` are all sources by their dotted names."""
    inside = f"{folder}." if folder else ""
    arrows: dict[str, set[str]] = {}
    for name, source in modules.items():
        if name.startswith(inside) and name != folder:
            part = _part(name, inside)
            targets = {_part(used, inside) for used in imports(source, modules) if used.startswith(inside)}
            arrows.setdefault(part, set()).update(targets - {part})
    return Shape(folder, len(arrows), sum(map(len, arrows.values())), _circle(arrows))


def imports(source: str, modules: Mapping[str, str]) -> Iterator[str]:
    """Yield the modules of the program that a source imports, wherever it does."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                deeper = f"{node.module}.{alias.name}"
                yield from (used for used in [deeper if deeper in modules else node.module] if used in modules)


def sources(root: Path = ROOT) -> dict[str, str]:
    """Return the program's sources by their dotted names; a package has the name of its folder."""
    files = (file for package in PACKAGES for file in sorted((root / package).rglob("*.py")))
    paths = {file.relative_to(root): file for file in files}
    kept = {path: file for path, file in paths.items() if not path.as_posix().startswith(APART)}
    return {
        ".".join(path.with_suffix("").parts).removesuffix(".__init__"): file.read_text() for path, file in kept.items()
    }


def longest_function(modules: Mapping[str, str]) -> tuple[int, str]:
    """Return the lines and the name of the longest function."""
    return max(
        (node.end_lineno - node.lineno + 1, f"{name}.{node.name}")
        for name, source in modules.items()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno
    )


def folders(modules: Mapping[str, str]) -> list[str]:
    """Return the folders that have parts, the whole program first."""
    return ["", *sorted({name.rpartition(".")[0] for name in modules if "." in name})]


def _part(name: str, inside: str) -> str:
    """Return the part of a folder that a module is in; the package's own file is a part, too."""
    return name.removeprefix(inside).partition(".")[0] if inside else name.partition(".")[0]


def _circle(arrows: Mapping[str, set[str]]) -> tuple[str, ...]:
    """Return the parts from which arrows lead back to themselves."""
    return tuple(sorted(part for part in arrows if part in _reached(part, arrows)))


def _reached(start: str, arrows: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    ahead = [start]
    while ahead:
        for part in arrows.get(ahead.pop(), set()) - found:
            found.add(part)
            ahead.append(part)
    return found


def main() -> None:
    modules = sources()
    print("| folder | parts | arrows | circle |\n| --- | ---: | ---: | --- |")
    for folder in folders(modules):
        found = shape(folder, modules)
        print(f"| `{folder or '(all)'}` | {found.parts} | {found.arrows} | {', '.join(found.circle) or 'none'} |")
    lines, name = max((source.count("\n"), name) for name, source in modules.items())
    print(f"Longest file: {name}, {lines} lines.")
    print("Longest function: {1}, {0} lines.".format(*longest_function(modules)))


if __name__ == "__main__":
    main()
