"""The script that runs the README's commands in a fresh clone."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tools.fresh_clone import FreshCloneError, clean_environment, clone, main, try_sandbox

GIT = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "init.defaultBranch=main"]
# A sandbox of a few lines: it prints its address as the real one does.
SERVER = """
import http.server, signal, sys
server = http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
{more}
print(f"Open http://127.0.0.1:{{server.server_port}}{path} in a browser. Ctrl-C stops it.", flush=True)
server.serve_forever()
"""


def git(*arguments: str, folder: Path) -> None:
    subprocess.run([*GIT, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository of two commits whose sandbox answers."""
    place = tmp_path / "origin"
    place.mkdir()
    git("init", folder=place)
    (place / "server.py").write_text(SERVER.format(more="", path="/"))
    (place / "Makefile").write_text(f"sandbox:\n\t'{sys.executable}' server.py\n\ntest:\n\t@test -e good\n")
    for number in (1, 2):
        (place / "number").write_text(str(number))
        git("add", "-A", folder=place)
        git("commit", "-m", f"number {number}", folder=place)
    return place


def programs(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)
    return folder


def test_the_path_loses_browsers_node_and_uv_only(tmp_path):
    """A folder with one of them keeps its other programs; other folders stay as they are."""
    mixed = programs(
        tmp_path / "mixed", "chromium", "chromium-browser", "google-chrome-stable", "microsoft-edge", "node", "npm",
        "npx", "uv", "uvx", "python3", "make", "uvicorn", "nodeenv",
    )  # fmt: skip
    plain = programs(tmp_path / "plain", "git")
    machine = {"PATH": f"{mixed}{os.pathsep}{plain}{os.pathsep}{tmp_path / 'none'}"}
    path = clean_environment(machine, tmp_path / "fresh")["PATH"].split(os.pathsep)
    assert sorted(each.name for each in Path(path[0]).iterdir()) == ["make", "nodeenv", "python3", "uvicorn"]
    assert path[1:] == [str(plain), str(tmp_path / "none")]


def test_caches_are_empty_and_indexes_stay(tmp_path):
    """Where packages come from is the machine's business; what it has fetched does not count."""
    home = tmp_path / "home"
    (home / ".config" / "pip").mkdir(parents=True)
    (home / ".config" / "pip" / "pip.conf").write_text("[global]")
    (home / ".npmrc").write_text("fund=false")
    (home / ".cache").mkdir()
    machine = {
        "HOME": str(home), "PIP_INDEX_URL": "https://index.example/simple", "UV_INDEX": "a=https://index.example",
        "npm_config_cache": "/old", "UV_CACHE_DIR": "/old", "CHROMIUM": "/old", "VIRTUAL_ENV": "/old",
        "MAKEFLAGS": "n", "UV_PROJECT_ENVIRONMENT": "/old", "PLAYWRIGHT_BROWSERS_PATH": "/old",
        "TZ": "Pacific/Auckland",
    }  # fmt: skip
    fresh = clean_environment(machine, tmp_path / "fresh")
    assert "/old" not in fresh.values()
    assert not {"CHROMIUM", "VIRTUAL_ENV", "MAKEFLAGS", "UV_PROJECT_ENVIRONMENT"} & set(fresh)
    assert {name: fresh[name] for name in ("PIP_INDEX_URL", "UV_INDEX", "TZ")} == {
        name: machine[name] for name in ("PIP_INDEX_URL", "UV_INDEX", "TZ")
    }
    new = Path(fresh["HOME"])
    assert (new / ".npmrc").read_text() == "fund=false"
    assert (new / ".config" / "pip" / "pip.conf").read_text() == "[global]"
    assert not (new / ".cache").exists()


@pytest.mark.parametrize("state", ["branch", "detached", "shallow", "dirty", "blank", "worktree"])
def test_clones_what_is_committed(state, repository, tmp_path):
    """As CI leaves it: on a branch or not, shallow or not, with or without uncommitted changes."""
    source, wanted = repository, "2"
    if state == "detached":
        git("checkout", "HEAD~1", folder=repository)
        wanted = "1"
    elif state == "shallow":
        source = tmp_path / "shallow"
        git("clone", "--depth", "1", repository.as_uri(), str(source), folder=tmp_path)
    elif state == "dirty":
        (repository / "number").write_text("3")
    elif state == "blank":
        source = repository.rename(tmp_path / "my origin, 100%")
    elif state == "worktree":
        source = tmp_path / "tree"
        git("worktree", "add", str(source), "HEAD~1", folder=repository)
        wanted = "1"
    clone(source, tmp_path / "a clone")
    assert (tmp_path / "a clone" / "number").read_text() == wanted


def test_reports_a_folder_that_is_no_repository(tmp_path):
    """Git's own words, without a traceback."""
    with pytest.raises(FreshCloneError, match="git fetch failed"):
        clone(tmp_path, tmp_path / "clone")


def test_a_sandbox_that_answers_is_ended(repository):
    """Its address comes back, and nothing listens there any more."""
    address = try_sandbox(repository, os.environ)
    port = int(address.rstrip("/").rpartition(":")[2])
    with socket.socket() as other:
        assert other.connect_ex(("127.0.0.1", port)) != 0


@pytest.mark.parametrize(
    ("server", "fault"),
    [
        ("print('no')", "before it printed its address"),
        (SERVER.format(more="", path="/missing"), "answered 404"),
        (SERVER.format(more="server.server_close()", path="/"), "answered nothing"),
        (SERVER.format(more="signal.signal(signal.SIGTERM, signal.SIG_IGN)", path="/"), "did not end within"),
    ],
)
def test_reports_a_sandbox_that_fails(server, fault, repository, monkeypatch):
    """No address, another status, no answer, no end."""
    monkeypatch.setattr("tools.fresh_clone._END_SECONDS", 1.0)
    (repository / "server.py").write_text(server)
    with pytest.raises(FreshCloneError, match=fault):
        try_sandbox(repository, os.environ)


def test_the_exit_code_is_that_of_the_first_red_command(repository, capfd):
    """Green commands go on, a red one ends it."""
    assert main(["make sandbox -n", "--source", str(repository)]) == 0
    assert main(["make test", "make never", "--source", str(repository)]) == 2
    said = capfd.readouterr().out
    assert "answered 200" in said
    assert "make test: exit code 2" in said
    assert "never" not in said


@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        ("mkdir fonts-cache; touch fonts-cache/a", "?? fonts-cache/"),
        ("touch new", "?? new"),
        ("echo 3 > number", " M number"),
        ("rm number", " D number"),
        ("touch kept.db", None),
        ("true", None),
    ],
)
def test_commands_that_litter_are_told(command, complaint, repository, capfd):
    """A new, changed or deleted file fails the run though all commands are green; an ignored one does not."""
    (repository / ".gitignore").write_text("*.db\n")
    makefile = repository / "Makefile"
    makefile.write_text(f"{makefile.read_text()}\nlitter:\n\t@{command}\n")
    git("add", "-A", folder=repository)
    git("commit", "-m", "litter", folder=repository)
    assert main(["make litter", "--source", str(repository)]) == (1 if complaint else 0)
    assert (complaint or "") in capfd.readouterr().err
