"""The image's health check: exit code 0 if /livez answers, else 1 with one line."""

from __future__ import annotations

import os
import sys
from http.client import HTTPException
from urllib.request import urlopen

_SECONDS = 4


def main() -> int:
    """Ask this container's own bot; the ports are read as the bot reads them."""
    page = f"http://127.0.0.1:{_port()}/livez"
    try:
        with urlopen(page, timeout=_SECONDS):
            return 0
    except (OSError, HTTPException) as error:
        print(f"{page}: {error}")
        return 1


def _port() -> str:
    own = os.environ.get("DESK_OPS_PORT", "").strip()
    if own and own.lower() != "none":
        return own
    return os.environ.get("PORT", "").strip() or "3000"


if __name__ == "__main__":
    sys.exit(main())
