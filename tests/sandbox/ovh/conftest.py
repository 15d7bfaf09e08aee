"""A simulated OVH and OVH's own client against it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import ovh
import pytest

from sandbox.ovh import OvhSimulator


@pytest.fixture
async def simulator() -> AsyncIterator[OvhSimulator]:
    started = OvhSimulator()
    started.base = await started.start()  # type: ignore[attr-defined] # for the fixture below alone
    yield started
    await started.stop()


@pytest.fixture
def client(simulator: Any) -> ovh.Client:
    keys = simulator.credentials
    opened = ovh.Client("ovh-eu", keys.application_key, keys.application_secret, keys.consumer_key, timeout=5)
    opened._endpoint = simulator.base  # noqa: SLF001 - the package accepts its own regions only
    return opened


@pytest.fixture
def call() -> Callable[..., Any]:
    """Run one of the client's blocking methods off the loop."""
    return asyncio.to_thread
