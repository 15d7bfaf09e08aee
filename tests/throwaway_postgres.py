"""A PostgreSQL server for one session of tests: it ends within a second, however many databases it has.

A session makes up to a thousand databases of 400 files each. An orderly stop and the removal of their files took
minutes, in which nothing was tested.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from prove.postgres import open_postgres
from tests.databases import unsynced

_LONGEST = 20.0  # seconds until an immediate shutdown must be over
_LOOKED = 0.02  # seconds between two looks at it


@contextmanager
def throwaway_postgres() -> Iterator[str]:
    """Run a server on a Unix socket that does not wait for the disk; yield its address without a database.

    Its data are outside pytest's folder: root's server runs as another user, and each session of pytest that starts
    closes that folder to others again, also under a server that is running.
    """
    folder = Path(tempfile.mkdtemp(prefix="domain-desk-postgres-"))
    server = open_postgres(folder)
    try:
        unsynced(server.get_uri())
        yield server.get_uri()
    finally:
        _kill(int(server.get_pid() or 0))
        server.cleanup()
        remove_later(folder)


def _kill(pid: int) -> None:
    """Shut a server down immediately: it writes nothing, as nobody starts it again. Raises TimeoutError."""
    if not pid:
        return
    deadline = time.monotonic() + _LONGEST
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGQUIT)
        while time.monotonic() < deadline:
            time.sleep(_LOOKED)
            os.kill(pid, 0)
        raise TimeoutError(f"PostgreSQL, process {pid}, did not end within {_LONGEST:g} s")


def remove_later(folder: Path) -> None:
    """Move a folder out of the way, and let a process that nobody waits for remove it."""
    gone = folder.rename(folder.with_name(f"{folder.name}-gone"))
    if (nice := shutil.which("nice")) is None:
        shutil.rmtree(gone)
        return
    command = ["sh", "-c", '"$1" -n 19 rm -rf "$2" &', "sh", nice, str(gone)]
    quiet = subprocess.DEVNULL
    subprocess.run(command, check=True, start_new_session=True, stdin=quiet, stdout=quiet, stderr=quiet)
