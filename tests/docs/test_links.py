"""The documents lead somewhere: every link, heading and file name in them exists."""

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    path for pattern in ("*.md", "docs/**/*.md", "prove/*.md", "tests/spec/*.md") for path in ROOT.glob(pattern)
)
# These two tell what was true once: the files that they name may be gone.
HISTORY = {ROOT / "CHANGELOG.md", *(ROOT / "docs" / "adr").glob("0*.md")}
FOLDERS = sorted(path for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith("."))

_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`]+)`")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_INLINE = re.compile(r"\]\(([^()\s]+)\)")
_DEFINITION = re.compile(r"^\[([^\]]+)\]: +(\S+)$", re.MULTILINE)
_REFERENCE = re.compile(r"\[[^\[\]]+\]\[([^\[\]]+)\]")
_PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)*/?")
_OF_FILES = (".example", ".md", ".py", ".sql", ".toml", ".txt", ".yaml", ".yml")
_IN_CODE = re.compile(r"\bdocs/[\w./-]+\.md(?:#[\w-]+)?")
_MADE_BY_USERS = {"desk.toml"}


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def prose(document: Path) -> str:
    """Return a document without its blocks of code."""
    return _FENCE.sub("", document.read_text())


@cache
def anchors(document: Path) -> frozenset[str]:
    """Return the anchors of a document's headings, as GitHub makes them."""
    found: list[str] = []
    for heading in _HEADING.findall(prose(document)):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        anchor = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        found.append(f"{anchor}-{found.count(anchor)}" if anchor in found else anchor)
    return frozenset(found)


def leads_nowhere(target: str, document: Path) -> bool:
    """Return whether a link of a document to a file or a heading is broken; other sites are not asked."""
    if re.match(r"[a-z]+:", target):
        return False
    name, _, anchor = target.partition("#")
    path = (document.parent / name).resolve() if name else document
    return not path.exists() or bool(anchor and anchor not in anchors(path))


def paths_in(document: Path) -> set[str]:
    """Return the file names in backticks."""
    named = {name for name in _CODE.findall(prose(document)) if _PATH.fullmatch(name) and name not in _MADE_BY_USERS}
    return {
        name for name in named if name.endswith(_OF_FILES) or ("/" in name and (ROOT / name.partition("/")[0]).is_dir())
    }


@pytest.mark.parametrize("document", DOCUMENTS, ids=relative)
def test_every_link_leads_somewhere(document: Path):
    """Files, headings and pictures exist, and each reference is defined."""
    text = _CODE.sub("", prose(document))
    defined = dict(_DEFINITION.findall(text))
    targets = [*_INLINE.findall(text), *defined.values()]
    assert [target for target in targets if leads_nowhere(target, document)] == []
    assert set(_REFERENCE.findall(text)) - defined.keys() == set()


@pytest.mark.parametrize("document", [each for each in DOCUMENTS if each not in HISTORY], ids=relative)
def test_every_file_in_backticks_exists(document: Path):
    """A file that moves takes its name in the documents along."""
    names = sorted(paths_in(document))
    assert [name for name in names if not ((ROOT / name).exists() or (document.parent / name).exists())] == []


def test_the_code_points_at_sections_that_exist():
    """A comment such as `docs/ovh-api.md#checkout` names a document and a heading of it."""
    sources = [path for folder in FOLDERS for ending in ("*.py", "*.sql") for path in folder.rglob(ending)]
    sources += [ROOT / name for name in (".env.example", "desk.toml.example", "pyproject.toml", "Makefile")]
    broken = [
        f"{relative(source)}: {target}"
        for source in sources
        for target in _IN_CODE.findall(source.read_text())
        if leads_nowhere(target, ROOT / "README.md")
    ]
    assert broken == []


def test_each_decision_is_in_the_list():
    """The list of decisions names every record once."""
    folder = ROOT / "docs" / "adr"
    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text())
    assert listed == sorted(path.name for path in folder.glob("0*.md"))


def test_the_glossary_names_classes_that_exist():
    """A class that is renamed takes its entry along."""
    sources = "\n".join(path.read_text() for folder in FOLDERS for path in folder.rglob("*.py"))
    named = re.findall(r"`([A-Z][a-z]\w*)(?:\.\w+)?`", (ROOT / "docs" / "glossary.md").read_text())
    assert [name for name in named if not re.search(rf"^(?:class )?{name}\b", sources, re.MULTILINE)] == []
