"""Write a setting into `.env`, and leave everything else there as it is."""

from __future__ import annotations

from pathlib import Path

from dotenv import dotenv_values, set_key

_OWNER_ONLY = 0o600


def write_settings(file: Path, settings: dict[str, str]) -> None:
    """Set these settings in a file that only its owner may read; make it if there is none. Raises `OSError`.

    Each one is written where it stood, in any case of letters, else at the end. The file is replaced as a whole, so
    that no moment leaves a part of it.
    """
    is_new = not file.exists()
    spelt = {} if is_new else {key.upper(): key for key in dotenv_values(file)}
    if not is_new:
        file.chmod(_OWNER_ONLY)  # the copy that is written gets the same permissions
    for name, value in settings.items():
        set_key(file, spelt.get(name, name), value, quote_mode="auto", follow_symlinks=True)
    file.chmod(_OWNER_ONLY)
