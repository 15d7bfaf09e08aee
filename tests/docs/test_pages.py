"""The README stays short, and the checklist answers what teams ask."""

import re
from pathlib import Path

from bot.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "docs" / f"{name}.md" for name in ("install", "operate", "security", "runbook", "checklist")]
_ROW = re.compile(r"^\| (.+\?) \| (.+) \|$", re.MULTILINE)
_SETTING = re.compile(r"`((?:SLACK|OVH|DESK)_[A-Z_]+|DATABASE_URL|HOST|PORT|LOG_[A-Z]+)(?:=[^`]*)?`")


def test_the_readme_is_short():
    """At most 120 lines; the rest is one click away."""
    readme = (ROOT / "README.md").read_text()
    assert len(readme.splitlines()) <= 120
    assert [page.name for page in PAGES if f"(docs/{page.name})" not in readme] == []


def test_the_checklist_answers_sixty_questions():
    """Each is asked once, and its answer is a place in the documents."""
    rows = _ROW.findall((ROOT / "docs" / "checklist.md").read_text())
    assert len(rows) >= 60
    assert len({question for question, _ in rows}) == len(rows)
    assert [question for question, answer in rows if not re.search(r"\]\([^)]+\.md", answer)] == []


def test_the_documents_name_settings_that_exist():
    """A setting of another version would be refused at the start."""
    known = {name.upper() for name in Settings.model_fields}
    named = {name.removesuffix("_FILE") for page in PAGES for name in _SETTING.findall(page.read_text())}
    assert named - known == set()


def test_the_rights_are_explained():
    """Each right that install.md asks for is in the table of security.md, and the other way round."""
    block = re.search(
        r"^```\n(GET  /auth.+?)^```", (ROOT / "docs" / "install.md").read_text(), re.MULTILINE | re.DOTALL
    )
    assert block is not None
    asked = {" ".join(right) for right in re.findall(r"(GET|POST|PUT|DELETE) +(/\S+)", block[1])}
    explained = set(re.findall(r"`((?:GET|POST|PUT|DELETE) /[^`]+)`", _table("OVH rights")))
    assert explained == asked


def test_the_scopes_are_explained():
    """Each scope of the manifest is in the table of security.md, and no other."""
    manifest = (ROOT / "manifest.yml").read_text()
    scopes = set(
        re.findall(
            r"^ {6}- ([a-z]+(?::[a-z.]+)?)$", manifest.partition("scopes:")[2].partition("settings:")[0], re.MULTILINE
        )
    )
    explained = set(re.findall(r"^\| `([a-z:.]+)`(?: \|| \(app)", _table("Slack scopes"), re.MULTILINE))
    assert explained == scopes | {"connections:write"}


def _table(heading: str) -> str:
    text = (ROOT / "docs" / "security.md").read_text()
    return text.partition(f"## {heading}\n")[2].partition("\n## ")[0]
