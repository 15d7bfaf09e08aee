"""The scopes that the Slack app needs, from its manifest."""

from __future__ import annotations

import site
import sys
from functools import cache
from pathlib import Path

import yaml

_FILE = "manifest.yml"
_INSTALLED = Path("share") / "domain-desk"
# In a checkout, and where an installed package has it.
_FOLDERS = (Path(__file__).parents[2], Path(sys.prefix) / _INSTALLED, Path(site.getuserbase()) / _INSTALLED)


@cache
def scopes() -> frozenset[str] | None:
    """Return the bot token's scopes; None if the package was installed without its manifest."""
    file = next((path for folder in _FOLDERS if (path := folder / _FILE).exists()), None)
    if file is None:
        return None
    manifest = yaml.safe_load(file.read_text(encoding="utf-8"))
    return frozenset(manifest["oauth_config"]["scopes"]["bot"])
