"""Nothing of a secret's value, name or shape reaches the log."""

import json
import logging
import time
from typing import Any

import pytest
import structlog

from bot import logging as logs
from bot.logging import Redactor
from registrars.ovh.api.config import OvhConfig
from registrars.ovh.api.session import Session

KNOWN = "obviously-fake/consumer+key=="
FAKE = "OBVIOUSLYFAKE"


@pytest.mark.parametrize(
    "text",
    [
        "token=xoxb-123-obviouslyfake",
        "https://order.example/display-order?orderId=1&orderPassword=OBVIOUSLYFAKE",
        "postgresql+psycopg://desk:obviouslyfake@db/desk",
        f"the key is {KNOWN}",
        '{"password": "OBVIOUSLYFAKE"}',
        # of the findings
        "GET /login?user=desk&passwd=OBVIOUSLYFAKE&x=1",
        "https://www.example/cgi?ticket=OBVIOUSLYFAKE",
        "{'user': 'desk', 'password': 'OBVIOUSLYFAKE'}",
        "X-Ovh-Consumer: OBVIOUSLYFAKE",
        "Authorization: Bearer OBVIOUSLYFAKE",
        "grant_type=client_credentials&client_secret=OBVIOUSLYFAKE",
        # an address with a password
        "postgresql://desk:obviouslyfake@x@db/desk",
        "postgresql://desk:a/obviouslyfake/b@db/desk",
        "postgresql://desk:a@b/obviouslyfake@db:5432/desk",
        "https://obviouslyfake@example/x.git",
        "http://user:obviously%40fake@proxy:3128",
        # JSON and Python literals
        '{ "client_secret" : "OBVIOUSLYFAKE" }',
        '{"password":"a\\"OBVIOUSLYFAKE"}',
        '"{\\"consumerKey\\": \\"OBVIOUSLYFAKE\\"}"',
        '"{\\\\\\"token\\\\\\": \\\\\\"OBVIOUSLYFAKE\\\\\\"}"',
        "{b'authorization': b'Bearer OBVIOUSLYFAKE'}",
        "[('X-Ovh-Consumer', 'OBVIOUSLYFAKE'), ('Accept', '*/*')]",
        "[(b'X-Slack-Signature', b'v0=OBVIOUSLYFAKE')]",
        "Settings(ovh_application_secret='OBVIOUSLYFAKE', port=3000)",
        "{'access_token': \"OBVIOUSLYFAKE\"}",
        '{"password": "two words OBVIOUSLYFAKE", "n": 1}',
        # percent-encoded
        "next=%2Flogin%3Fpasswd%3DOBVIOUSLYFAKE%26x%3D1",
        "body=%7B%22password%22%3A%22OBVIOUSLYFAKE%22%7D",
        "the key is obviously-fake%2Fconsumer%2Bkey%3D%3D",
        # headers
        "Authorization: Basic OBVIOUSLYFAKE==",
        "authorization=bearer%20OBVIOUSLYFAKE",
        "X-Slack-Signature: v0=OBVIOUSLYFAKE",
        "X-Ovh-Signature: $1$OBVIOUSLYFAKE",
        "x-api-key: OBVIOUSLYFAKE",
        "Cookie: d=1; session=OBVIOUSLYFAKE",
        "Set-Cookie: a=OBVIOUSLYFAKE; Path=/",
        "sent with Bearer OBVIOUSLYFAKE today",
        # Slack
        "xoxe.xoxp-1-obviouslyfake",
        "xoxe-1-obviouslyfake",
        "xoxc-12-34-obviouslyfake",
        "xoxd-obviously%2Bfake%3D",
        "xapp-1-A0-obviouslyfake",
        "https://hooks.slack.com/services/T0/B0/obviouslyfake",
        "https://hooks.slack.com/commands/T0/1/obviouslyfake failed",
        "https:\\/\\/hooks.slack.com\\/actions\\/T0\\/1\\/obviouslyfake",
        "https%3A%2F%2Fhooks.slack.com%2Fservices%2FT0%2Fobviouslyfake",
        "token=obviouslyfake",
        "refresh_token: obviouslyfake",
        # over several lines
        "Traceback (most recent call last):\n  File 'x'\nValueError: password=\n  'OBVIOUSLYFAKE'",
        "-----BEGIN RSA PRIVATE KEY-----\nOBVIOUSLYFAKE\nOBVIOUSLYFAKE\n-----END RSA PRIVATE KEY-----",
        "eyJhbGciOiJub25lIn0.obviouslyfakeobviouslyfake.x",
    ],
)
def test_secrets_are_blanked(text: str):
    """The secret is gone, wherever it stands, and the log says that something was."""
    cleaned = Redactor([KNOWN]).clean(text)
    assert "obviously" not in cleaned.lower()
    assert "***" in cleaned


@pytest.mark.parametrize(
    "text",
    [
        "order 256900123 for name.ovh, short",
        "GET /1.0/me/order/256900123/status 200",
        "http://127.0.0.1:8001/1.0/order/cart",
        "sqlite:///desk.db",
        "No token was given, and the signature was right.",
        "U0ADA pressed Pay at C0DOMAINS: cart #12, €3.59",
        "passed 12 of 12; it passes: yes",
        "mail to ada@name.ovh",
    ],
)
def test_other_text_stays_as_it_is(text: str):
    """What is no secret stays readable."""
    assert Redactor(["short"]).clean(text) == text


def test_what_stands_next_to_a_secret_stays():
    """Only the value is blanked: its name and the text around it still say what was sent."""
    cleaned = Redactor().clean("POST /x?user=desk&passwd=OBVIOUSLYFAKE&orderId=7 'secret': 'OBVIOUSLYFAKE', 'n': 1")
    assert cleaned == "POST /x?user=desk&passwd=***&orderId=7 'secret': '***', 'n': 1"


def test_values_of_every_kind_are_cleaned():
    """Exceptions, bytes and nested values are cleaned, keys too, and numbers stay numbers."""
    event = Redactor([KNOWN])(
        None,
        "info",
        {
            "event": "x",
            "error": ValueError("xapp-1-fake"),
            "count": 3,
            "password": FAKE,
            "pin_token": 123456,
            "body": b"passwd=" + FAKE.encode(),
            "request": {"headers": [("X-Ovh-Consumer", FAKE)], "json": {"client_secret": FAKE, "n": 1}},
            "names": ("a.ovh", f"token={FAKE}"),
            f"from {KNOWN}": None,
            "deep": {"a": {"b": {"c": {"d": {"e": {"f": {"password": FAKE}}}}}}},
        },
    )
    assert event["error"] == "***"
    assert event["count"] == 3
    assert event["request"]["json"] == {"client_secret": "***", "n": 1}
    assert FAKE not in str(event)
    assert KNOWN not in str(event)


class Unprintable:
    def __str__(self) -> str:
        raise RuntimeError(FAKE)


@pytest.mark.parametrize("value", [Unprintable(), [Unprintable()], {"a": Unprintable()}, b"\xff\xfe", "\ud800"])
def test_the_redactor_never_raises(value: Any):
    """A value that cannot be printed costs its own text, not the log line."""
    event = Redactor()(None, "info", {"event": "x", "value": value})
    assert event["event"] == "x"
    assert FAKE not in repr(event)


def test_a_value_that_holds_itself_ends():
    """A dict within itself is cleaned to a bounded depth."""
    itself: dict[str, Any] = {"password": FAKE}
    itself["again"] = itself
    assert FAKE not in str(Redactor()(None, "info", {"event": itself}))


@pytest.mark.parametrize(
    "part", ["x", "an order went well. ", '{"password": "hunter2"}, ', 'token="', "http://a:", "secret", "\\", "pass"]
)
def test_a_line_of_a_megabyte_is_quick(part: str):
    """A line of a megabyte is cleaned in a fraction of a second, whatever it repeats."""
    redactor, line = Redactor([f"obviously-fake-{n}" for n in range(12)]), part * (1_000_000 // len(part))
    began = time.process_time()
    redactor.clean(line + KNOWN)
    assert time.process_time() - began < 0.5


def test_secrets_of_the_opened_ovh_client_are_blanked(tmp_path, monkeypatch: pytest.MonkeyPatch):
    """Keys that python-ovh read from its ovh.conf never reach the log."""
    (tmp_path / "ovh.conf").write_text(
        "[default]\nendpoint=ovh-eu\n[ovh-eu]\napplication_key=fakeappkey\n"
        "application_secret=fakeapplicationsecret\nconsumer_key=fakeconsumerkey\n"
    )
    for name in ("OVH_APPLICATION_KEY", "OVH_APPLICATION_SECRET", "OVH_CONSUMER_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("ovh.config.CONFIG_PATH", [str(tmp_path / "ovh.conf")])
    monkeypatch.setattr(logs, "_redactor", redactor := Redactor())
    session = Session(OvhConfig())
    logs.add_secrets(session.secrets)  # as the bot does where it opens the client
    session.close()
    cleaned = redactor.clean("sent fakeconsumerkey, signed with fakeapplicationsecret")
    assert cleaned == "sent ***, signed with ***"


def _fails() -> None:
    raise ValueError("password=" + FAKE, {"client_secret": FAKE, "k": KNOWN})


def test_the_written_line_holds_no_secret(capsys: pytest.CaptureFixture[str]):
    """Our log and the libraries' come out clean, tracebacks and their exceptions' arguments included."""
    root = logging.getLogger()
    handlers, level, before = root.handlers[:], root.level, structlog.get_config()
    try:
        logs.configure("INFO", "json", secrets=[KNOWN])
        try:
            _fails()
        except ValueError:
            structlog.get_logger("ours").exception("failed", url=f"https://x/?passwd={FAKE}")
            logging.getLogger("theirs").exception("with %s", {"token": FAKE})
        logging.getLogger("theirs").error("%d", f"password={FAKE}")  # cannot be formatted
    finally:
        root.handlers, root.level = handlers, level
        structlog.configure(**before)  # structlog's defaults print the values of all frames, for a minute each time
    written = capsys.readouterr().err
    assert FAKE not in written
    assert KNOWN not in written
    lines = written.splitlines()
    assert [json.loads(line)["event"] for line in lines[:2]] == ["failed", "with {'token': '***'}"]
    assert "was not written: TypeError" in lines[2]
