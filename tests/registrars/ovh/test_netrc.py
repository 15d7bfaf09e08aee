"""A ~/.netrc of the operator's is for other programs: none of it reaches OVH, and it replaces no key."""

import asyncio
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from ovh.client import OAUTH2_TOKEN_URLS

from registrars.ovh.api.client import Client
from registrars.ovh.throttling.scheduler import Priority
from sandbox.ovh.tokens import TOKEN_PATH

NETRCS = {
    "default": "default login obviousfake password obviousfake\n",
    "host": "machine 127.0.0.1 login obviousfake password obviousfake\n",
    "host_and_default": "machine 127.0.0.1 login a password a\ndefault login b password b\n",
    "no_password": "default login obviousfake\n",
}


@pytest.fixture(params=["application", "service"])
def keyed(request, ovh, ovh_config, monkeypatch):
    """Both kinds of key: an application key that signs, and a service account with a Bearer token."""
    if request.param == "application":
        return ovh_config
    parts = urlsplit(ovh.base)
    monkeypatch.setitem(OAUTH2_TOKEN_URLS, "ovh-eu", f"{parts.scheme}://{parts.netloc}{TOKEN_PATH}")
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # loopback only
    keys = ovh.credentials
    without = dict.fromkeys(("application_key", "application_secret", "consumer_key"))
    return replace(ovh_config, **without, client_id=keys.client_id, client_secret=keys.client_secret)


@pytest.mark.parametrize("place", ["NETRC", "home", "home_underscore"])
@pytest.mark.parametrize("text", NETRCS.values(), ids=NETRCS)
async def test_netrc_is_not_sent_to_ovh(keyed, ovh, monkeypatch, tmp_path, text, place):
    """Reads, builds and downloads carry the bot's own keys, whatever stands in ~/.netrc."""
    file = tmp_path / {"NETRC": "elsewhere", "home": ".netrc", "home_underscore": "_netrc"}[place]
    file.write_text(text)
    file.chmod(0o600)
    monkeypatch.delenv("NETRC", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    if place == "NETRC":
        monkeypatch.setenv("NETRC", str(file))

    def use() -> None:
        client = Client(keyed)
        try:
            client.clock_ahead()
            assert client.ask("/me", priority=Priority.PEOPLE)["nichandle"]
            client.build("POST", "/order/cart", {"ovhSubsidiary": "FR"}, priority=Priority.MONEY)
        finally:
            client.close()

    await asyncio.to_thread(use)
    own = {None} if keyed.client_id is None else {None, f"Bearer {ovh.credentials.token}"}
    assert {call.authorization for call in ovh.calls} <= own
    assert {call.path for call in ovh.calls} >= {"/auth/time", "/me", "/order/cart"}
    assert {call.status for call in ovh.calls} == {200}


def test_a_proxy_of_the_environment_is_still_used(stub, monkeypatch):
    """Only ~/.netrc is shut out: the calls go by HTTP_PROXY as before."""
    for other in ("NO_PROXY", "no_proxy", "http_proxy"):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv("HTTP_PROXY", stub.address)
    stub.says(200, b'{"nichandle": "fake"}')
    client = stub.client(api_url="http://127.0.0.1:9/1.0")
    assert client.ask("/me", priority=Priority.PEOPLE) == {"nichandle": "fake"}
    assert stub.calls == [("GET", "http://127.0.0.1:9/1.0/me")]
