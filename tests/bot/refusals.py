"""What a command as a process is refused with, and that it wrote nothing."""

import stat
from pathlib import Path
from subprocess import CompletedProcess

from tests.bot.commands import run
from tests.bot.faults import GOOD_PROCESS

HEADING = "Fix these settings first (.env.example explains each):"


def refused(cwd: Path, command: str = "run", **environment: str) -> list[str]:
    """The lines that a command of a whole set-up, but for this, ends with; it writes nothing."""
    before = contents(cwd)
    lines = unusable(run("-m", "bot", command, cwd=cwd, **GOOD_PROCESS | environment))
    assert contents(cwd) == before
    return lines


def unusable(done: CompletedProcess[str]) -> list[str]:
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.stderr.splitlines()


def contents(folder: Path) -> dict[str, tuple[int, bytes | None]]:
    """Each file's mode and bytes, the database's neighbours among them."""
    return {
        path.name: (stat.S_IMODE(path.stat().st_mode), path.read_bytes() if path.is_file() else None)
        for path in sorted(folder.iterdir())
    }


def fault(cwd: Path, command: str = "run", **environment: str) -> str:
    """The one fault among the settings."""
    heading, line = refused(cwd, command, **environment)
    assert heading == HEADING
    assert line.startswith("  ")
    return line.strip()


def sentence(cwd: Path, command: str = "run", **environment: str) -> str:
    """The one line on the database; `run` may log before it."""
    return refused(cwd, command, **environment)[-1]


def sentence_of(cwd: Path, command: str) -> str:
    """Like `sentence`, for a folder that holds what the test itself may not read."""
    return unusable(run("-m", "bot", command, cwd=cwd, **GOOD_PROCESS))[-1]
