"""Every command in the documents works: ours are parsed as a terminal would, others are known by name."""

import re
import shlex
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest
import typer

from bot.cli import app

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    ROOT / name
    for name in (
        "README.md", "SECURITY.md", "CONTRIBUTING.md", "docs/install.md", "docs/operate.md", "docs/security.md",
        "docs/runbook.md", "docs/checklist.md", "docs/safety.md",
    )
]  # fmt: skip
# Commands that are not ours. `tests/scenarios/test_restore_drill.py` runs the two of PostgreSQL, no test the others.
OTHERS = {
    "cd", "coverage run", "cp", "docker compose", "docker build", "git clone", "install", "journalctl", "pg_dump",
    "pg_restore",
    "pip install", "sqlite3", "systemctl", "systemd-analyze", "useradd", "uv sync", "uv run",
}  # fmt: skip
_BLOCK = re.compile(r"^ *```(?:sh|console)?\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`]+)`")
_OURS = ("domain-desk", "make", "python -m")
_CRON = re.compile(r"^(?:[\d*/,-]+ ){5}")
_SETTING = re.compile(r"^[A-Z_]+=\S*$")


def lines_of(document: Path) -> list[str]:
    """Return the commands of a document: each line of a block of commands, and each of ours inside a sentence."""
    text = document.read_text()
    blocks = [line.strip() for block in _BLOCK.findall(text) for line in block.splitlines() if line.strip()]
    in_blocks = [line for line in blocks if re.match(r"[a-z0-9.\[UD]", line) and not line.startswith(("ordering/",))]
    prose = _BLOCK.sub("", text)
    inline = (" ".join(code.split()) for code in _INLINE.findall(prose))
    return in_blocks + [code for code in inline if _words(code) and code.startswith(_OURS)]


def _words(line: str) -> list[str]:
    """Return a command's words, without what a shell takes: a comment, settings before it, cron's five fields."""
    words = shlex.split(re.sub(r"\$\(.*?\)", "X", _CRON.sub("", line)), comments=True)
    while words and _SETTING.fullmatch(words[0]):
        words = words[1:]
    return words


def commands_of(line: str) -> list[list[str]]:
    """Return the commands of a line, which `&&` separates."""
    found: list[list[str]] = [[]]
    for word in _words(line):
        if word == "&&":
            found.append([])
        else:
            found[-1].append(word)
    return [command for command in found if command]


@cache
def targets() -> frozenset[str]:
    return frozenset(re.findall(r"^([\w./-]+|\$\(TOOLS\)/bin/uv):", (ROOT / "Makefile").read_text(), re.MULTILINE))


@cache
def help_of(module: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", module, "--help"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def fault_of(words: list[str]) -> str | None:
    """Return why a command would not run; None if it would."""
    name, rest = words[0].rpartition("/")[2], words[1:]
    match name:
        case "domain-desk":
            return _fault_of_ours(rest)
        case "make":
            unknown = [word for word in rest if "=" not in word and word.replace(".tools", "$(TOOLS)") not in targets()]
            return f"no target {unknown}" if unknown else None
        case "python" | "python3" if rest[:1] == ["-m"] and rest[1] == "bot":
            return _fault_of_ours(rest[2:])
        case "python" | "python3" if rest[:1] == ["-m"]:
            return _fault_of_module(rest[1], rest[2:])
        case "prek" | "pre-commit" | "pytest":
            return None
    known = name in OTHERS or " ".join([name, *rest[:1]]) in OTHERS
    return None if known else "neither ours nor in the list of others"


def _fault_of_ours(words: list[str]) -> str | None:
    command = typer.main.get_command(app)
    if not words or words[0].startswith("-"):
        return None if words in ([], ["--help"], ["--version"]) else "an unknown option"
    sub = getattr(command, "commands", {}).get(words[0])
    if sub is None:
        return f"no command {words[0]}"
    if not words[1:]:
        return None  # named in a sentence, without what it works on
    try:
        sub.make_context(words[0], list(words[1:])).close()
    except Exception as error:  # noqa: BLE001 - whatever the parser says is the fault
        return f"{type(error).__name__}: {error}"
    return None


def _fault_of_module(module: str, words: list[str]) -> str | None:
    if module == "pip":
        return None
    if find_spec(module) is None:
        return f"no module {module}"
    unknown = [word for word in words if word.startswith("--") and word.partition("=")[0] not in help_of(module)]
    return f"no option {unknown}" if unknown else None


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_command_is_one(document: Path):
    """Its name, its options and its arguments are accepted by what would run it."""
    faults = {
        line: fault
        for line in lines_of(document)
        for words in commands_of(line)
        if (fault := fault_of(words)) is not None
    }
    assert faults == {}


@pytest.mark.parametrize(
    "line",
    [
        "domain-desk bakcup FILE", "domain-desk backup", "domain-desk copy --into URL", "make sandbx",
        "python -m tools.bill_of_materials --sbmo FILE", "rm -rf /", "cd x && domain-desk verify --haed X",
    ],
)  # fmt: skip
def test_a_wrong_command_is_noticed(line: str):
    """A misspelt name, option or target, and a command that nobody listed."""
    if line == "domain-desk backup":
        assert fault_of(["domain-desk", "backup"]) is None  # a sentence may name it alone
        return
    assert [fault for words in commands_of(line) if (fault := fault_of(words))] != []


def test_each_command_of_ours_is_documented():
    """A new command has a row in the table of commands."""
    ours = set(getattr(typer.main.get_command(app), "commands", {}))
    rows = re.findall(r"^\| `domain-desk ([a-z]+)", (ROOT / "docs" / "operate.md").read_text(), re.MULTILINE)
    assert {*rows} == ours


def test_commands_without_keys_run(tmp_path: Path):
    """The first ones that an operator types, in an empty folder, as install.md and operate.md have them."""
    (tmp_path / ".env").write_text("DESK_APPROVERS=U0CLEO\n")
    (tmp_path / "backups").mkdir()
    script = Path(sys.executable).with_name("domain-desk")
    for words in (["rules"], ["migrate"], ["backup", "backups/desk-2026-11-28.db"], ["verify"], ["export"]):
        done = subprocess.run([script, *words], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
