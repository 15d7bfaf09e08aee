"""A start says what is wrong or waits for it; a stop takes five seconds at most, in every phase."""

import asyncio
import json
import os
import shutil
import signal
import socket
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot import socket_mode
from bot.app import Bot
from bot.lifecycle import Life
from bot.settings import SettingsError, read_settings
from sandbox.stage import Stage
from store.errors import DatabaseUnusable
from tests.bot.process import LONGEST_STOP, Running, running

HANGS = 60.0  # seconds; longer than any of these tests


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    opened = Stage(tmp_path)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def http_stage(tmp_path: Path) -> AsyncIterator[Stage]:
    opened = Stage(tmp_path, http_mode=True)
    await opened.open()
    yield opened
    await opened.close()


@asynccontextmanager
async def bot(stage: Stage, **settings: str) -> AsyncIterator[Running]:
    async with running(stage.environment | settings, stage.folder, port=stage.port) as process:
        yield process


def one_line(process: Running, setting: str) -> None:
    """The process printed one line that an operator can act on, and no traceback."""
    assert "Traceback" not in process.printed
    assert len([line for line in process.printed.splitlines() if setting in line and "retry_in" not in line]) == 1


# A start that cannot succeed


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-0-obviously-wrong", "SLACK_BOT_TOKEN: Slack answers invalid_auth."),
        ("SLACK_APP_TOKEN", "xapp-0-obviously-wrong", "SLACK_APP_TOKEN: Slack answers invalid_auth."),
    ],
)
async def test_a_wrong_token_ends_the_start(stage, setting, value, said):
    """Both tokens are reported in the same way: one line, exit code 2."""
    async with bot(stage, **{setting: value}) as process:
        assert await process.ends() == 2
        assert said in process.printed
        one_line(process, setting)


@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
@pytest.mark.parametrize(
    "word", ["token_revoked", "account_inactive", "missing_scope", "access_denied", "forbidden_team", "new_word"]
)
async def test_a_lasting_refusal_ends_the_start(stage, method, word):
    """A word that only an operator can change is final; an unknown one is after three tries."""
    stage.slack.faults.add(method, "error", error=word, times=99)
    async with bot(stage) as process:
        assert await process.ends() == 2
        assert f"Slack answers {word}." in process.printed
        assert "Traceback" not in process.printed
        assert stage.slack.server.calls.count(method) == (3 if word == "new_word" else 1)


async def test_an_address_that_is_not_slacks_ends_the_start(stage):
    """A page of another server is no outage of Slack's."""
    async with bot(stage, SLACK_API_URL=f"{stage.ovh_url}/not-slack/") as process:
        assert await process.ends() == 2
        one_line(process, "SLACK_API_URL")


@pytest.mark.parametrize("setting", ["PORT", "DESK_OPS_PORT"])
async def test_a_taken_port_ends_the_start(stage, setting):
    """Nothing is written before: there is no database yet."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        settings = {} if setting == "PORT" else {setting: str(number)}
        port = number if setting == "PORT" else stage.port
        async with running(stage.environment | settings, stage.folder, port=port) as process:
            assert await process.ends() == 2
            assert f"{setting}={number}: another process listens there." in process.printed
            one_line(process, setting)
            assert not (stage.folder / "desk.db").exists()


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
async def test_a_wrong_host_ends_the_start(stage, host):
    """An address of another machine, or a name of none."""
    async with bot(stage, HOST=host) as process:
        assert await process.ends() == 2
        one_line(process, "HOST=")


async def test_incomplete_ovh_keys_end_the_start(stage):
    """They are checked before the database is made."""
    async with bot(stage, OVH_APPLICATION_SECRET="") as process:
        assert await process.ends() == 2
        assert "Traceback" not in process.printed
        assert not (stage.folder / "desk.db").exists()


# A start that waits


@pytest.mark.parametrize("fault", ["500", "ratelimited", "hang"])
async def test_slack_away_at_the_start_is_waited_for(stage, fault):
    """The pages answer from the first second, and the bot is ready when Slack is back."""
    stage.slack.faults.add("auth.test", fault, times=3, seconds=1.0)
    async with bot(stage) as process:
        status, body = await process.says("/readyz", "waiting for Slack")
        assert (status, body["status"]) == (503, "failing")
        assert (await process.page("/livez"))[0] == 200
        await process.says("/healthz", '"status": "ok"', seconds=60)
        assert (await process.page("/readyz"))[0] == 200
        assert "Traceback" not in process.printed


async def test_slack_that_cannot_be_reached_is_waited_for(stage):
    """Nobody listens at the address; the reason is on the page."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}/api/"
    async with bot(stage, SLACK_API_URL=nobody) as process:
        await process.says("/healthz", "Slack cannot be reached")
        code, took = await process.stops(signal.SIGTERM)
        assert (code, took < LONGEST_STOP) == (0, True)


async def test_another_servers_page_is_named(stage):
    """A proxy's page with status 200 is not Slack, and /healthz says so."""

    async def page(_request: web.Request) -> web.Response:
        return web.Response(text="<html>Please log in</html>", content_type="text/html")

    site = web.Application()
    site.router.add_route("*", "/{any:.*}", page)
    server = web.AppRunner(site)
    await server.setup()
    await web.TCPSite(server, "127.0.0.1", 0).start()
    async with bot(stage, SLACK_API_URL=f"http://127.0.0.1:{server.addresses[0][1]}/api/") as process:
        await process.says("/healthz", "is not Slack (HTTP 200)")
    await server.cleanup()


async def test_a_used_ticket_is_not_tried_again(stage):
    """A handshake that fails costs its ticket; the next one comes with a new one."""
    stage.slack.faults.add("socket", "error")
    async with bot(stage) as process:
        await process.says("/healthz", '"status": "ok"')
        assert stage.slack.server.calls.count("apps.connections.open") == 2


async def test_a_token_refused_for_a_moment_ends_nothing(stage):
    """Slack refuses the token of a bot that runs: /healthz says so, and the bot comes back when Slack does."""
    async with bot(stage) as process:
        await process.says("/healthz", '"status": "ok"')
        stage.slack.faults.add("apps.connections.open", "error", error="invalid_auth", times=3)
        for line in list(stage.slack.server.sockets):
            await line.close()
        status, _ = await process.says("/healthz", "SLACK_APP_TOKEN: Slack answers invalid_auth.")
        assert status == 503
        await process.says("/healthz", '"status": "ok"')


async def test_a_token_refused_for_minutes_ends_the_process(stage, monkeypatch):
    """A token that was taken away is no reason to try indefinitely."""
    monkeypatch.setattr(socket_mode, "REFUSED_FOR", 1.5)
    monkeypatch.chdir(stage.folder)
    for name, value in stage.environment.items():
        monkeypatch.setenv(name, value)
    built = await Bot.build(read_settings())
    await built.start()
    stage.slack.faults.add("apps.connections.open", "error", error="token_revoked", times=99)
    for line in list(stage.slack.server.sockets):
        await line.close()
    async with asyncio.timeout(20):
        with pytest.raises(SettingsError, match=r"SLACK_APP_TOKEN: Slack answers token_revoked\."):
            await built.until_it_fails()
    await built.stop()


async def test_unknown_words_count_in_a_row(stage):
    """Two time-outs and a new word of Slack's are no three refusals."""
    stage.slack.faults.add("auth.test", "500", times=2)
    stage.slack.faults.add("auth.test", "error", error="word_of_next_year", times=2)
    async with bot(stage) as process:
        await process.says("/healthz", '"status": "ok"', seconds=60)


# What libraries read from the environment


@pytest.mark.parametrize("http_mode", [False, True])
async def test_slack_variables_of_libraries_change_nothing(tmp_path, http_mode):
    """With a client id and secret Bolt would turn to OAuth and acknowledge no command."""
    stage = Stage(tmp_path, http_mode=http_mode)
    await stage.open()
    foreign = {
        "SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "obviously-fake", "SLACK_VERIFICATION_TOKEN": "obviously-fake",
        "SLACK_SCOPES": "admin", "SLACK_INSTALL_PATH": "/install",
    }  # fmt: skip
    async with bot(stage, **foreign) as process:
        await process.says("/healthz", '"status": "ok"')
        ada = stage.slack.person("ada")
        await ada.command("help")
        assert ada.messages("domains")
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{stage.port}/slack/install") as page,
        ):
            assert page.status == 404
    await stage.close()


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy", "ALL_PROXY"])
async def test_loopback_is_never_asked_through_a_proxy(stage, variable):
    """slack_sdk would send even 127.0.0.1 through it."""
    async with bot(stage, **{variable: "http://127.0.0.1:9"}) as process:
        await process.says("/healthz", '"slack": "ok"')


# The end


def _connecting(stage: Stage) -> None:
    stage.slack.faults.add("apps.connections.open", "hang", seconds=HANGS, times=9)


def _asking_who_we_are(stage: Stage) -> None:
    stage.slack.faults.add("auth.test", "hang", seconds=HANGS, times=9)


def _rate_limited(stage: Stage) -> None:
    stage.slack.faults.add("apps.connections.open", "ratelimited", retry_after=60, times=9)


def _refused_for_now(stage: Stage) -> None:
    stage.slack.faults.add("apps.connections.open", "500", times=99)


def _shaking_hands(stage: Stage) -> None:
    stage.slack.faults.add("socket", "hang", seconds=HANGS, times=9)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("fault", [_asking_who_we_are, _connecting, _rate_limited, _refused_for_now, _shaking_hands])
async def test_a_stop_while_starting_takes_five_seconds(
    stage: Stage, fault: Callable[[Stage], None], number: signal.Signals
):
    """Whatever Slack does not answer."""
    fault(stage)
    async with bot(stage) as process:
        await process.says("/readyz", "Slack")
        await asyncio.sleep(0.3)  # into the call that hangs
        code, took = await process.stops(number)
        assert (code, took < LONGEST_STOP) == (0, True), process.printed[-2000:]
        assert "Traceback" not in process.printed


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_stop_needs_no_answer_of_slack(stage, number):
    """Slack answers neither the closing of the socket nor a call."""
    async with bot(stage) as process:
        await process.says("/healthz", '"status": "ok"')
        stage.slack.server.ignores_close = True
        stage.slack.faults.add("chat.postEphemeral", "hang", seconds=HANGS, times=9)
        stage.slack.faults.add("chat.postMessage", "hang", seconds=HANGS, times=9)
        await stage.slack.person("ada").command("pending")
        code, took = await process.stops(number)
        assert (code, took < LONGEST_STOP) == (0, True), process.printed[-2000:]


async def test_a_stop_while_slack_moves_the_socket(stage):
    """The ticket for the next connection hangs while the old one is about to go."""
    async with bot(stage) as process:
        await process.says("/healthz", '"status": "ok"')
        stage.slack.faults.add("apps.connections.open", "hang", seconds=HANGS, times=9)
        await stage.slack.server.disconnect("refresh_requested")
        await asyncio.sleep(0.3)
        code, took = await process.stops(signal.SIGTERM)
        assert (code, took < LONGEST_STOP) == (0, True), process.printed[-2000:]


async def test_a_stop_while_ovh_hangs(stage):
    """The person who searches hears that it was cut short; the process does not wait for OVH."""
    async with bot(stage) as process:
        await process.says("/healthz", '"status": "ok"')
        stage.ovh.faults.add("*", "*", "hang", times=99, seconds=HANGS)
        ada = stage.slack.person("ada")
        await ada.command("add name.ovh")
        await asyncio.sleep(0.5)
        code, took = await process.stops(signal.SIGTERM)
        assert (code, took < LONGEST_STOP) == (0, True), process.printed[-2000:]
        assert any("restart" in message.plain_text() for message in ada.messages("domains"))


@asynccontextmanager
async def silent_server() -> AsyncIterator[int]:
    """A database server that takes connections and says nothing."""

    async def _hold(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await asyncio.sleep(HANGS)
        finally:
            writer.close()

    server = await asyncio.start_server(_hold, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_stop_while_the_database_hangs(stage, number):
    """A connection that is never answered holds a thread, not the process."""
    async with silent_server() as port:
        url = f"postgresql+psycopg://desk:obviously-fake@127.0.0.1:{port}/desk"
        async with bot(stage, DATABASE_URL=url) as process:
            await process.says("/livez", "ok")
            await asyncio.sleep(0.5)
            assert (await process.page("/readyz"))[0] == 503
            code, took = await process.stops(number)
            assert (code, took < LONGEST_STOP) == (0, True), process.printed[-2000:]
            assert "obviously-fake" not in process.printed


async def test_a_database_that_is_away_is_waited_for(stage):
    """It answers 503 with the reason in the meantime."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"postgresql+psycopg://desk:obviously-fake@127.0.0.1:{free.getsockname()[1]}/desk"
    async with bot(stage, DATABASE_URL=url) as process:
        status, _ = await process.says("/readyz", "waiting for the database")
        assert status == 503
        assert (await process.page("/livez"))[0] == 200
        code, took = await process.stops(signal.SIGTERM)
        assert (code, took < LONGEST_STOP) == (0, True)
        assert "obviously-fake" not in process.printed


async def test_the_wait_for_a_database_has_an_end(stage, monkeypatch):
    """After a minute an operator must see it: exit code 2, and a line that says how long it was."""
    monkeypatch.setattr("bot.lifecycle._DATABASE_WAITED_FOR", 0.0)
    monkeypatch.chdir(stage.folder)
    for name, value in stage.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://desk:obviously-fake@127.0.0.1:1/desk")
    with ExitStack() as held:
        life = Life(read_settings(), held)
        with pytest.raises(DatabaseUnusable, match=r"PostgreSQL does not answer at 127\.0\.0\.1:1.* waited 0 s for it"):
            await life.live()
        await life.end()


async def test_a_stop_in_http_mode_waits_for_nobody(http_stage):
    """A client that sends its request by drops does not hold the process."""
    async with bot(http_stage) as process:
        await process.says("/healthz", '"status": "ok"')
        _, writer = await asyncio.open_connection("127.0.0.1", http_stage.port)
        writer.write(
            b"POST /slack/events HTTP/1.1\r\nHost: x\r\nX-Slack-Request-Timestamp: 1\r\nContent-Length: 99\r\n\r\n{"
        )
        await writer.drain()
        await asyncio.sleep(0.2)
        code, took = await process.stops(signal.SIGTERM)
        assert (code, took < LONGEST_STOP) == (0, True), process.printed[-2000:]
        writer.close()


async def test_a_second_signal_ends_it_at_once(stage):
    """Ctrl-C twice skips the orderly end."""
    async with bot(stage) as process:
        await process.says("/healthz", '"status": "ok"')
        stage.ovh.faults.add("*", "*", "hang", times=99, seconds=HANGS)
        await stage.slack.person("ada").command("search name.ovh")
        process.process.send_signal(signal.SIGINT)
        await asyncio.sleep(0.2)
        code, took = await process.stops(signal.SIGINT)
        assert (code, took < 1.0) == (0, True)


async def test_a_reader_of_the_log_may_go(stage):
    """The reader of the log died: people are answered, the socket comes back, and a stop is a stop."""
    reading, writing = os.pipe()
    async with running(stage.environment, stage.folder, port=stage.port, pipe=writing) as process:
        await process.says("/healthz", '"status": "ok"')
        os.close(writing)
        os.close(reading)
        ada = stage.slack.person("ada")
        await ada.command("show 999")
        await stage.slack.until(lambda: ada.messages("domains"))
        stage.slack.faults.add("apps.connections.open", "500")
        for line in list(stage.slack.server.sockets):
            await line.close()
        await stage.slack.until(lambda: stage.slack.server.calls.count("apps.connections.open") >= 3, 30)
        await process.says("/healthz", '"status": "ok"')
        code, took = await process.stops(signal.SIGTERM)
        assert (code, took < LONGEST_STOP) == (0, True)


@pytest.mark.parametrize("signals", [1, 2])
async def test_a_log_that_nobody_reads_holds_no_stop(stage, signals):
    """Standard error is a pipe that is full: the process ends all the same."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writing, b"x" * 4096)
    os.set_blocking(writing, True)
    async with running(stage.environment, stage.folder, port=stage.port, pipe=writing) as process:
        await asyncio.sleep(8)  # until it blocks while it prints: nothing of it can be seen
        assert process.process.returncode is None
        if signals > 1:
            process.process.send_signal(signal.SIGTERM)
            await asyncio.sleep(0.2)
        code, took = await process.stops(signal.SIGTERM)
        assert (code, took < LONGEST_STOP) == (0, True)
    os.close(writing)
    os.close(reading)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_stop_while_a_database_that_worked_hangs(stage, postgres_url, number):
    """It hung after the start: /readyz says so within seconds, and the stop needs no answer of it."""
    async with stalling(postgres_url) as (url, stall), bot(stage, DATABASE_URL=url) as process:
        await process.says("/healthz", '"status": "ok"')
        stall.set()
        await stage.slack.person("ada").command("add name.ovh")
        status, _ = await process.says("/readyz", "no answer within", seconds=30)
        assert status == 503
        code, took = await process.stops(number)
        assert (code, took < LONGEST_STOP) == (0, True), process.printed[-2000:]


@asynccontextmanager
async def stalling(url: str) -> AsyncIterator[tuple[str, asyncio.Event]]:
    """Stand between the bot and PostgreSQL; once the event is set nothing passes any more."""
    stall, folder = asyncio.Event(), Path(tempfile.mkdtemp())
    target = f"{url.split('host=')[1]}/.s.PGSQL.5432"
    tasks: set[asyncio.Task[None]] = set()

    async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            if stall.is_set():
                await asyncio.sleep(HANGS)
            writer.write(data)
            await writer.drain()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, here = await asyncio.open_unix_connection(target)
        try:
            both = {asyncio.create_task(copy(reader, here)), asyncio.create_task(copy(there, writer))}
            tasks.update(both)
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in (here, writer):
                end.close()
                with suppress(OSError):
                    await end.wait_closed()

    def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.create_task(pass_on(reader, writer)))

    server = await asyncio.start_unix_server(connect, folder / ".s.PGSQL.5432")
    yield url.replace(url.split("host=")[1], str(folder)), stall
    server.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    shutil.rmtree(folder)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("seconds", [0.1, 0.3, 0.6, 0.9, 1.2])
async def test_a_stop_in_the_first_second(stage, number, seconds):
    """Before the libraries are imported the bot has a handler: process 1 of a container ignores signals otherwise."""
    async with bot(stage) as process:
        await until_handled(process.process.pid, number)
        await asyncio.sleep(seconds)
        code, took = await process.stops(number)
        assert (code, took < LONGEST_STOP) == (0, True), process.printed[-2000:]
        assert "Traceback" not in process.printed


def handles(pid: int, number: signal.Signals) -> bool:
    """Whether a process has a handler for a signal and for SIGTERM: bits in the mask that Linux shows."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return True  # another system: the test waits for its seconds alone
    line = next(line for line in status.read_text().splitlines() if line.startswith("SigCgt"))
    caught = int(line.split()[1], 16)
    return all(caught >> (each - 1) & 1 for each in (number, signal.SIGTERM))


async def until_handled(pid: int, number: signal.Signals) -> None:
    """Wait until a process has its first handlers."""
    async with asyncio.timeout(30):
        while not await asyncio.to_thread(handles, pid, number):  # noqa: ASYNC110 - the kernel tells nobody
            await asyncio.sleep(0.005)


# Health


async def test_an_outage_of_ovh_is_no_good_health(stage):
    """A good answer of the last minute counts no more once a call has failed."""
    async with bot(stage) as process:
        await process.says("/healthz", '"status": "ok"')
        stage.ovh.faults.add("*", "*", "error500", times=999)
        await stage.slack.person("ada").command("search name.ovh")
        status, body = await process.says("/healthz", '"failing"')
        assert (status, body["checks"]["slack"], body["checks"]["ovh"] != "ok") == (503, "ok", True)


async def test_a_start_without_fault_logs_no_error(stage):
    """An error in the log is something to act on."""
    async with bot(stage, LOG_FORMAT="json") as process:
        await process.says("/healthz", '"status": "ok"')
        assert '"level": "error"' not in process.printed


async def test_wrong_ovh_keys_are_an_error_in_the_log(stage):
    """The bot runs, and the log says at error level what /healthz says."""
    async with bot(stage, OVH_CONSUMER_KEY="obviously-wrong", LOG_FORMAT="json") as process:
        _, body = await process.says("/healthz", '"slack": "ok"')
        _, body = await process.says("/healthz", "operator")
        await process.logs('"level": "error"')
        assert json.dumps(body["checks"]["ovh"])[1:-1] in process.printed


async def test_health_pages_move_to_the_operations_port(http_stage):
    """Then the public port serves Slack's requests and nothing else."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        ops = free.getsockname()[1]
    async with bot(http_stage, DESK_OPS_PORT=str(ops)) as process:
        await process.says("/healthz", '"status": "ok"', port=ops)
        for path in ("/livez", "/readyz", "/healthz"):
            status, _ = await process.page(path, port=ops)
            assert status == 200
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"http://127.0.0.1:{process.port}{path}") as page,
            ):
                assert page.status == 404
        ada = http_stage.slack.person("ada")
        await ada.command("help")
        assert ada.messages("domains")


async def test_health_pages_cost_nothing(stage):
    """Sixty requests at once read a cached state: OVH is not asked."""
    async with bot(stage) as process:
        await process.says("/healthz", '"status": "ok"')
        before = len(stage.ovh.calls)
        pages = await asyncio.gather(*(process.page("/healthz") for _ in range(60)))
        assert {status for status, _ in pages} == {200}
        assert len(stage.ovh.calls) == before
