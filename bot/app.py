"""The composition root: the only file that knows every part."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr

import handlers
from bot import logging as logs
from bot.account_watch import AccountWatch
from bot.health import DATABASE, JOBS, OVH, RECOVER_MODE, SLACK, Health, cancelled, keep_checking
from bot.heartbeat import Pulse
from bot.housekeeping import Housekeeping, deletes_answers
from bot.http import Front
from bot.metrics.watch import MeasuresWatch
from bot.operator_watch import OperatorWatch
from bot.settings import Settings
from bot.slack_client import slack_client, without_library_variables
from bot.slack_start import ask_who_we_are
from bot.socket_mode import SlackSocket
from bot.worker import Worker, keep_going
from handlers.command import WORDS
from handlers.messages import refusal
from handlers.notifier import Notifier
from handlers.operators import OperatorMessages
from handlers.recovery_mode import RecoverWatch
from handlers.routing.inbox import Inbox
from handlers.routing.services import Services
from handlers.search_sessions import Searches, SharedSearches
from handlers.toolkit.links import Links
from handlers.toolkit.members import Members, Workspace
from handlers.toolkit.rights import SlackRights
from handlers.toolkit.slack_errors import SlackAlerts
from handlers.toolkit.threads import Bridge
from handlers.toolkit.timing import MeasuredApp
from handlers.witness import WitnessPost
from ordering.process.answer_deletion import AnswerDeletion
from ordering.process.floors import Floors
from ordering.process.fulfilment import Fulfilment
from ordering.process.head_witness import HeadWitness
from ordering.process.leases import LEASE, Leases, LocalLeases, SharedLeases
from ordering.process.lost_markers import LostMarkers
from ordering.process.outbox import Outbox
from ordering.process.policy_watch import PolicyWatch
from ordering.process.polling import PollSchedule
from ordering.process.presence import Presence
from ordering.workflow import Workflow
from registrars.ovh import OvhConfig, OvhGateway, SharedRateLimiter
from store.bot_id import bot_id
from store.database_url import parse_database_url
from store.engine import Engines, open_engines
from store.inbox import SqlInbox
from store.migrate import migrate
from store.operator_notices import OperatorNotices
from store.rate_limit import LimiterStorage
from store.registry_demands import RegistryDemandMemory
from store.search_sessions import SharedSessionStore
from store.transactions import SqlStore

_THREADS = 12  # for users' requests that need only the database; the worker has its own threads
_SEARCH_THREADS = 64  # each only waits for the answers of one search
_SESSION_THREADS = 4
_WORKER_THREADS = 8
_SLOTS = 8  # for jobs that carry out decisions, and as many for jobs that only poll
# Seconds when the bot stops, out of its five: for work to end, for work that gets no more answers from OVH, and for
# notifying users that the rest was cut short.
_LAST_WORK, _LAST_ANSWERS, _LAST_WORDS = 2.0, 0.5, 1.0
_LAST_MONEY_CALLS = 1.5  # within the first of these periods
_DATABASE_EVERY, _SLACK_EVERY, _OVH_EVERY = 2.0, 0.5, 15.0  # seconds between two checks; the OVH one is mostly cached
_RECOVER_MODE_EVERY = 1.0  # seconds; each is one read of the database
_GROUPS_EVERY = 300.0  # seconds until /healthz shows a deleted user group
_CHECKED_WITHIN = 5.0  # seconds; then the part counts as unanswered


class Bot:
    """The bot with all its parts. Call `start`, await `until_it_fails`, then `stop`."""

    def __init__(
        self,
        settings: Settings,
        engines: Engines,
        workspace: Workspace,
        *,
        health: Health | None = None,
        front: Front | None = None,
        poll_schedule: PollSchedule | None = None,
        lease: timedelta = LEASE,
        floors: Floors | None = None,
    ) -> None:
        self._health = health or Health()
        self.front = front or Front(settings, self._health)
        policy = settings.policy()
        store = SqlStore(engines)
        self._engines = engines
        self._client = slack_client(settings)
        own_id = bot_id(engines, team=workspace.team, bot_user=workspace.bot_user)
        measures = self.front.measures
        self._registrar = OvhGateway(
            ovh_config(settings),
            rate_limiter(settings, engines),
            bot_id=own_id,
            observe=measures.called,
            demand_memory=RegistryDemandMemory(engines),
        )
        logs.add_secrets(self._registrar.secrets)
        self._bridge = Bridge(_THREADS)
        own = self._own_bridge = Bridge(_WORKER_THREADS)
        outbox = Outbox(store)
        links = Links(workspace.address)
        self._alerts = SlackAlerts()
        leases: Leases = SharedLeases(store, clock=_now, lease=lease) if engines.are_shared else LocalLeases()
        with without_library_variables():
            self.app = MeasuredApp(
                tell=measures.acknowledged,
                words=WORDS,
                client=self._client,
                signing_secret=_plain(settings.slack_signing_secret) or "",
                process_before_response=True,  # acknowledge when the listener returns: ours return immediately
            )
        services = Services(
            workflow=Workflow(store=store, registrar=self._registrar, policy=policy, clock=_now),
            bridge=self._bridge,
            search_bridge=Bridge(_SEARCH_THREADS),
            members=Members(self._client, workspace=workspace, groups=policy.groups, alerts=self._alerts),
            client=self._client,
            links=links,
            searches=self._searches(engines),
            wake=lambda: self.worker.wake(),  # noqa: PLW0108 - the worker is created after the services
        )
        self.services = services
        self._work = services.work
        self._inbox = Inbox(services, SqlInbox(engines))
        homes = handlers.register(self.app, services, self._inbox, alerts=self._alerts)
        settle = timedelta(seconds=settings.desk_settle_seconds)
        fulfilment = Fulfilment(
            store=store,
            registrar=self._registrar,
            policy=policy,
            clock=_now,
            settle=settle,
            poll_schedule=poll_schedule,
            floors=floors,
            rights=SlackRights(services.members),
        )
        presence = Presence(store, self._registrar)
        lost_markers = LostMarkers(store, self._registrar, services.workflow.recover_mode)
        self._account_watch = AccountWatch(fulfilment.foreign_orders, presence, lost_markers, self._health)
        self.worker = Worker(
            fulfilment=fulfilment,
            notifier=Notifier(self._client, outbox, own, policy, links=links, alerts=self._alerts),
            refresh_homes=homes.refresh,
            leases=leases,
            bridge=own,
            slots=_SLOTS,
            on_stuck=self._report_stuck,
        )
        deletion = AnswerDeletion(store, kept=timedelta(days=settings.desk_answers_kept_days), clock=_now)
        head = HeadWitness(store, clock=_now, key=_plain(settings.desk_witness_key))
        channel = policy.approval_channel
        self.head_witness = WitnessPost(head, self._client, own, channel=channel, alerts=self._alerts)
        self._housekeeping = Housekeeping([deletes_answers(deletion, own), self.head_witness.post])
        self._policy_watch = PolicyWatch(store, policy, _now)
        self._recover_watch = RecoverWatch(
            services.workflow,
            self._client,
            own,
            lambda: _now() + self._registrar.clock_ahead(),
            alerts=self._alerts,
            wake=self.worker.wake,
        )
        self._socket = (
            SlackSocket(self.app, settings.slack_app_token.get_secret_value(), slack_client(settings, timeout=5))
            if settings.slack_app_token is not None
            else None
        )
        # Each check has its own thread, so that a hanging part delays neither the worker nor the other check.
        self._database_bridge, self._ovh_bridge = Bridge(1), Bridge(1)
        self._pulse = Pulse(engines)
        self._measures_watch = MeasuresWatch(measures, engines, self._registrar, self._pulse)
        measures.in_trial(is_on=policy.trial)
        operator_messages = OperatorMessages(
            self._client, OperatorNotices(engines), Bridge(1), policy.operators, self._alerts
        )
        self._operator_watch = OperatorWatch(
            operator_messages, self._health, self._registrar, services.members, policy, measures,
            ovh_time=lambda: _now() + (self._registrar.known_clock_ahead() or timedelta()),
        )  # fmt: skip
        self._beating: asyncio.Task[None] | None = None
        self._checking: list[asyncio.Task[None]] = []
        self._working: asyncio.Task[None] | None = None

    @classmethod
    async def build(
        cls,
        settings: Settings,
        *,
        poll_schedule: PollSchedule | None = None,
        lease: timedelta = LEASE,
        floors: Floors | None = None,
    ) -> Bot:
        """Migrate the database, call auth.test once, and connect the parts. Does not wait for unavailable services.

        `poll_schedule` is how often OVH is polled, `lease` is when another process takes over this one's work, `floors`
        is how long a missing payment at OVH proves nothing.
        """
        engines = open_engines(settings.database_url.get_secret_value())
        await asyncio.to_thread(migrate, engines)
        workspace = await ask_who_we_are(slack_client(settings))
        return cls(settings, engines, workspace, poll_schedule=poll_schedule, lease=lease, floors=floors)

    async def start(self) -> None:
        """Start the worker and the checks, and accept requests; return when Slack is connected.

        Raises `SettingsError` if a port is taken or Slack refuses the app token.
        """
        await self.front.open()
        await self._own_bridge.call(self.services.workflow.recover_mode.begin_if_copied)
        await self._own_bridge.call(self._policy_watch.record_change)
        self._beating = asyncio.create_task(self._pulse.run())
        self._working = asyncio.create_task(self.worker.run(), context=self.services.command_names.context())
        for part, check, every in (
            (DATABASE, self._database, _DATABASE_EVERY),
            (SLACK, self._slack, _SLACK_EVERY),
            (OVH, self._ovh, _OVH_EVERY),
            (RECOVER_MODE, self._recover_watch.check, _RECOVER_MODE_EVERY),
        ):
            checking = keep_checking(self._health, part, check, every=every, within=_CHECKED_WITHIN)
            self._checking.append(asyncio.create_task(checking))
        self._checking.append(asyncio.create_task(self._keep_reading_groups()))
        self._checking.append(asyncio.create_task(self._account_watch.run()))
        self._checking.append(asyncio.create_task(self._measures_watch.run()))
        self._checking.append(asyncio.create_task(self._operator_watch.run()))
        self._checking.append(asyncio.create_task(self._housekeeping.run()))
        self._checking.append(asyncio.create_task(keep_going(self._inbox.work_off)))
        if self._socket is not None:
            await self._socket.open()
        else:
            self.front.admit(self.app)
        self._health.phase = None

    async def until_it_fails(self) -> None:
        """Wait until the worker fails, and raise its error: a bot without a worker must not look alive.

        Also raises `SettingsError` if Slack revokes the app token, and `SchemaChanged` once another version has
        migrated the database.
        """
        refused = self._socket.client.refused if self._socket is not None else None
        ends = [end for end in (self._working, self._beating, refused) if end is not None]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if self._beating is not None and self._beating.done():
            self._beating.result()
        if refused is not None and refused.done():
            raise refused.result()
        if self._working is not None and self._working.done():
            self._working.result()

    async def stop(self) -> None:
        """Accept no new work, let current work finish, and close all connections, in about four seconds at most.

        Calls that buy or pay are cut off early, so their jobs can still record that the calls ended.
        """
        closing = [self.front.close()] if self._socket is None else [self.front.close(), self._socket.close()]
        ending = Bridge(1).call(self._registrar.stop_money_calls, within=_LAST_MONEY_CALLS)
        await asyncio.gather(self._work.drain(_LAST_WORK), ending, *closing)
        await cancelled(self._working, self._beating, *self._checking)
        self._registrar.close()
        await self._work.drain(_LAST_ANSWERS)
        await self._work.cut_short(_LAST_WORDS)
        await self._pulse.stop()
        self._engines.close()

    @staticmethod
    def _searches(engines: Engines) -> Searches:
        if not engines.are_shared:
            return Searches()
        return SharedSearches(SharedSessionStore(engines, clock=_now), Bridge(_SESSION_THREADS))

    async def _database(self) -> str | None:
        return await self._database_bridge.call(self._engines.health) or self._pulse.reason()

    async def _slack(self) -> str | None:
        """Return why Slack is unhealthy: the connection first, then alerts for the operator."""
        line = None if self._socket is None else await self._socket.health()
        return line or " ".join(self._alerts.sentences()) or None

    def _report_stuck(self, carts: Sequence[int]) -> None:
        """Notify the operators once of jobs that hang, by `/healthz` and the log, and once that they ended."""
        named = ", ".join(f"#{number}" for number in carts)
        reason = f"the work on {named} makes no progress: look at the log, then restart the bot"
        self._health.report(JOBS, reason if carts else None)

    async def _keep_reading_groups(self) -> None:
        while True:
            await self.services.members.read_groups()
            await asyncio.sleep(_GROUPS_EVERY)

    async def _ovh(self) -> str | None:
        error = await self._ovh_bridge.call(self._registrar.health)
        return None if error is None else refusal(error).text


def ovh_config(settings: Settings) -> OvhConfig:
    return OvhConfig(
        endpoint=settings.ovh_endpoint,
        application_key=settings.ovh_application_key,
        application_secret=_plain(settings.ovh_application_secret),
        consumer_key=_plain(settings.ovh_consumer_key),
        client_id=settings.ovh_client_id,
        client_secret=_plain(settings.ovh_client_secret),
        money_consumer_key=_plain(settings.ovh_money_consumer_key),
        money_client_id=settings.ovh_money_client_id,
        money_client_secret=_plain(settings.ovh_money_client_secret),
        api_url=settings.ovh_api_url,
        subsidiary=settings.ovh_subsidiary,
        trial=settings.desk_trial,
        requests_per_second=settings.ovh_requests_per_second,
        burst=settings.ovh_burst,
        concurrency=settings.ovh_concurrency,
        extensions=settings.desk_extensions,
        owner_contact=settings.desk_owner_contact,
        owners=settings.owners,
        owner_legal_age=settings.desk_owner_legal_age,
    )


def rate_limiter(settings: Settings, engines: Engines) -> SharedRateLimiter | None:
    """Return the shared rate limiter; None on SQLite. On PostgreSQL several processes may use one key."""
    if engines.write_queue is not None:
        return None
    key = "\n".join(map(str, (settings.ovh_endpoint, settings.ovh_application_key, settings.ovh_client_id)))
    page = LimiterStorage(engines, hashlib.sha256(key.encode()).hexdigest())
    return SharedRateLimiter(page, per_second=settings.ovh_requests_per_second, burst=settings.ovh_burst)


def secrets(settings: Settings) -> list[str]:
    """Return every secret value for the log's redactor; of `DATABASE_URL` only the password."""
    values = [value.get_secret_value() for _, value in settings if isinstance(value, SecretStr)]
    address = settings.database_url.get_secret_value()
    password = parse_database_url(address).password
    return [value for value in values if value != address] + ([str(password)] if password else [])


def _plain(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None


def _now() -> datetime:
    return datetime.now(UTC)
