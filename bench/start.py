"""Table 6: from the start of the process to ready, against the time its libraries take to import, and memory."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.table import Table
from sandbox.bot_process import BotProcess
from sandbox.stage import Stage

_LIBRARIES = (
    "slack_bolt.async_app, slack_bolt.adapter.socket_mode.aiohttp, sqlmodel, ovh, structlog, pydantic, "
    "typer, alembic.command, stamina, idna, cachetools, phonenumbers"
)


def figures(*, quick: bool) -> Table:
    table = Table("6. Cold start and memory", ["what", "s", "MB"])
    rounds = 3 if quick else 7
    imports = min(_import() for _ in range(rounds))  # whatever else the machine does only adds
    starts, memory = asyncio.run(_starts(rounds))
    table.add("importing the libraries alone", imports, "")
    table.add("process start to ready, with a database to make", starts[0], "")
    table.add("process start to ready", min(starts[1:]), memory)
    return table


def _import() -> float:
    begun = time.monotonic()
    subprocess.run([sys.executable, "-c", f"import {_LIBRARIES}"], check=True)
    return time.monotonic() - begun


async def _starts(rounds: int) -> tuple[list[float], str]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        stage = Stage(Path(folder))
        await stage.open()
        try:
            spent, memory = [], ""
            for _ in range(rounds + 1):
                bot = BotProcess(stage.environment, folder=stage.folder, log=stage.log, port=stage.port)
                begun = time.monotonic()
                await bot.start()
                spent.append(time.monotonic() - begun)
                memory = _memory(bot.pid)
                await bot.stop()
            return spent, memory
        finally:
            await stage.close()


def _memory(pid: int) -> str:
    """Resident megabytes, where the system tells."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    resident = next((line.split()[1] for line in lines if line.startswith("VmRSS")), None)
    return f"{int(resident) / 1024:.0f}" if resident else "?"
