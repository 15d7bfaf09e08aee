"""The names of other packages that we use beyond their promises are there, and upper bounds guard them."""

import http.client
import inspect
import re
import tomllib
from pathlib import Path
from typing import Any

import ovh
import pytest
import requests
from ovh import config
from ovh.client import OAUTH2_TOKEN_URLS
from requests.adapters import HTTPAdapter
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.http_retry.builtin_async_handlers import AsyncConnectionErrorRetryHandler
from urllib3.connection import HTTPConnection, HTTPSConnection, ProxyConfig
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import PoolManager

_ROOT = Path(__file__).parents[2]
_BOUNDED = {
    "aiohttp": "4",
    "anyio": "5",
    "ovh": "1.3",
    "requests": "3",
    "slack-bolt": "2",
    "slack-sdk": "4",
    "sqlalchemy": "2.2",
    "urllib3": "3",
}


@pytest.fixture
def opened() -> Any:
    return ovh.Client(
        endpoint="ovh-eu", application_key="fake", application_secret="fake", consumer_key="fake", timeout=(1, 1)
    )


@pytest.mark.parametrize(
    "name",
    [
        "_application_key", "_application_secret", "_client_id", "_client_secret", "_consumer_key", "_endpoint",
        "_oauth2", "_session", "_time_delta",
    ],
)  # fmt: skip
def test_the_ovh_client_has_the_names_of_the_session(opened: Any, name: str):
    """registrars/ovh/api/session.py reads the opened client's keys, endpoint, clock, token and connections."""
    assert name in vars(opened)


def test_the_ovh_client_uses_what_the_session_sets(opened: Any):
    """The client calls and signs with the endpoint and the clock that registrars/ovh/api/session.py sets."""
    source = inspect.getsource(ovh.Client)
    assert "self._endpoint" in source
    assert "self._time_delta" in inspect.getsource(type(opened).time_delta.fget)
    assert isinstance(vars(opened)["_session"], requests.Session)
    assert list(inspect.signature(opened.raw_call).parameters) == ["method", "path", "data", "need_auth", "headers"]


def test_the_token_services_are_known_by_region():
    """registrars/ovh/api/session.py fetches its tokens there, with the package's client id and secret."""
    assert set(OAUTH2_TOKEN_URLS) == {"ovh-eu", "ovh-ca", "ovh-us"}


def test_connections_know_proxies_and_tunnels():
    """registrars/ovh/api/connection.py connects as urllib3's own pools do."""
    assert {"proxy", "proxy_config", "ca_certs", "ca_cert_dir", "socket_options"} <= set(
        inspect.signature(HTTPSConnection).parameters
    )
    assert "scheme" in inspect.signature(HTTPSConnection.set_tunnel).parameters
    assert ProxyConfig._fields == ("ssl_context", "use_forwarding_for_https", "assert_hostname", "assert_fingerprint")


def test_the_files_of_ovh_are_where_tests_replace_them():
    """python-ovh reads its ovh.conf from this list."""
    assert isinstance(config.CONFIG_PATH, list)


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (HTTPAdapter, "init_poolmanager"),
        (HTTPAdapter, "proxy_manager_for"),
        (HTTPConnectionPool, "ConnectionCls"),
        (HTTPSConnectionPool, "ConnectionCls"),
        (HTTPConnection, "response_class"),
        (HTTPConnection, "connect"),
    ],
)
def test_connections_can_be_replaced(owner: type, name: str):
    """registrars/ovh/api/gil_throttle.py puts its own connections and answers in."""
    assert hasattr(owner, name)


def test_pools_and_streams_are_where_the_floor_replaces_them():
    """registrars/ovh/api/gil_throttle.py sets the classes of the pools, and wraps the stream of an answer."""
    assert set(PoolManager().pool_classes_by_scheme) == {"http", "https"}
    assert "self.fp = sock.makefile" in inspect.getsource(http.client.HTTPResponse.__init__)


def test_retries_can_be_narrowed():
    """bot/slack_client.py overrides the rule of the retry handler."""
    parameters = inspect.signature(vars(AsyncConnectionErrorRetryHandler)["_can_retry_async"]).parameters
    assert set(parameters) == {"self", "state", "request", "response", "error"}


def test_the_socket_shows_its_client():
    """bot/app.py asks the socket's client whether it is connected, and closes it."""
    assert "client" in AsyncSocketModeHandler.__annotations__
    assert inspect.iscoroutinefunction(AsyncSocketModeHandler.close_async)


@pytest.mark.parametrize(("package", "bound"), _BOUNDED.items())
def test_packages_have_upper_bounds(package: str, bound: str):
    """A version that may change these names is not installed by itself."""
    wanted = tomllib.loads((_ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert [entry.partition("<")[2] for entry in wanted if re.match(rf"{package}\b", entry)] == [bound]
