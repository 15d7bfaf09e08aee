"""A check that is silenced names itself and says why: nobody else knows whether it may stay."""

import io
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Each comment there says that mypy must complain: see its docstring.
MUST_NOT_PASS = ROOT / "tests/typing/must_not_pass.py"
PACKAGES = ("bench", "bot", "handlers", "ordering", "prove", "registrars", "sandbox", "store", "tests", "tools")
SILENCES = re.compile(r"#\s*(?:ruff:\s*)?noqa|#\s*type:\s*ignore")
EXPLAINED = re.compile(
    r"# (?:ruff: )?noqa: [A-Z]+[0-9]+(?:, [A-Z]+[0-9]+)* - \S.*|.*# type: ignore\[[a-z, -]+\] # \S.*", re.DOTALL
)


def unexplained(source: str) -> list[tuple[int, str]]:
    """Return the comments that silence a check without its code or without a reason, with their lines."""
    comments = (
        token for token in tokenize.generate_tokens(io.StringIO(source).readline) if token.type == tokenize.COMMENT
    )
    silencing = ((token.start[0], token.string) for token in comments if SILENCES.search(token.string))
    return [(line, comment) for line, comment in silencing if not EXPLAINED.fullmatch(comment)]


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa: S105 - a path, not a secret",
        "# noqa: PLR0913, PLR0917 - each parameter is an option",
        "# ruff: noqa: SLF001 - private names only",
        "# type: ignore[arg-type] # it behaves like one",
    ],
)
def test_a_code_with_its_reason_is_enough(comment: str):
    """Of ruff and of mypy, for a line or a file."""
    assert unexplained(f"x = 1  {comment}\n") == []


@pytest.mark.parametrize(
    "comment",
    ["# noqa", "# noqa: S105", "# ruff: noqa", "# type: ignore", "# type: ignore[index]", "# type: ignore # why"],
)
def test_a_missing_code_or_reason_is_found(comment: str):
    """Silence alone hides the next fault, too."""
    assert unexplained(f"x = 1\ny = 2  {comment}\n") == [(2, comment)]


@pytest.mark.parametrize("package", PACKAGES)
def test_the_project_explains_each(package: str):
    """In every file of a package."""
    files = sorted(set((ROOT / package).rglob("*.py")) - {MUST_NOT_PASS})
    assert files
    found = {str(file.relative_to(ROOT)): unexplained(file.read_text()) for file in files}
    assert {name: comments for name, comments in found.items() if comments} == {}
