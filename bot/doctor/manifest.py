"""The scopes that the Slack app needs, from its manifest."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import yaml

_NAME = "manifest.yml"
# In a checkout, and where an installed package has it.
_FOLDERS = (Path(__file__).parents[2], Path(sys.prefix) / "share" / "domain-desk")


@cache
def scopes() -> frozenset[str]:
    """Return the bot token's scopes."""
    file = next(path for folder in _FOLDERS if (path := folder / _NAME).exists())
    manifest = yaml.safe_load(file.read_text(encoding="utf-8"))
    return frozenset(manifest["oauth_config"]["scopes"]["bot"])
