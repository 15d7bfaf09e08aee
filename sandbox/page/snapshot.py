"""The workspace as one user sees it, ready to be rendered."""

from __future__ import annotations

from typing import Any

from sandbox.slack import Message, OpenView, SlackSimulator
from sandbox.slack.world import BOT_USER, Channel, User

_MOST_MESSAGES = 200  # per channel, the newest


def snapshot(slack: SlackSimulator, me: str, roles: dict[str, str]) -> dict[str, Any]:
    """Return everything on a user's screen: channels with their messages, their Home, and forms on top of it."""
    world = slack.state.world
    channels = [channel for channel in world.channels.values() if me in channel.members]
    own = world.conversation(me)
    if own not in channels:
        channels.append(own)
    return {
        "me": me,
        "people": [_person(user, roles) for user in world.users.values() if not user.bot and not user.deleted],
        "names": _names(slack),
        "channels": [_channel(channel) for channel in channels],
        "messages": {channel.id: _messages(slack, channel, me) for channel in channels},
        "home": _view(slack.state.homes.get(me)),
        "forms": [_view(opened) for opened in slack.state.modals[me]],
        "bot": {"id": BOT_USER, "connected": bool(slack.server.sockets) or bool(slack.delivery.to)},
    }


def _person(user: User, roles: dict[str, str]) -> dict[str, Any]:
    role = "from another company" if user.is_foreign else "guest" if user.guest else roles.get(user.id, "asks")
    return {"id": user.id, "name": user.real_name.split()[0], "role": role}


def _names(slack: SlackSimulator) -> dict[str, str]:
    """Return the names for mentions of users, groups and channels, by id."""
    world = slack.state.world
    people = {user.id: user.real_name if user.bot else user.name for user in world.users.values()}
    channels = {channel.id: channel.name for channel in world.channels.values()}
    return people | channels | {group: group.removeprefix("S0").lower() for group in world.groups}


def _channel(channel: Channel) -> dict[str, Any]:
    direct = channel.id.startswith("D")
    return {
        "id": channel.id,
        "name": "Domain Desk" if direct else channel.name,
        "kind": "direct" if direct else "private" if channel.private else "public",
        "hasBot": BOT_USER in channel.members,
    }


def _messages(slack: SlackSimulator, channel: Channel, me: str) -> list[dict[str, Any]]:
    seen = [m for m in slack.state.messages[channel.id] if m.only_for in {None, me}]
    return [_message(message) for message in seen[-_MOST_MESSAGES:]]


def _message(message: Message) -> dict[str, Any]:
    return {
        "ts": message.ts,
        "thread": message.thread_ts,
        "author": message.author,
        "text": message.text,
        "blocks": message.blocks,
        "chosen": message.chosen,
        "ephemeral": message.ephemeral,
        "edited": message.edited,
    }


def _view(opened: OpenView | None) -> dict[str, Any] | None:
    if opened is None:
        return None
    return {"id": opened.id, "hash": opened.hash, "view": opened.view, "chosen": opened.chosen}
