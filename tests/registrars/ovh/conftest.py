"""The simulated OVH on the wire, and the gateway in front of it."""

from collections.abc import AsyncIterator, Iterator

import pytest

from registrars.ovh import Access, OvhGateway
from sandbox.ovh import OvhSimulator
from tests.registrars.ovh.stub import Stub


@pytest.fixture
async def ovh() -> AsyncIterator[OvhSimulator]:
    simulator = OvhSimulator()
    simulator.base = await simulator.start()  # type: ignore[attr-defined] # for the fixture below alone
    yield simulator
    await simulator.stop()


@pytest.fixture
def access(ovh):
    keys = ovh.credentials
    return Access(
        application_key=keys.application_key,
        application_secret=keys.application_secret,
        consumer_key=keys.consumer_key,
        api_url=ovh.base,
        requests_per_second=1000,
        burst=1000,
        read_timeout=1.0,
    )


@pytest.fixture
def gateway(access):
    opened = OvhGateway(access)
    yield opened
    opened.close()


@pytest.fixture
def stub() -> Iterator[Stub]:
    server = Stub()
    yield server
    server.close()
