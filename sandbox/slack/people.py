"""A simulated user: what they see, and their commands, clicks, choices and forms."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from sandbox.slack.delivery import Delivery, NotAcknowledged
from sandbox.slack.elements import Value, error_of, state_of
from sandbox.slack.events import callback, written
from sandbox.slack.messages import Message, OpenView, elements
from sandbox.slack.server import Server
from sandbox.slack.state import State
from sandbox.slack.world import APP, TEAM, User, World

Place = Message | OpenView
_MEMBER_TEAM_DOMAIN = "sandbox"


class NoSuchButton(Exception):
    """The element does not exist, so it cannot be clicked."""


class Actor:
    """One user of the workspace."""

    def __init__(self, user: User, state: State, server: Server, delivery: Delivery) -> None:
        self._user = user
        self._state = state
        self._server = server
        self._delivery = delivery

    @property
    def id(self) -> str:
        return self._user.id

    @property
    def _world(self) -> World:
        return self._state.world

    @property
    def home(self) -> OpenView | None:
        return self._state.homes.get(self.id)

    @property
    def modal(self) -> OpenView | None:
        """The form on top, if one is open."""
        return next(iter(reversed(self._state.modals[self.id])), None)

    def messages(self, channel: str) -> list[Message]:
        """Return what this user sees in a channel, including threads and their own ephemeral messages."""
        found = self._state.world.channel(channel)
        if self.id not in found.members:
            return []
        return [m for m in self._state.messages[found.id] if m.only_for in {None, self.id}]

    async def command(self, text: str, *, channel: str = "domains", command: str | None = None) -> dict[str, Any]:
        """Type a command of the app; return the acknowledgement, which Slack shows if it has a text."""
        where = self._state.world.channel(channel)
        key = self._state.response_url(self.id, where.id)
        answer = await self._delivery.send(
            "slash_commands",
            {
                "token": "made-up", "team_id": TEAM, "team_domain": _MEMBER_TEAM_DOMAIN, "channel_id": where.id,
                "channel_name": where.name_in_payloads, "user_id": self.id, "user_name": self._user.name,
                "command": command or self._world.commands[0], "text": text, "api_app_id": APP,
                "is_enterprise_install": str(self._world.org_wide).lower(), "response_url": self._response_url(key),
                "trigger_id": self._state.trigger(self.id), **_organisation(self._world),
            },
        )  # fmt: skip
        if answer.get("text") or answer.get("blocks"):
            only_for = None if answer.get("response_type") == "in_channel" else self.id
            message = Message(
                self._state.ts(), where.id, answer.get("text", ""), list(answer.get("blocks") or []), only_for=only_for
            )
            self._state.post(message)
            self._state.urls[key].last = self._state.urls[key].last or message.ts
            await self._state.change()
        return answer

    async def say(self, text: str, *, channel: str, thread_ts: str | None = None) -> Message:
        """Write a message. The app hears of it only in the user's own conversation with it, and with the scope."""
        where = self._state.world.channel(channel)
        message = self._state.post(Message(self._state.ts(), where.id, text, [], thread_ts=thread_ts, author=self.id))
        await self._state.change()
        if where.is_with_the_bot and self._server.tells_messages:
            with suppress(NotAcknowledged):  # the user sees nothing of that
                await self._delivery.send("events_api", callback(self._world, written(message)))
        return message

    async def click(self, place: Place, button: str) -> None:
        """Press a button by its label (an emoji before it is fine) or its action id."""
        await self.press(place, *self._find(place, button))

    async def press(self, place: Place, block_id: str, element: dict[str, Any]) -> None:
        """Press exactly this button: one place may have several with the same label."""
        action = {"type": "button", "value": element.get("value"), "text": element["text"]}
        await self._act(place, block_id, action | {"action_id": element["action_id"]})

    async def select(self, place: Place, action_id: str, value: Value) -> None:
        """Choose an option by its text or value, or a date; it stays chosen."""
        await self.choose(place, *self._find(place, action_id), value)

    async def choose(self, place: Place, block_id: str, element: dict[str, Any], value: Value) -> None:
        """Choose an option of exactly this element."""
        chosen = state_of(element, value)
        action_id = element["action_id"]
        if element["type"] != "overflow":
            place.chosen.setdefault(block_id, {})[action_id] = chosen
        if not isinstance(place, OpenView) or _acts(place, block_id):
            await self._act(place, block_id, chosen | {"action_id": action_id})

    async def submit(self, **values: Value) -> dict[str, str]:
        """Fill in the form on top by action ids and submit it; return the errors at its blocks, if any."""
        opened = self.modal
        if opened is None:
            raise NoSuchButton("no form is open")
        for block_id, element in elements(opened.blocks):
            if element["action_id"] in values:
                entry = state_of(element, values[element["action_id"]])
                opened.chosen.setdefault(block_id, {})[element["action_id"]] = entry
        if errors := _errors(opened):
            return errors
        payload = self._interaction("view_submission") | {"view": self._to_json(opened), "response_urls": []}
        answer = await self._delivery.send("interactive", payload)
        await self._after_submit(opened, answer)
        return dict(answer.get("errors") or {})

    def close_modal(self, *, all_of_them: bool = True) -> None:
        """Close the form on top, or the whole stack of forms."""
        stack = self._state.modals[self.id]
        del stack[0 if all_of_them else len(stack) - 1 :]

    async def open_home(self) -> None:
        event: dict[str, Any] = {
            "type": "app_home_opened", "user": self.id, "channel": self._world.conversation(self.id).id,
            "tab": "home", "event_ts": self._state.ts(),
        }  # fmt: skip
        if self._user.organisation is not None:
            event["team"] = self._user.organisation  # for Grid users Slack names the organisation
        if self.home is not None:
            event["view"] = self.home.to_json(TEAM, APP)
        await self._delivery.send("events_api", callback(self._world, event))

    async def _after_submit(self, opened: OpenView, answer: Mapping[str, Any]) -> None:
        response = answer.get("response_action")
        if response == "update":
            self._state.redraw(opened, dict(answer["view"]))
        elif response == "push":
            pushed = self._state.open(self.id, dict(answer["view"]), below=opened)
            self._state.modals[self.id].append(pushed)
        elif response == "clear":
            self._state.modals[self.id].clear()
        elif response != "errors" and opened in self._state.modals[self.id]:
            self._state.modals[self.id].remove(opened)
        await self._state.change()

    def _find(self, place: Place, wanted: str) -> tuple[str, dict[str, Any]]:
        for block_id, element in elements(place.blocks):
            label = (element.get("text") or {}).get("text", "")
            if element["action_id"] == wanted or label == wanted or label.endswith(f" {wanted}"):
                return block_id, element
        raise NoSuchButton(f"there is no “{wanted}” in: {place.plain_text()}")

    async def _act(self, place: Place, block_id: str, action: dict[str, Any]) -> None:
        payload = self._interaction("block_actions")
        payload["actions"] = [action | {"block_id": block_id, "action_ts": self._state.ts()}]
        payload |= self._from_message(place) if isinstance(place, Message) else self._from_view(place)
        await self._delivery.send("interactive", payload)

    def _from_message(self, message: Message) -> dict[str, Any]:
        key = self._state.response_url(self.id, message.channel, original=message.ts)
        channel = self._state.world.channels[message.channel]
        container = {
            "type": "message", "message_ts": message.ts, "channel_id": channel.id, "is_ephemeral": message.ephemeral,
        }  # fmt: skip
        return {
            "container": container,
            "channel": {"id": channel.id, "name": channel.name_in_payloads},
            "message": message.to_json(),
            "state": {"values": message.chosen},
            "response_url": self._response_url(key),
        }

    def _from_view(self, opened: OpenView) -> dict[str, Any]:
        return {"container": {"type": "view", "view_id": opened.id}, "view": self._to_json(opened)}

    def _to_json(self, opened: OpenView) -> dict[str, Any]:
        """Return a view as payloads contain it: with the user's own workspace, and the one that has the app."""
        return opened.to_json(self._user.team or TEAM, APP) | {"app_installed_team_id": TEAM}

    def _interaction(self, kind: str) -> dict[str, Any]:
        """Return the content of every interactive payload. With an org-wide install `team` is null."""
        world, user = self._world, self._user
        organisation = _organisation(world)
        team = None if world.org_wide else {"id": TEAM, "domain": _MEMBER_TEAM_DOMAIN, **organisation}
        who = {"id": self.id, "username": user.name, "name": user.name, "team_id": user.team}
        return {
            "type": kind, "user": {name: value for name, value in who.items() if value is not None},
            "api_app_id": APP, "token": "made-up", "trigger_id": self._state.trigger(self.id), "team": team,
            "enterprise": {"id": world.organisation, "name": "Sandbox Group"} if organisation else None,
            "is_enterprise_install": world.org_wide,
        }  # fmt: skip

    def _response_url(self, key: str) -> str:
        return f"http://{self._server.base}/response/{key}"


def _organisation(world: World) -> dict[str, Any]:
    if world.organisation is None:
        return {}
    return {"enterprise_id": world.organisation, "enterprise_name": "Sandbox Group"}


def _acts(opened: OpenView, block_id: str) -> bool:
    """Return whether a choice there is sent to the app immediately: an input does so only if it requests it."""
    block = next(b for b in opened.blocks if b.get("block_id") == block_id)
    return block["type"] != "input" or bool(block.get("dispatch_action"))


def _errors(opened: OpenView) -> dict[str, str]:
    """Return Slack's complaints about the fields before it sends the form, by block."""
    found = {}
    for block in opened.blocks:
        if block["type"] == "input":
            state = opened.chosen.get(block["block_id"], {}).get(block["element"]["action_id"], {})
            if (words := error_of(block, state)) is not None:
                found[block["block_id"]] = words
    return found
