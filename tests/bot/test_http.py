"""The HTTP endpoints: health from a cached state, and a request that does not arrive in time or in form is refused."""

import asyncio
import io
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlencode

import aiohttp
import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.signature import SignatureVerifier

from bot import http
from bot.health import DATABASE, OVH, SLACK, Health, keep_checking
from bot.http import Front
from bot.settings import Settings, read_settings
from sandbox.slack import SlackSimulator

_COMMAND = urlencode({"command": "/domain", "text": "help", "team_id": "T1", "user_id": "U1"}).encode()


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    """Settings of HTTP mode, on a free port."""
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "SLACK_BOT_TOKEN": "xoxb-0-obviously-fake", "SLACK_SIGNING_SECRET": SlackSimulator().credentials.signing_secret,
        "DESK_APPROVERS": "U0CLEO", "PORT": "0",
        "OVH_APPLICATION_KEY": "fake", "OVH_APPLICATION_SECRET": "fake", "OVH_CONSUMER_KEY": "fake",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    return read_settings()


@pytest.fixture
def health() -> Health:
    """The health of a bot that runs and is well."""
    well = Health()
    well.phase = None
    for part in (DATABASE, SLACK, OVH):
        well.report(part, None)
    return well


@pytest.fixture
async def front(settings: Settings, health: Health) -> AsyncIterator[Front]:
    opened = Front(settings, health)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def admitted(front: Front, settings: Settings) -> Front:
    """The front of a bot that takes commands."""
    secret = settings.slack_signing_secret
    assert secret is not None

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-0-obviously-fake")

    app = AsyncApp(signing_secret=secret.get_secret_value(), authorize=authorize)

    @app.command("/domain")
    async def domain(ack: AsyncAck) -> None:
        await ack()

    front.admit(app)
    return front


def signed(settings: Settings, body: bytes) -> dict[str, str]:
    """Slack's signature over a body."""
    secret = settings.slack_signing_secret
    assert secret is not None
    now = str(int(time.time()))
    signature = SignatureVerifier(secret.get_secret_value()).generate_signature(timestamp=now, body=body)
    return {"X_Slack_Request_Timestamp": now, "X_Slack_Signature": str(signature)}


async def get(front: Front, path: str) -> tuple[int, dict[str, object]]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{front.ports['PORT']}{path}") as page:
        return page.status, await page.json()


async def post(front: Front, body: bytes | io.BytesIO = _COMMAND, **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    named = {"X-Slack-Request-Timestamp": str(int(time.time())), "X-Slack-Signature": "v0=0"} | named
    url = f"http://127.0.0.1:{front.ports['PORT']}/slack/events"
    sent = body if isinstance(body, io.BytesIO) else io.BytesIO(body)  # aiohttp warns of large bytes
    async with aiohttp.ClientSession() as session, session.post(url, data=sent, headers=named) as answer:
        return answer.status


@pytest.mark.parametrize(
    ("part", "status"), [(DATABASE, (200, 503, 503)), (SLACK, (200, 200, 503)), (OVH, (200, 200, 503))]
)
async def test_each_page_answers_its_own_question(front, health, part, status):
    """Should it be restarted, may requests come, is anything wrong: three questions, three pages."""
    health.report(part, "it does not answer")
    pages = [await get(front, path) for path in ("/livez", "/readyz", "/healthz")]
    assert tuple(page[0] for page in pages) == status
    assert pages[2][1]["status"] == "failing"
    assert pages[2][1]["checks"] == {DATABASE: "ok", SLACK: "ok", OVH: "ok"} | {part: "it does not answer"}


async def test_a_bot_that_starts_is_alive_and_not_ready(front, health):
    """The pages say what the start waits for."""
    health.phase = "waiting for Slack"
    assert (await get(front, "/livez"))[0] == 200
    assert await get(front, "/readyz") == (
        503, {"status": "failing", "checks": {"start": "waiting for Slack", DATABASE: "ok"}},
    )  # fmt: skip
    assert (await get(front, "/healthz"))[0] == 503
    assert await post(front) == 503


async def test_a_check_that_hangs_is_reported_and_not_repeated():
    """A part that does not answer holds one check, however long it takes."""
    asked, health = [], Health()

    async def hangs() -> str | None:
        asked.append(1)
        await asyncio.sleep(60)
        return None

    checking = asyncio.create_task(keep_checking(health, OVH, hangs, every=0.01, within=0.05))
    await asyncio.sleep(0.3)
    assert health.checks()[OVH] == "no answer within 0 s"
    assert len(asked) == 1
    checking.cancel()


async def test_a_check_that_breaks_is_a_reason():
    """An unforeseen error is no good health."""
    health = Health()

    async def breaks() -> str | None:
        raise OSError("disk")

    checking = asyncio.create_task(keep_checking(health, DATABASE, breaks, every=5, within=1))
    await asyncio.sleep(0.05)
    assert "OSError" in health.checks()[DATABASE]
    checking.cancel()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content_Type": "application/json; charset=utf-8"}, 401),
        ({"X_Slack_Request_Timestamp": "soon"}, 401),
        ({"X_Slack_Request_Timestamp": ""}, 401),
        ({"X_Slack_Request_Timestamp": "-1"}, 401),
        ({"X_Slack_Request_Timestamp": "1e9"}, 401),
        ({"X_Slack_Request_Timestamp": "٣"}, 401),
        ({"X_Slack_Request_Timestamp": "9" * 400}, 401),
        ({"Content_Type": "application/json; charset=nonsense"}, 401),
        ({"Content_Type": "application/json; charset=utf-16"}, 401),
        ({"Content_Type": "text/plain; charset=idna"}, 401),
        ({"Content_Encoding": "gzip"}, 401),
        ({"Content_Encoding": "deflate"}, 401),
    ],
)
async def test_a_request_in_bad_form_is_refused(admitted, caplog, headers, status):
    """A sentence of ours or a 4xx, never a traceback, and before anybody looks inside."""
    assert await post(admitted, body=b"\xff\xfe{", **headers) == status
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("is_signed", [False, True])
@pytest.mark.parametrize("form", ["{}", "payload={}"])
@pytest.mark.parametrize(
    "shape",
    ["[1]", '"x"', "null", "5", "[" * 100_000, '{"a":' * 50_000, '{"authorizations":5}', '{"authorizations":[5]}',
     '{"team":5}', '{"user":5,"team":[]}', "", "{", "\\ud800"],
)  # fmt: skip
async def test_a_payload_of_any_shape_is_refused(admitted, settings, caplog, shape, form, is_signed):
    """Nobody looks inside before the signature is checked; what Slack signed and Bolt cannot read is a 4xx."""
    body = form.replace("{}", quote(shape) if form != "{}" else shape).encode()
    kind = "application/json" if form == "{}" else "application/x-www-form-urlencoded"
    headers = signed(settings, body) if is_signed else {}
    status = await post(admitted, body, Content_Type=kind, **headers)
    assert status in ({400, 401, 404} if is_signed else {401})
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data", "text/plain", "nonsense", ""])
async def test_an_unsigned_request_is_refused(admitted, caplog, content_type):
    """Whatever it says to be: Slack's signature is missing."""
    body = b"{}" if content_type == "application/json" else _COMMAND
    assert await post(admitted, body, Content_Type=content_type) == 401
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("charset", ["nonsense", "utf-16", "idna", "utf-7", "punycode", "base64"])
async def test_a_signed_body_in_an_odd_charset_is_refused(admitted, settings, caplog, charset):
    """A charset that Python does not know, or that does not fit, is a 4xx."""
    body = _COMMAND + b"\xc3\xa9"
    status = await post(admitted, body, Content_Type=f"text/plain; charset={charset}", **signed(settings, body))
    assert status in {400, 401, 404}
    assert "Traceback" not in caplog.text


async def test_a_body_that_is_too_large_is_refused(admitted):
    """Slack's largest payload is a quarter of the bound."""
    assert await post(admitted, body=io.BytesIO(b"x" * 1_100_000)) == 413


async def test_only_posts_come_in(admitted):
    """A GET of the address, as from a browser, gets an error status."""
    async with aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{admitted.ports['PORT']}/slack/events"
        async with session.get(url) as answer:
            assert answer.status == 405
        async with session.head(url.replace("/slack/events", "/healthz")) as answer:
            assert answer.status == 200


@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"POST /slack/events HTTP/1.1\r\nHost: x\r\nX-",
        b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n",  # answered, then idle
        b"POST /slack/events HTTP/1.1\r\nHost: x\r\nX-Slack-Request-Timestamp: 1\r\nContent-Length: 9\r\n\r\n{",
    ],
)
async def test_a_slow_connection_is_closed(monkeypatch, settings, health, beginning):
    """Headers, a body or nothing at all: what does not arrive in time holds no connection."""
    monkeypatch.setattr(http, "ARRIVES_WITHIN", 0.3)
    slow = Front(settings, health)
    await slow.open()
    reader, writer = await asyncio.open_connection("127.0.0.1", slow.ports["PORT"])
    writer.write(beginning)
    async with asyncio.timeout(5):
        while await reader.read(4096):
            pass  # what was answered; then the server closes
    assert reader.at_eof()
    writer.close()
    await slow.close()


async def test_connections_are_bounded(monkeypatch, front):
    """One too many is closed at once; the others go on."""
    monkeypatch.setattr(http, "MOST_CONNECTIONS", 3)
    held = [await asyncio.open_connection("127.0.0.1", front.ports["PORT"]) for _ in range(3)]
    await asyncio.sleep(0.05)
    reader, writer = await asyncio.open_connection("127.0.0.1", front.ports["PORT"])
    async with asyncio.timeout(2):
        with suppress(ConnectionResetError):
            assert await reader.read(10) == b""
    writer.close()
    held[0][1].close()
    await asyncio.sleep(0.05)
    assert (await get(front, "/livez"))[0] == 200
    for _, other in held[1:]:
        other.close()
    await asyncio.sleep(0)  # for the transports to go
