"""The bot's commands as processes, without a setting of this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import IO

_OURS = ("SLACK_", "OVH_", "DESK_", "DATABASE_URL", "HOST", "PORT", "LOG_")
_SECONDS = 60  # until a command that hangs is killed


def run(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python with these arguments to its end, without root's privilege."""
    return _run([*without_privilege(), sys.executable, *arguments], cwd, environment)


def run_privileged(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run it as the user of the tests, root or not: their PostgreSQL belongs to another user."""
    return _run([sys.executable, *arguments], cwd, environment)


def _run(command: list[str], cwd: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=cwd,
        env=inherited() | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
    )


def begin(*arguments: str, cwd: Path, stdin: bool = False, **environment: str) -> subprocess.Popen[str]:
    """Start Python with these arguments; use it as a context."""
    return subprocess.Popen(
        [*without_privilege(), sys.executable, *arguments],
        cwd=cwd,
        env=inherited() | environment,
        stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def without_privilege() -> list[str]:
    """Root writes whatever it likes: its capabilities are dropped, so that modes of files count in tests."""
    return ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []


def inherited() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}


def stdout(process: subprocess.Popen[str]) -> IO[str]:
    assert process.stdout is not None
    return process.stdout


def stderr(process: subprocess.Popen[str]) -> IO[str]:
    assert process.stderr is not None
    return process.stderr
