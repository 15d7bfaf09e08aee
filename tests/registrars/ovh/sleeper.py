"""A process that stops itself between its intent and the call that pays. Its argument is the port to call."""

import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path.cwd()))

from ordering.model.errors import RegistrarError
from registrars.ovh.api.client import Client
from registrars.ovh.api.config import OvhConfig

client = Client(
    OvhConfig(
        application_key="fake-key",
        application_secret="fake-secret",
        consumer_key="fake-consumer",
        api_url=f"http://127.0.0.1:{sys.argv[1]}/1.0",
    )
)
with client.money_call("/me/order/1/pay", {}) as call:
    intent = datetime.now(UTC)
    print("the intent is committed", flush=True)  # noqa: T201 - the test reads it
    os.kill(os.getpid(), signal.SIGSTOP)
    try:
        call.send(signed_at=intent, not_after=intent + timedelta(seconds=1))
    except RegistrarError as error:
        print(type(error).__name__, flush=True)  # noqa: T201 - as above
