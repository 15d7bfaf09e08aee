"""The link that makes the Slack app, with its manifest filled in."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import quote

import bot

_PAGE = "https://api.slack.com/apps?new_app=1&manifest_yaml="
# In a checkout, and where an installed package has it.
_PLACES = (Path(bot.__file__).parents[1], Path(sys.prefix) / "share" / "domain-desk")


def slack_app_page() -> str:
    """Return the page at Slack that creates the app from `manifest.yml`; the user chooses the workspace there."""
    file = next(found for place in _PLACES if (found := place / "manifest.yml").exists())
    lines = file.read_text("utf-8").splitlines(keepends=True)
    manifest = "".join(line for line in lines if not line.startswith("#"))
    return _PAGE + quote(manifest, safe="")
