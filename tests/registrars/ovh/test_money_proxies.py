"""A call that buys or pays is tunnelled through the proxy of the environment, and never through one to this machine."""

import socket

import pytest

from ordering.model.errors import RegistrarUnavailable
from registrars.ovh import OvhConfig
from registrars.ovh.api.session import check
from tests.registrars.ovh import peer as peers
from tests.registrars.ovh.money import PAY, send
from tests.registrars.ovh.peer import answers, listening

HOST = "api.ovh.test"
pytestmark = pytest.mark.usefixtures("clean_environment")


@pytest.fixture
def hosts(monkeypatch):
    """Names that end in .test lead to this machine, which none of them is called."""
    resolve = socket.getaddrinfo

    def resolved(host, *args, **kwargs):
        return resolve("127.0.0.1" if str(host).endswith(".test") else host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", resolved)


@pytest.mark.parametrize("proxy_tls", [False, True])
@pytest.mark.usefixtures("hosts")
def test_a_proxy_is_tunnelled_through(opened, certificate, monkeypatch, proxy_tls):
    """The proxy of the environment carries the call as a tunnel, and reads none of it."""
    with (
        listening(answers(), tls=certificate.server) as ovh,
        listening(peers.tunnels(("127.0.0.1", ovh.port)), tls=certificate.server if proxy_tls else None) as proxy,
    ):
        scheme = "https" if proxy_tls else "http"
        monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://user:word@proxy.test:{proxy.port}")
        assert send(opened(ovh, tls=True, host=HOST)) is None
        assert [line.rpartition(" ")[0] for line in proxy.lines] == [f"CONNECT {HOST}:{ovh.port}"]
        assert b"Proxy-Authorization: Basic dXNlcjp3b3Jk" in proxy.requests[0]
        assert ovh.lines == [f"POST /1.0{PAY} HTTP/1.1"]
        assert b"Proxy-Authorization" not in ovh.requests[0]


@pytest.mark.usefixtures("hosts")
def test_a_proxy_that_refuses_means_no_intent(opened, certificate, monkeypatch):
    with listening(answers(), tls=certificate.server) as ovh, listening(peers.tunnels(("", 0), refuses=True)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://proxy.test:{proxy.port}")
        with pytest.raises(RegistrarUnavailable), opened(ovh, tls=True, host=HOST).money_call(PAY, {}):
            pytest.fail("the caller could commit an intent")
        assert ovh.connections == 0


@pytest.mark.usefixtures("hosts")
def test_no_proxy_is_respected(opened, certificate, monkeypatch):
    with listening(answers(), tls=certificate.server) as ovh:
        monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:9")
        monkeypatch.setenv("NO_PROXY", HOST)
        assert send(opened(ovh, tls=True, host=HOST)) is None


@pytest.mark.parametrize("tls", [False, True])
def test_this_machine_is_reached_without_a_proxy(opened, certificate, monkeypatch, tls):
    with listening(answers(), tls=certificate.server if tls else None) as peer:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
        assert send(opened(peer, tls=tls)) is None


def test_a_socks_proxy_is_refused_at_the_start(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "socks5://proxy.test:1080")
    with pytest.raises(ValueError, match="HTTPS_PROXY or ALL_PROXY: a proxy of kind socks5"):
        check(OvhConfig(application_key="fake", application_secret="fake", consumer_key="fake"))
