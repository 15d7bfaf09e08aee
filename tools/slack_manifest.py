"""Print `manifest.yml` as JSON, for the Slack CLI (`.slack/hooks.json`), which reads no YAML."""

from __future__ import annotations

import json
from pathlib import Path

import yaml

_MANIFEST = Path(__file__).parents[1] / "manifest.yml"


def manifest() -> str:
    """Return the manifest as JSON."""
    return json.dumps(yaml.safe_load(_MANIFEST.read_text("utf-8")))


if __name__ == "__main__":
    print(manifest())
