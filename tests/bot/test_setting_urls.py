"""The address of an API is judged by its host, for tokens go there."""

import pytest

from bot.settings import read_settings
from tests.bot.faults import fault

pytestmark = pytest.mark.usefixtures("good")


@pytest.mark.parametrize("name", ["OVH_API_URL", "SLACK_API_URL"])
@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1.evil.example/",
        "http://localhost.evil.example/",
        "http://localhost@evil.example/",
        "http://127.0.0.1@evil.example/",
        "http://127.0.0.1:80@evil.example/",
        "http://[::1].evil.example/",
        "http://[::1]@evil.example/",
        "http://evil.example/?http://127.0.0.1",
        "http://evil.example#127.0.0.1",
        "http://127.0.0.1\\@evil.example/",
        "http://127.0.0.1%2eevil.example/",
        "http://0.0.0.0/",
        "http://127.1/",
        "http://2130706433/",
        "http://[::ffff:10.0.0.1]/",
        "http://slack.com/api/",
        "ftp://127.0.0.1/",
        "//127.0.0.1/",
        "127.0.0.1:8001",
        "https://",
        "https:///api",
        "http://127.0.0.1:port/",
        "http://127.0.0.1:99999/",
        "https://user:fakepass@slack.com/api/",
        "https://[::1",
        "file:///etc/passwd",
    ],
)
def test_a_url_is_judged_by_its_host(monkeypatch, name, url):
    """A prefix that looks like this machine leads elsewhere."""
    monkeypatch.setenv(name, url)
    assert fault().startswith(f"{name}=")
    assert "fakepass" not in fault()


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8001/1.0", "http://localhost:8001", "http://[::1]:8001/1.0", "HTTP://LOCALHOST/", "http://127.0.0.9/",
     "https://eu.api.ovh.com/1.0", "https://10.0.0.1/"],
)  # fmt: skip
def test_loopback_may_be_plain_http(monkeypatch, url):
    """For the sandbox and for tests."""
    monkeypatch.setenv("OVH_API_URL", url)
    assert read_settings().ovh_api_url == url
