"""Which uv the Makefile takes, and how it fetches one."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PINNED = ".tools/bin/uv"
MAKE = shutil.which("make") or "make"


def make(*arguments: str, folder: Path = ROOT, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "UV"}}
    return subprocess.run(
        [MAKE, *arguments],
        cwd=folder,
        env=environment | more,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


@pytest.mark.parametrize(
    "said",
    [
        "echo uv 0.8.0",
        "echo 'uv 0.13.9 (x86_64-unknown-linux-gnu)'",
        "echo uv 1.0.0-rc.1",
        "echo uv 0.4.30",
        "echo 'pyenv: uv: command not found' >&2; exit 127",
        "exit 0",
    ],
)
def test_the_paths_uv_is_never_used(said, tmp_path):
    """Whatever uv is on the PATH, the pinned one runs, and nobody asks the other for its version."""
    (tmp_path / "uv").write_text(f"#!/bin/sh\ntouch '{tmp_path}/called'\n{said}\n")
    (tmp_path / "uv").chmod(0o755)
    planned = make("-n", "check", PATH=f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert planned.returncode == 0, planned.stderr
    assert planned.stdout.splitlines()[-1] == f"{PINNED} run --frozen deptry ."
    assert not (tmp_path / "called").exists()


@pytest.mark.parametrize(
    ("given", "taken"), [("uv", "uv"), ("/opt/other/uv", "/opt/other/uv"), ("", PINNED), (" ", PINNED)]
)
@pytest.mark.parametrize("how", ["argument", "environment"])
def test_uv_is_chosen_by_its_setting_alone(given, taken, how):
    """`make check UV=uv` and a UV of the environment choose another uv; an empty one chooses none."""
    planned = make("-n", "check", f"UV={given}") if how == "argument" else make("-n", "check", UV=given)
    assert planned.returncode == 0, planned.stderr
    assert planned.stdout.splitlines()[-1] == f"{taken} run --frozen deptry ."


def test_a_clone_without_uv_fetches_the_pinned_one(tmp_path):
    """The plan for a clone names the file with the hashes, before anything uses uv."""
    for name in ("Makefile", "pyproject.toml", "uv.lock"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "uv-requirements.txt", tmp_path / "tools")
    (tmp_path / "bin").mkdir()
    for name in ("sh", "grep", "make"):
        (tmp_path / "bin" / name).symlink_to(str(shutil.which(name)))
    planned = make("-n", "install", folder=tmp_path, PATH=str(tmp_path / "bin")).stdout.splitlines()
    fetching = next(number for number, line in enumerate(planned) if "uv-requirements.txt" in line)
    assert "--require-hashes" in planned[fetching]
    assert not any(line.startswith(PINNED) for line in planned[:fetching])


def test_the_pin_is_one_version_with_hashes():
    """One requirement, exact, with the hashes of all its files."""
    text = (ROOT / "tools" / "uv-requirements.txt").read_text(encoding="utf-8")
    assert re.findall(r"^[a-z].*?(?= \\)", text, re.MULTILINE) == re.findall(r"^uv==\d+\.\d+\.\d+", text, re.MULTILINE)
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", text)) >= 15


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The Makefile, and a folder of packages that holds a small one called uv."""
    place = tmp_path / "a checkout"
    (place / "tools").mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", place)
    with zipfile.ZipFile(place / "uv-0.13.9-py3-none-any.whl", "w") as wheel:
        wheel.writestr("uv-0.13.9.data/scripts/uv", "#!/bin/sh\necho uv 0.13.9\n")
        wheel.writestr("uv-0.13.9.dist-info/METADATA", "Metadata-Version: 2.1\nName: uv\nVersion: 0.13.9\n")
        wheel.writestr(
            "uv-0.13.9.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: a\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr("uv-0.13.9.dist-info/RECORD", "")
    return place


def test_only_the_pinned_file_is_installed(checkout):
    """A file with another hash is refused and leaves nothing that looks installed; the right one follows."""
    (wheel,) = checkout.glob("*.whl")
    for digest in ("0" * 64, hashlib.sha256(wheel.read_bytes()).hexdigest()):
        (checkout / "tools" / "uv-requirements.txt").write_text(f"uv==0.13.9 --hash=sha256:{digest}\n")
        done = make(
            PINNED, f"PYTHON='{sys.executable}'", folder=checkout, PIP_NO_INDEX="1", PIP_FIND_LINKS=checkout.as_uri(),
            PIP_CONFIG_FILE=os.devnull,
        )  # fmt: skip
        refused = digest.startswith("000")
        assert (done.returncode != 0) is refused, done.stdout + done.stderr
        assert (checkout / PINNED).exists() is not refused
        assert ("DO NOT MATCH THE HASHES" in done.stderr) is refused
