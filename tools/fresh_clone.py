"""Run the README's commands as on a machine that has just cloned the repository.

    python3 tools/fresh_clone.py [COMMAND ...]       (default: "make check" "make test")

It clones the committed state into an empty folder, checks that `make sandbox` answers and ends, then runs the commands.
Caches are empty, and the PATH has no browser, no node and no uv. The machine's settings for package indexes stay.
At the end `git status` must show nothing. It needs Python, make and git only, and works in a shallow clone and without
a branch.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[1]
COMMANDS = ("make check", "make test")
HIDDEN = re.compile(
    r"(chrom(e|ium)|google-chrome|microsoft-edge|headless.shell|firefox|playwright)|^(node|nodejs|npm|npx|corepack|uvx?)$"
)
# Variables that the calling shell may have set for its own work.
_DROPPED = {
    "CHROMIUM",
    "UV",
    "VIRTUAL_ENV",
    "PYTHONPATH",
    "PYTHONHOME",
    "MAKEFLAGS",
    "MAKELEVEL",
    "MFLAGS",
    "MAKEOVERRIDES",
}
_CACHES = {
    "XDG_CACHE_HOME": "cache",
    "XDG_DATA_HOME": "data",
    "XDG_STATE_HOME": "state",
    "UV_CACHE_DIR": "cache/uv",
    "UV_TOOL_DIR": "data/uv-tools",
    "UV_PROJECT_ENVIRONMENT": "",  # unset: the clone's own
    "PIP_CACHE_DIR": "cache/pip",
    "NPM_CONFIG_CACHE": "cache/npm",
    "PLAYWRIGHT_BROWSERS_PATH": "cache/playwright",
}
# Settings for package indexes in the home folder; they say where packages come from, and hold none.
_KEPT = (".npmrc", ".netrc", ".pip", ".config/pip", ".config/uv", "Library/Application Support/pip")
_SANDBOX_SECONDS = 900.0  # it installs everything first
_END_SECONDS = 20.0


class FreshCloneError(Exception):
    """A command of the README does not do what it says."""


def clean_environment(machine: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Return the environment of a machine that has run nothing yet, with its files under `folder`."""
    caches = {name.upper() for name in _CACHES}
    kept = {name: value for name, value in machine.items() if name not in _DROPPED and name.upper() not in caches}
    home = folder / "home"
    home.mkdir(parents=True)
    if "HOME" in machine:
        for name in _KEPT:
            there = Path(machine["HOME"], name)
            if there.exists():
                (home / name).parent.mkdir(parents=True, exist_ok=True)
                (home / name).symlink_to(there)
    path = os.pathsep.join(_without_hidden(machine.get("PATH", os.defpath), folder / "bin"))
    fresh = {name: str(folder / place) for name, place in _CACHES.items() if place}
    return kept | fresh | {"HOME": str(home), "PATH": path}


def _without_hidden(path: str, folder: Path) -> Iterator[str]:
    """Yield the PATH's folders; one that holds a hidden program is replaced by links to its other programs."""
    for number, name in enumerate(path.split(os.pathsep)):
        place = Path(name or ".")
        programs = sorted(place.iterdir()) if place.is_dir() else []
        if not any(HIDDEN.search(each.name) for each in programs):
            yield name
            continue
        links = folder / str(number)
        links.mkdir(parents=True)
        for each in programs:
            if not HIDDEN.search(each.name):
                (links / each.name).symlink_to(each.absolute())
        yield str(links)


def clone(source: Path, target: Path) -> None:
    """Clone what HEAD of the source holds, whether a branch or not, also from a shallow clone."""
    target.mkdir(parents=True)
    for call in (
        ["init", "--quiet"],
        ["fetch", "--quiet", "--depth", "1", source.absolute().as_uri(), "HEAD"],
        ["-c", "advice.detachedHead=false", "checkout", "--quiet", "FETCH_HEAD"],
    ):
        _git(call, target)


def check_clean(folder: Path) -> None:
    """Raise FreshCloneError where the commands left files that git neither knows nor ignores, or changed some."""
    if left := _git(["status", "--porcelain"], folder).rstrip():
        raise FreshCloneError(f"The commands changed the working folder:\n{left}")


def _git(arguments: Sequence[str], folder: Path) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise FreshCloneError(f"git {arguments[0]} failed: {done.stderr.strip()}")
    return done.stdout


def try_sandbox(folder: Path, environment: Mapping[str, str]) -> str:
    """Start `make sandbox`, return the address that it printed and that answered 200; end it by its pid.

    Raises FreshCloneError where it does not answer, or does not end within 20 s of SIGTERM.
    """
    process = subprocess.Popen(
        ["make", "sandbox"],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    too_long = threading.Timer(_SANDBOX_SECONDS, _kill_group, [process.pid])
    too_long.start()
    try:
        address = _address(process)
        status = _status(address)
        if status != HTTPStatus.OK:
            raise FreshCloneError(f"make sandbox: {address} answered {status or 'nothing'}")
        process.terminate()
        process.communicate(timeout=_END_SECONDS)
        _gone(address)
    except subprocess.TimeoutExpired as error:
        raise FreshCloneError(f"make sandbox did not end within {_END_SECONDS:g} seconds of SIGTERM") from error
    finally:
        too_long.cancel()
        _kill_group(process.pid)
        process.communicate()
    return address


def _address(process: subprocess.Popen[str]) -> str:
    """Return the address that `make sandbox` prints, which the README says to open."""
    for line in process.stdout or []:
        print(line, end="", flush=True)
        if found := re.search(r"Open (http://\S+) in a browser", line):
            return found[1]
    raise FreshCloneError("make sandbox ended, or took too long, before it printed its address")


def _gone(address: str) -> None:
    """Check that nothing answers any more: what the sandbox started has ended, too."""
    deadline = time.monotonic() + _END_SECONDS
    while time.monotonic() < deadline:
        if _status(address) is None:
            return
        time.sleep(0.2)
    raise FreshCloneError(f"make sandbox ended, and {address} still answers")


def _status(address: str) -> int | None:
    """Return the status of a GET without proxies; None where nothing answers."""
    host = urlsplit(address).netloc
    connection = http.client.HTTPConnection(host, timeout=10)
    try:
        connection.request("GET", urlsplit(address).path or "/")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # all of it has ended
        os.killpg(pid, signal.SIGKILL)


def run(commands: Sequence[str], source: Path, folder: Path) -> int:
    """Clone into the folder, try the sandbox and run the commands; return the first exit code other than 0."""
    target = folder / "domain desk"  # with a space, as in many people's folders
    clone(source, target)
    environment = clean_environment(os.environ, folder)
    began = time.monotonic()
    print("$ make sandbox", flush=True)
    address = try_sandbox(target, environment)
    print(f"{address} answered 200, and ended on SIGTERM ({time.monotonic() - began:.0f} s)", flush=True)
    for command in commands:
        began = time.monotonic()
        print(f"$ {command}", flush=True)
        done = subprocess.run(shlex.split(command), cwd=target, env=environment, stdin=subprocess.DEVNULL, check=False)
        print(f"{command}: exit code {done.returncode} ({time.monotonic() - began:.0f} s)", flush=True)
        if done.returncode:
            return done.returncode
    check_clean(target)
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Run it in a folder that is removed afterwards; return the exit code."""
    parser = argparse.ArgumentParser(description="Run the README's commands in a fresh clone, with empty caches.")
    parser.add_argument("commands", nargs="*", metavar="COMMAND", help=f"default: {', '.join(COMMANDS)}")
    parser.add_argument("--source", type=Path, default=ROOT, help="the repository to clone (default: this one)")
    parser.add_argument("--keep", action="store_true", help="do not remove the folder")
    given = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="fresh-clone-"))
    try:
        return run(given.commands or COMMANDS, given.source, folder)
    except FreshCloneError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        if given.keep:
            print(f"Kept: {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
