"""App Home: kept current for its recent viewers."""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from handlers.messages import words
from handlers.notifier import approval_card
from handlers.requests import places_of
from handlers.routing.router import Router
from handlers.routing.services import Services
from handlers.search.run import search_command
from handlers.toolkit.action_ids import NAMES, Act, Form
from handlers.toolkit.error_messages import refused, sentence
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.payloads import Nothing
from handlers.toolkit.responder import Reply
from handlers.toolkit.slack_errors import FAILURES, Kind, SlackAlerts, read
from handlers.toolkit.stamps import stamped, without_events
from handlers.views import trial
from handlers.views.cart import unshown
from handlers.views.home import CARD, closed_home, home, plain_home, search_form, searching
from handlers.views.recovery_mode import home_notice
from handlers.views.search import looking
from ordering.model.cart import Cart
from ordering.model.errors import NotAllowed, OrderingError
from ordering.model.recovery import Recovery, Stamp

_VIEWERS = 50  # the most recent viewers; Slack lets an app publish about a hundred Homes a minute
_AT_ONCE = 8
_PATIENCE = 2.0  # seconds that a refresh waits for Homes; a slow one continues in the background
_log = structlog.get_logger()


class Homes:
    """Publishes Homes independently of each other, and only if they changed.

    `alerts` holds the Slack problems that the operator must fix.
    """

    def __init__(self, services: Services, alerts: SlackAlerts | None = None) -> None:
        self._services = services
        self._alerts = alerts or SlackAlerts()
        self._published: OrderedDict[str, str] = OrderedDict()
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._once_more: set[str] = set()
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def opened(self, user: str) -> None:
        """Publish the Home of a user who opened it, and keep it current."""
        await self._services.work.turn()
        self._published[user] = ""
        self._published.move_to_end(user)
        if len(self._published) > _VIEWERS:
            self._published.popitem(last=False)
        await asyncio.wait({self._begun(user)})

    async def refresh(self) -> None:
        """Refresh the Homes of the recent viewers. A Home that fails or hangs delays no other."""
        tasks = [self._begun(user) for user in list(self._published)]
        if tasks:
            await asyncio.wait(tasks, timeout=_PATIENCE)

    def _begun(self, user: str) -> asyncio.Task[None]:
        """Return the task that publishes this Home. A running task publishes again, as it may have read too early."""
        task = self._under_way.get(user)
        if task is not None:
            self._once_more.add(user)
            return task
        task = self._under_way[user] = asyncio.create_task(self._current(user))
        return task

    async def _current(self, user: str) -> None:
        try:
            async with self._places:
                await self._publish(user)
                while user in self._once_more:
                    self._once_more.discard(user)
                    await self._publish(user)
        except Exception as error:  # noqa: BLE001 - one Home that cannot be rendered stops no other
            _log.warning("home_not_drawn", user=user, error=type(error).__name__, why=str(error)[:200])
        finally:
            self._once_more.discard(user)
            del self._under_way[user]

    async def _publish(self, user: str) -> None:
        with self._services.command_names.in_use():
            view = await self._view(user)
        rendered = without_events(str(view.to_dict()))
        if user not in self._published or self._published[user] == rendered:
            return
        try:
            await self._sent(user, view)
        except FAILURES as error:
            refusal = self._alerts.report_failure(error, about=words.slack.HOME)
            _log.warning("home_not_published", user=user, error=refusal.word)
            if refusal.kind is Kind.PLACE:
                self._published.pop(user, None)  # until this user opens it again
        else:
            self._alerts.clear(words.slack.HOME)
            if user in self._published:
                self._published[user] = rendered

    async def _sent(self, user: str, view: View) -> None:
        """Publish a view, or the plain Home if Slack refuses its content."""
        try:
            await self._services.client.views_publish(user_id=user, view=view)
        except FAILURES as error:
            refusal = read(error)
            if refusal.kind is not Kind.CONTENT:
                raise
            _log.error("content_refused", method="views.publish", error=refusal.word, details=refusal.details)
            await self._services.client.views_publish(user_id=user, view=plain_home())

    async def _view(self, user: str) -> View:
        """Render one user's Home. If they may not see carts, it says why."""
        services = self._services
        person = await services.members.who(user)
        try:
            services.workflow.policy.may_look(person)
        except NotAllowed as refusal:
            return closed_home(sentence(refusal))
        policy = services.workflow.policy
        overview = await services.bridge.call(services.workflow.queries.overview, person)
        waiting = [*overview.to_approve, *overview.to_pay, *overview.needs_attention]
        places = await places_of(services, [*overview.mine, *overview.recent])
        stamp, on_hold = await services.bridge.call(services.workflow.cards.rendering)
        notice = home_notice(operates=policy.operates(person)) if on_hold else []
        notice = [*notice, *trial.notice_of_trial(trial=policy.trial)]
        cards = (self._card(cart, stamp, on_hold) for cart in waiting)
        view = home(overview, cards, policy=policy, reader=person, places=places, notice=notice)
        view.blocks = list(stamped(view.blocks or [], stamp))
        return view

    def _card(self, cart: Cart, stamp: Stamp, on_hold: Recovery | None) -> Sequence[Block]:
        """Render one card. If rendering fails, the error is logged and the user's other cards are still shown."""
        try:
            return approval_card(cart, self._services.workflow.policy, CARD, stamp=stamp, on_hold=on_hold).blocks
        except Exception:  # noqa: BLE001 - a bug in a view; the user gets a reference to the log
            reference = secrets.token_hex(4)
            _log.exception("card_not_rendered", cart=cart.id, reference=reference)
            return unshown(cart, reference).blocks


async def _open_search(_services: Services, _did: Interaction, reply: Reply, _clicked: Nothing) -> None:
    await reply.open_form(search_form(), button=words.buttons.SEARCH_NAMES)


async def _search(services: Services, did: Interaction, reply: Reply, _sent: Nothing) -> None:
    """Search in the user's own conversation with the bot, where the results stay; the form says so."""
    there = await reply.in_conversation(looking())
    if there.to.channel:
        await reply.show_form(searching(services.links.to_channel(there.to.channel)), otherwise=looking())
    try:
        await search_command(services, there.to, there, did.typed(NAMES))
    except OrderingError as refusal:
        await there.send(refused(refusal), replace=True)


def _without_names(did: Interaction) -> Mapping[str, str]:
    return {} if did.typed(NAMES).strip() else {NAMES: words.home.NAMES_MISSING}


def register_clicks(router: Router) -> None:
    router.button(Act.HOME_SEARCH, Nothing, _open_search, at_once=True)
    router.form(Form.SEARCH, Nothing, _search, faults=_without_names, waiting=lambda _sent: searching())


def register(app: AsyncApp, services: Services, alerts: SlackAlerts | None = None) -> Homes:
    homes = Homes(services, alerts)

    @app.event("app_home_opened")
    async def opened(event: Mapping[str, Any]) -> None:
        if event.get("tab", "home") == "home":
            services.work.start(homes.opened(event["user"]))

    return homes
