"""The Slack CLI finds the manifest and the start of the bot by `.slack/hooks.json`."""

import json
import shlex
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
HOOKS = json.loads((ROOT / ".slack" / "hooks.json").read_text())["hooks"]


def test_the_manifest_hook_prints_the_manifest_as_json():
    """The CLI reads JSON alone, and all of what the command prints."""
    _, *arguments = shlex.split(HOOKS["get-manifest"])
    printed = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, check=True).stdout
    assert json.loads(printed) == yaml.safe_load((ROOT / "manifest.yml").read_text("utf-8"))


def test_the_start_hook_starts_the_bot():
    """With the environment that `make install` makes; the CLI sets both tokens."""
    python, option, module, command = shlex.split(HOOKS["start"])
    assert (python, option, command) == (".venv/bin/python", "-m", "run")
    assert find_spec(module) is not None
