"""The Web API's methods. What is not here answers `unknown_method`, as Slack does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.slack.block_kit import faults_of, faults_of_view
from sandbox.slack.messages import Message
from sandbox.slack.state import SlackError, State
from sandbox.slack.world import BOT_USER, TEAM, Channel

Arguments = Mapping[str, Any]
Method = Callable[[State, Arguments], dict[str, Any]]
METHODS: dict[str, tuple[str | None, Method]] = {}
_LONGEST_TEXT = 40_000


def method(name: str, scope: str | None = None) -> Callable[[Method], Method]:
    def register(function: Method) -> Method:
        METHODS[name] = (scope, function)
        return function

    return register


@method("auth.test")
def _auth_test(state: State, _args: Arguments) -> dict[str, Any]:
    return state.world.identity()


@method("chat.postMessage", "chat:write")
def _post(state: State, args: Arguments) -> dict[str, Any]:
    channel = _writable(state, str(args.get("channel", "")))
    text, blocks = _content(state, args)
    message = Message(state.ts(), channel.id, text, blocks, thread_ts=args.get("thread_ts"))
    state.post(message)
    return {"channel": channel.id, "ts": message.ts, "message": message.shown()}


@method("chat.postEphemeral", "chat:write")
def _post_ephemeral(state: State, args: Arguments) -> dict[str, Any]:
    channel = _writable(state, str(args.get("channel", "")))
    if args.get("user") not in channel.members:
        raise SlackError("user_not_in_channel")
    text, blocks = _content(state, args)
    message = state.post(Message(state.ts(), channel.id, text, blocks, only_for=args["user"]))
    return {"message_ts": message.ts}


@method("chat.update", "chat:write")
def _update(state: State, args: Arguments) -> dict[str, Any]:
    channel = _known(state, str(args.get("channel", "")))
    message = state.find(channel.id, str(args.get("ts", "")))
    if message is None or message.ephemeral:  # an ephemeral message cannot be changed this way
        raise SlackError("message_not_found")
    text, blocks = _content(state, args)
    state.edit(message, text, blocks)
    return {"channel": channel.id, "ts": message.ts, "text": text}


@method("chat.delete", "chat:write")
def _delete(state: State, args: Arguments) -> dict[str, Any]:
    channel = _known(state, str(args.get("channel", "")))
    message = state.find(channel.id, str(args.get("ts", "")))
    if message is None:
        raise SlackError("message_not_found")
    state.messages[channel.id].remove(message)
    return {"channel": channel.id, "ts": message.ts}


@method("users.info", "users:read")
def _user(state: State, args: Arguments) -> dict[str, Any]:
    user = state.world.users.get(str(args.get("user", "")))
    if user is None:
        raise SlackError("user_not_found")
    return {"user": user.shown()}


@method("users.list", "users:read")
def _users(state: State, _args: Arguments) -> dict[str, Any]:
    return {"members": [user.shown() for user in state.world.users.values()], "response_metadata": {"next_cursor": ""}}


@method("usergroups.users.list", "usergroups:read")
def _group(state: State, args: Arguments) -> dict[str, Any]:
    members = state.world.groups.get(str(args.get("usergroup", "")))
    if members is None:
        raise SlackError("no_such_subteam")
    return {"users": sorted(members)}


@method("conversations.info", "channels:read")
def _channel(state: State, args: Arguments) -> dict[str, Any]:
    return {"channel": _known(state, str(args.get("channel", ""))).shown()}


@method("views.open")
def _open(state: State, args: Arguments) -> dict[str, Any]:
    view = _view(state, args)
    user = state.use_trigger(str(args.get("trigger_id", "")))
    opened = state.open(user, view)
    state.modals[user] = [opened]
    return {"view": opened.shown(TEAM, "A0SANDBOX")}


@method("views.push")
def _push(state: State, args: Arguments) -> dict[str, Any]:
    view = _view(state, args)
    user = state.use_trigger(str(args.get("trigger_id", "")))
    if len(state.modals[user]) >= 3:  # noqa: PLR2004 - Slack's limit
        raise SlackError("push_limit_reached")
    opened = state.open(user, view)
    state.modals[user].append(opened)
    return {"view": opened.shown(TEAM, "A0SANDBOX")}


@method("views.update")
def _update_view(state: State, args: Arguments) -> dict[str, Any]:
    view = _view(state, args)
    opened = state.modal(str(args.get("view_id", "")))
    if opened is None:
        raise SlackError("not_found")
    if args.get("hash") and args["hash"] != opened.hash:
        raise SlackError("hash_conflict")
    state.redraw(opened, view)
    return {"view": opened.shown(TEAM, "A0SANDBOX")}


@method("views.publish")
def _publish(state: State, args: Arguments) -> dict[str, Any]:
    view = _view(state, args)
    user = str(args.get("user_id", ""))
    if user not in state.world.users:
        raise SlackError("user_not_found")
    if user in state.homes:
        state.redraw(state.homes[user], view)
    else:
        state.homes[user] = state.open(user, view)
    return {"view": state.homes[user].shown(TEAM, "A0SANDBOX")}


@method("blocks.validate")
def _validate(_state: State, args: Arguments) -> dict[str, Any]:
    found = faults_of_view(args["view"]) if "view" in args else faults_of(args.get("blocks") or [])
    if found:
        raise SlackError("invalid_blocks", errors=[{"message": fault} for fault in found])
    return {}


def _content(state: State, args: Arguments) -> tuple[str, list[dict[str, Any]]]:
    text, blocks = str(args.get("text") or ""), list(args.get("blocks") or [])
    if not text and not blocks:
        raise SlackError("no_text")
    if len(text) > _LONGEST_TEXT:
        raise SlackError("msg_too_long")
    if found := faults_of(blocks):
        state.faulty += found
        raise SlackError("invalid_blocks", response_metadata={"messages": found})
    if blocks and not text:
        state.faulty.append("a message with blocks but without text")
    return text, blocks


def _view(state: State, args: Arguments) -> dict[str, Any]:
    view = dict(args.get("view") or {})
    if found := faults_of_view(view):
        state.faulty += found
        raise SlackError("invalid_arguments", response_metadata={"messages": found})
    return view


def _known(state: State, channel: str) -> Channel:
    if channel in state.world.users:
        return state.world.conversation(channel)
    if channel not in state.world.channels:
        raise SlackError("channel_not_found")
    return state.world.channels[channel]


def _writable(state: State, name: str) -> Channel:
    channel = _known(state, name)
    if channel.archived:
        raise SlackError("is_archived")
    if BOT_USER not in channel.members and (channel.private or channel.direct):
        raise SlackError("channel_not_found")  # a private channel does not even admit that it exists
    return channel
