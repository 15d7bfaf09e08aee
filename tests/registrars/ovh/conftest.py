"""The simulated OVH on the wire, and the gateway in front of it."""

import ssl
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest
import trustme

from registrars.ovh import OvhConfig, OvhGateway
from registrars.ovh.api.client import Client
from sandbox.ovh import OvhSimulator
from tests.registrars.ovh.peer import Peer
from tests.registrars.ovh.stub import Stub


@pytest.fixture
async def ovh() -> AsyncIterator[OvhSimulator]:
    simulator = OvhSimulator()
    simulator.base = await simulator.start()  # type: ignore[attr-defined] # for the fixture below alone
    yield simulator
    await simulator.stop()


@pytest.fixture
def ovh_config(ovh):
    keys = ovh.credentials
    return OvhConfig(
        application_key=keys.application_key,
        application_secret=keys.application_secret,
        consumer_key=keys.consumer_key,
        api_url=ovh.base,
        requests_per_second=1000,
        burst=1000,
        read_timeout=5.0,  # a busy machine may answer after more than a second; a lost answer costs another cart
    )


@pytest.fixture
def gateway(ovh_config):
    opened = OvhGateway(ovh_config)
    yield opened
    opened.close()


@pytest.fixture
def stub() -> Iterator[Stub]:
    server = Stub()
    yield server
    server.close()


@dataclass(frozen=True)
class Certificate:
    server: ssl.SSLContext
    authority: str


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "proxy.test", "api.ovh.test").configure_cert(server)
    file = tmp_path_factory.mktemp("tls") / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    return Certificate(server, str(file))


@pytest.fixture
def clean_environment(monkeypatch, certificate):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", certificate.authority)


@pytest.fixture
def opened():
    """Return a client of a peer; it is closed at the end of the test."""
    clients: list[Client] = []

    def client(peer: Peer, *, tls: bool = False, host: str = "127.0.0.1", **changes: object) -> Client:
        values: dict[str, object] = {
            "application_key": "fake-key",
            "application_secret": "fake-secret",
            "consumer_key": "fake-consumer",
            "api_url": f"{'https' if tls else 'http'}://{host}:{peer.port}/1.0",
            "requests_per_second": 1000.0,
            "burst": 1000,
            "connect_timeout": 1.0,
            "read_timeout": 0.6,
        }
        clients.append(Client(OvhConfig(**(values | changes))))  # type: ignore[arg-type] # plain values by name
        return clients[-1]

    yield client
    for each in clients:
        each.close()
