"""Read packaging/Dockerfile, and do the steps of its build stage in a folder instead of in a container."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "packaging" / "Dockerfile"
PLACES = ("/opt/domain-desk", "/src")  # absolute paths of the image


@dataclass(frozen=True)
class Step:
    """An instruction, such as ``RUN``, and what follows it."""

    name: str
    text: str


def stages() -> dict[str, list[Step]]:
    """Return the steps of each stage by its name; the last stage has none."""
    joined = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", DOCKERFILE.read_text(), flags=re.MULTILINE))
    found: dict[str, list[Step]] = {}
    for line in filter(None, map(str.strip, joined.splitlines())):
        name, _, text = line.partition(" ")
        if name == "FROM":
            stage = found.setdefault(text.partition(" AS ")[2], [])
        else:
            stage.append(Step(name, text.strip()))
    return found


def uv() -> str:
    """Return uv's path; skips the test where the tests were not started by uv and there is none."""
    found = os.environ.get("UV") or shutil.which("uv") or str(ROOT / ".tools" / "bin" / "uv")
    if not Path(found).exists():
        pytest.skip("the image's steps need uv: run `make test`")
    return found


def build(folder: Path) -> Path:
    """Do the build stage's steps below an empty folder; return where the image's /opt/domain-desk is."""
    place, environment, tools = folder, _environment(folder), folder / "bin"
    tools.mkdir()
    (tools / "uv").symlink_to(uv())
    for step in stages()["build"]:
        match step.name:
            case "ENV":
                environment |= dict(each.split("=", 1) for each in _moved(step.text, folder).split())
            case "WORKDIR":
                place = Path(_moved(step.text, folder))
                place.mkdir(parents=True)
            case "COPY" if not step.text.startswith("--from=uv "):
                *sources, target = _moved(step.text, folder).split()
                for source in sources:
                    _copy(ROOT / source, place / target)
            case "RUN":
                command = ["sh", "-euc", _moved(step.text, folder)]
                done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
                assert done.returncode == 0, f"{step.text}\n{done.stderr}"
    return folder / "opt" / "domain-desk"


def _environment(folder: Path) -> dict[str, str]:
    """Return what a fresh container has, and uv's cache, from which it installs without a network."""
    kept = {name: value for name, value in os.environ.items() if name in {"HOME", "UV_CACHE_DIR", "XDG_CACHE_HOME"}}
    return kept | {"PATH": f"{folder / 'bin'}:/usr/bin:/bin", "UV_OFFLINE": "1", "UV_PYTHON": sys.executable}


def _moved(text: str, folder: Path) -> str:
    for place in PLACES:
        text = text.replace(place, f"{folder}{place}")
    return text


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)
