"""The composition root: the one file that knows everybody."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import signal
from datetime import UTC, datetime, timedelta

import structlog
from pydantic import SecretStr
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

import handlers
from bot.driver import Driver
from bot.http import HttpFront
from bot.ovh import Access, OvhGateway, SharedBudget
from bot.settings import Settings, SettingsError
from bot.slack import slack_client
from handlers.announce import Announcer
from handlers.bridge import Bridge
from handlers.desk import Desk
from handlers.failures import word
from handlers.members import Members, Workspace
from handlers.searches import Searches, SharedSearches
from ordering.claims import LEASE, Alone, Claims, Shared
from ordering.fulfilment import Fulfilment
from ordering.logbook import Pace
from ordering.outbox import Outbox
from ordering.workflow import Workflow
from store.budget import SharedPage
from store.engine import Engines, open_engines
from store.migrate import migrate
from store.searches import SharedShelf
from store.sql import SqlStore

_THREADS = 24  # for people; the driver and the health checks have their own, so that neither waits for the other
_SEARCH_THREADS = 16
_SHELF_THREADS = 4
_DRIVER_THREADS = 8
_PLACES = 8  # for steps that carry out, and as many for those that only look
# Seconds when the bot stops, of the five that it has: for work to end, for what then hears nothing more from OVH,
# and for telling people that the rest was cut short.
_LAST_WORK, _LAST_ANSWERS, _LAST_WORDS = 2.5, 0.5, 1.0
_log = structlog.get_logger()


async def run(settings: Settings) -> None:
    """Run until SIGINT or SIGTERM, then stop cleanly."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    bot = await Bot.build(settings)
    try:
        port = await bot.start()
        _log.info("ready", mode="socket" if settings.socket_mode else "http", port=port)
        # Whoever looks for garbage need not look through the libraries each time: that takes a tenth of a second.
        gc.freeze()
        await bot.until(stop)
    finally:
        await bot.stop()
        _log.info("stopped")


class Bot:
    """All parts, connected. Use `build`, `start`, `until`, `stop`."""

    def __init__(
        self,
        settings: Settings,
        engines: Engines,
        workspace: Workspace,
        *,
        pace: Pace | None = None,
        lease: timedelta = LEASE,
    ) -> None:
        policy = settings.policy()
        store = SqlStore(engines)
        self._settings = settings
        self._engines = engines
        self._client = slack_client(settings)
        self._registrar = OvhGateway(access(settings), budget(settings, engines))
        self._bridge = Bridge(_THREADS)
        own = self._own_bridge = Bridge(_DRIVER_THREADS)
        outbox = Outbox(store)
        claims: Claims = Shared(store, clock=_now, lease=lease) if engines.are_shared else Alone()
        self.app = AsyncApp(
            client=self._client,
            signing_secret=_plain(settings.slack_signing_secret),
            process_before_response=True,  # acknowledge when the listener returns: ours return at once
        )
        desk = Desk(
            workflow=Workflow(store=store, registrar=self._registrar, policy=policy, clock=_now),
            bridge=self._bridge,
            search_bridge=Bridge(_SEARCH_THREADS),
            members=Members(self._client, workspace=workspace, groups=policy.groups),
            client=self._client,
            searches=self._searches(engines),
            wake=lambda: self.driver.wake(),  # noqa: PLW0108 - the driver is made after the desk
        )
        self.desk = desk
        self._work = desk.work
        homes = handlers.register(self.app, desk)
        settle = timedelta(seconds=settings.desk_settle_seconds)
        self.driver = Driver(
            fulfilment=Fulfilment(
                store=store, registrar=self._registrar, policy=policy, clock=_now, settle=settle, pace=pace
            ),
            announcer=Announcer(self._client, outbox, own, policy),
            refresh_homes=homes.refresh,
            claims=claims,
            bridge=own,
            places=_PLACES,
        )
        self._socket = (
            AsyncSocketModeHandler(self.app, _plain(settings.slack_app_token)) if settings.socket_mode else None
        )
        self._front = HttpFront(
            checks={"database": self._database, "slack": self._slack, "ovh": self._ovh},
            app=None if settings.socket_mode else self.app,
        )
        self._driving: asyncio.Task[None] | None = None

    @classmethod
    async def build(cls, settings: Settings, *, pace: Pace | None = None, lease: timedelta = LEASE) -> Bot:
        """Migrate the database and learn which workspace the token belongs to.

        `pace` is how often OVH is looked at, `lease` after how long others take over what this process left.
        Raises `SettingsError` where a setting turns out to be unusable.
        """
        try:
            engines = open_engines(settings.database_url.get_secret_value())
            _log.info("database_ready", revision=await asyncio.to_thread(migrate, engines))
            workspace = Workspace.from_auth_test(await slack_client(settings).auth_test())
            return cls(settings, engines, workspace, pace=pace, lease=lease)
        except ValueError as error:
            raise SettingsError((str(error),)) from error
        except SlackApiError as error:
            raise SettingsError((f"SLACK_BOT_TOKEN: Slack answers {word(error)}.",)) from error

    async def start(self) -> int:
        """Open both lines and the front; returns the front's port."""
        self._driving = asyncio.create_task(self.driver.run(), context=self.desk.command_names.context())
        if self._socket is not None:
            await self._socket.connect_async()  # type: ignore[no-untyped-call] # Bolt left it untyped
        return await self._front.start(self._settings.host, self._settings.port)

    async def until(self, stop: asyncio.Event) -> None:
        """Wait for the stop, or for the driver to fail: a desk that does not carry out must not look alive."""
        stopping = asyncio.create_task(stop.wait())
        driving = self._driving or stopping
        await asyncio.wait({stopping, driving}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if driving.done() and not driving.cancelled() and driving is not stopping:
            driving.result()

    async def stop(self) -> None:
        """Take nothing new, let what was begun end, and close the lines."""
        if self._socket is not None:
            await self._socket.close_async()  # type: ignore[no-untyped-call] # Bolt left it untyped
        await self._front.stop()
        await self._work.drain(_LAST_WORK)
        if self._driving is not None:
            self._driving.cancel()
            await asyncio.wait({self._driving})
        self._registrar.close()
        await self._work.drain(_LAST_ANSWERS)
        await self._work.cut_short(_LAST_WORDS)
        self._engines.close()

    @staticmethod
    def _searches(engines: Engines) -> Searches:
        if not engines.are_shared:
            return Searches()
        return SharedSearches(SharedShelf(engines, clock=_now), Bridge(_SHELF_THREADS))

    async def _database(self) -> str | None:
        return await self._own_bridge.call(self._engines.health)

    async def _slack(self) -> str | None:
        if self._socket is None:
            return None
        return None if await self._socket.client.is_connected() else "the socket is not connected"

    async def _ovh(self) -> str | None:
        return await self._own_bridge.call(self._registrar.health)


def access(settings: Settings) -> Access:
    return Access(
        endpoint=settings.ovh_endpoint,
        application_key=settings.ovh_application_key,
        application_secret=_plain(settings.ovh_application_secret),
        consumer_key=_plain(settings.ovh_consumer_key),
        client_id=settings.ovh_client_id,
        client_secret=_plain(settings.ovh_client_secret),
        api_url=settings.ovh_api_url,
        subsidiary=settings.ovh_subsidiary,
        requests_per_second=settings.ovh_requests_per_second,
        burst=settings.ovh_burst,
        concurrency=settings.ovh_concurrency,
        extensions=settings.desk_extensions,
        owner_contact=settings.desk_owner_contact,
        owner_legal_age=settings.desk_owner_legal_age,
    )


def budget(settings: Settings, engines: Engines) -> SharedBudget | None:
    """On PostgreSQL several processes may use one key, so they share its budget."""
    if engines.lane is not None:
        return None
    key = "\n".join(map(str, (settings.ovh_endpoint, settings.ovh_application_key, settings.ovh_client_id)))
    page = SharedPage(engines, hashlib.sha256(key.encode()).hexdigest())
    return SharedBudget(page, per_second=settings.ovh_requests_per_second, burst=settings.ovh_burst)


def secrets(settings: Settings) -> list[str]:
    """Every secret value, for the log's redactor."""
    values = [value for _, value in settings if isinstance(value, SecretStr)]
    return [value.get_secret_value() for value in values if value is not settings.database_url]


def _plain(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None


def _now() -> datetime:
    return datetime.now(UTC)
