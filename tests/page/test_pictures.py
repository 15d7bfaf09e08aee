"""The README's pictures are those that `make pictures` makes."""

import re
import struct
from pathlib import Path

import pytest

from sandbox.pictures import FORMS, NAMES, WIDTHS, Pictures
from tests.scenarios.conftest import Scenario

_ROOT = Path(__file__).parents[2]
_KEPT = _ROOT / "docs" / "pictures"
_FORMS = [f"{name}-{width}" for name in FORMS for width in WIDTHS]


def size(path: Path) -> tuple[int, int]:
    """Width and height in pixels, from a PNG's head."""
    width, height = struct.unpack(">II", path.read_bytes()[16:24])
    return width, height


def test_the_readme_shows_them_all_and_they_are_small():
    shown = re.findall(r"docs/pictures/(\w+)\.png", (_ROOT / "README.md").read_text())
    assert sorted(shown) == sorted(NAMES)
    assert all((_KEPT / f"{name}.png").stat().st_size < 140_000 for name in NAMES)


def test_a_page_shows_the_forms_at_both_widths():
    shown = re.findall(r"pictures/([\w-]+)\.png", (_ROOT / "docs" / "registry-forms.md").read_text())
    assert sorted(shown) == sorted(_FORMS)
    assert all((_KEPT / f"{name}.png").stat().st_size < 200_000 for name in _FORMS)


@pytest.fixture
def settings() -> dict[str, str]:
    """As the command has them: one picture shows a name that is offered in two ways."""
    return {"DESK_ALLOW_PREMIUM": "true"}


async def test_the_command_still_makes_them(scenario: Scenario, chromium: str, tmp_path: Path):
    await Pictures(scenario.stage, tmp_path).take()
    for name in (*NAMES, *_FORMS):
        made, kept = size(tmp_path / f"{name}.png"), size(_KEPT / f"{name}.png")
        # The letters differ from machine to machine, so that a line may break elsewhere; a block more does not pass.
        assert all(abs(new - old) <= 0.12 * old for new, old in zip(made, kept, strict=True)), (name, made, kept)
