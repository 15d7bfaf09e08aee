"""The Web API's methods. Other methods answer `unknown_method`, as at Slack."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.slack import limits
from sandbox.slack.block_kit import faults_of, faults_of_view
from sandbox.slack.messages import Message
from sandbox.slack.state import SlackError, State
from sandbox.slack.world import APP, BOT, BOT_USER, TEAM, Channel

Arguments = Mapping[str, Any]
Method = Callable[[State, Arguments], dict[str, Any]]
METHODS: dict[str, tuple[str | None, Method]] = {}
_MOST_USERS = 1000  # in one response of users.list


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
    # The only method that cuts a long text instead of refusing it.
    warned = {"warning": "message_truncated", "response_metadata": {"warnings": ["message_truncated"]}}
    warning = warned if len(text) > limits.POST_TEXT else {}
    message = Message(state.ts(), channel.id, text[: limits.POST_TEXT], blocks, thread_ts=args.get("thread_ts"))
    message.attachments = list(args.get("attachments") or [])
    state.post(message)
    return {"channel": channel.id, "ts": message.ts, "message": message.to_json()} | warning


@method("chat.postEphemeral", "chat:write")
def _post_ephemeral(state: State, args: Arguments) -> dict[str, Any]:
    channel = _writable(state, str(args.get("channel", "")))
    if args.get("user") not in channel.members:
        raise SlackError("user_not_in_channel")
    text, blocks = _content(state, args)
    _short(text)
    message = state.post(Message(state.ts(), channel.id, text, blocks, only_for=args["user"]))
    return {"message_ts": message.ts}


@method("chat.update", "chat:write")
def _update(state: State, args: Arguments) -> dict[str, Any]:
    message = _of_the_app(state, args, otherwise="cant_update_message")
    text, blocks = _content(state, args)
    _short(text)
    # Without the argument the earlier blocks stay; an empty list removes them.
    kept = message.blocks if args.get("blocks") is None and not args.get("markdown_text") else blocks
    state.edit(message, text, kept)
    return {"channel": message.channel, "ts": message.ts, "text": text}


@method("chat.delete", "chat:write")
def _delete(state: State, args: Arguments) -> dict[str, Any]:
    message = _of_the_app(state, args, otherwise="cant_delete_message")
    state.messages[message.channel].remove(message)
    return {"channel": message.channel, "ts": message.ts}


@method("users.info", "users:read")
def _user(state: State, args: Arguments) -> dict[str, Any]:
    user = state.world.users.get(str(args.get("user", "")))
    if user is None:
        raise SlackError("user_not_found")
    return {"user": user.to_json()}


@method("users.list", "users:read")
def _users(state: State, args: Arguments) -> dict[str, Any]:
    every = [user.to_json() for user in state.world.users.values()]
    start, limit = _page(str(args.get("cursor") or ""), len(every)), int(args.get("limit") or 0)
    if not 0 <= limit <= _MOST_USERS:
        raise SlackError("invalid_limit")
    end = start + limit if limit else len(every)
    cursor = base64.b64encode(f"user:{end}".encode()).decode() if end < len(every) else ""
    return {"members": every[start:end], "response_metadata": {"next_cursor": cursor}}


@method("usergroups.users.list", "usergroups:read")
def _group(state: State, args: Arguments) -> dict[str, Any]:
    members = state.world.groups.get(str(args.get("usergroup", "")))
    if members is None:
        raise SlackError("no_such_subteam")
    return {"users": sorted(members)}


@method("conversations.info", "channels:read")
def _channel(state: State, args: Arguments) -> dict[str, Any]:
    return {"channel": _known(state, str(args.get("channel", ""))).to_json()}


@method("views.open")
def _open(state: State, args: Arguments) -> dict[str, Any]:
    view = _view(state, args)
    user = state.use_trigger(str(args.get("trigger_id", "")))
    _only_one_called(state, view)
    opened = state.open(user, view)
    state.modals[user] = [opened]
    return {"view": opened.to_json(TEAM, "A0SANDBOX")}


@method("views.push")
def _push(state: State, args: Arguments) -> dict[str, Any]:
    view = _view(state, args)
    user = state.use_trigger(str(args.get("trigger_id", "")))
    if len(state.modals[user]) >= 3:  # noqa: PLR2004 - Slack's limit
        raise SlackError("push_limit_reached")
    _only_one_called(state, view)
    opened = state.open(user, view, below=next(iter(state.modals[user][-1:]), None))
    state.modals[user].append(opened)
    return {"view": opened.to_json(TEAM, "A0SANDBOX")}


@method("views.update")
def _update_view(state: State, args: Arguments) -> dict[str, Any]:
    view = _view(state, args)
    opened = state.modal(str(args.get("view_id") or ""), external_id=str(args.get("external_id") or ""))
    if opened is None:
        raise SlackError("not_found")
    if args.get("hash") and args["hash"] != opened.hash:
        raise SlackError("hash_conflict")
    state.redraw(opened, view)
    return {"view": opened.to_json(TEAM, "A0SANDBOX")}


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
    return {"view": state.homes[user].to_json(TEAM, "A0SANDBOX")}


@method("blocks.validate")
def _validate(_state: State, args: Arguments) -> dict[str, Any]:
    """Check blocks, a message or a view; exactly one of them."""
    given = [name for name in ("blocks", "message", "view") if args.get(name) is not None]
    if len(given) != 1:
        raise SlackError("invalid_arguments")
    name, content = given[0], args[given[0]]
    blocks = content if name == "blocks" else content.get("blocks") or []
    if found := faults_of_view(content) if name == "view" else faults_of(blocks):
        errors = [{"code": "failed_constraint", "message": fault, "pointer": "", "constraint": {}} for fault in found]
        raise SlackError(f"invalid_{name}", errors=errors)
    return {}


@method("bots.info", "users:read")
def _bot(_state: State, args: Arguments) -> dict[str, Any]:
    if args.get("bot") != BOT:
        raise SlackError("bot_not_found")
    return {"bot": {"id": BOT, "app_id": APP, "user_id": BOT_USER, "name": "domain-desk", "deleted": False}}


def _content(state: State, args: Arguments) -> tuple[str, list[dict[str, Any]]]:
    """Return a message's text and blocks; raises Slack's error if it refuses them."""
    text, blocks = str(args.get("text") or ""), list(args.get("blocks") or [])
    markdown, attachments = str(args.get("markdown_text") or ""), list(args.get("attachments") or [])
    if markdown and (text or blocks):
        raise SlackError("markdown_text_conflict")
    if len(markdown) > limits.MARKDOWN_TEXT:
        raise SlackError("msg_too_long")
    if len(attachments) > limits.ATTACHMENTS:
        raise SlackError("too_many_attachments")
    if not any((text, blocks, markdown, attachments)):
        raise SlackError("no_text")
    if found := faults_of(blocks):
        state.faulty += found
        raise SlackError("invalid_blocks", response_metadata={"messages": found})
    if limits.blocks_are_too_long(blocks):
        state.faulty.append(f"a message of {limits.weight(blocks)} bytes")
        raise SlackError("msg_blocks_too_long")
    if blocks and not text:
        state.faulty.append("a message with blocks but without text")
    return text or markdown, [{"type": "markdown", "text": markdown}] if markdown else blocks


def _short(text: str) -> None:
    if limits.text_is_too_long(text):
        raise SlackError("msg_too_long")


def _view(state: State, args: Arguments) -> dict[str, Any]:
    view = dict(args.get("view") or {})
    if limits.view_is_too_large(view):
        state.faulty.append("a view that is too large")
        raise SlackError("view_too_large")
    if found := faults_of_view(view):
        state.faulty += found
        raise SlackError("invalid_arguments", response_metadata={"messages": found})
    return view


def _only_one_called(state: State, view: Mapping[str, Any]) -> None:
    """Refuse an external_id that another open view has."""
    if view.get("external_id") and state.modal("", external_id=str(view["external_id"])) is not None:
        raise SlackError("duplicate_external_id")


def _page(cursor: str, number: int) -> int:
    """Return the offset that a cursor encodes; 0 without a cursor."""
    if not cursor:
        return 0
    try:
        start = int(base64.b64decode(cursor, validate=True).decode().removeprefix("user:"))
    except ValueError as error:
        raise SlackError("invalid_cursor") from error
    if not 0 < start < number:
        raise SlackError("invalid_cursor")
    return start


def _of_the_app(state: State, args: Arguments, *, otherwise: str) -> Message:
    """Return the app's own message to change. A user's id is accepted only for posting."""
    if str(args.get("channel", "")) in state.world.users:
        raise SlackError("channel_not_found")
    channel = _known(state, str(args.get("channel", "")))
    if BOT_USER not in channel.members and channel.private:
        raise SlackError("channel_not_found")
    message = state.find(channel.id, str(args.get("ts", "")))
    if message is None or message.ephemeral:  # an ephemeral message cannot be changed this way
        raise SlackError("message_not_found")
    if channel.archived:
        raise SlackError("is_inactive")
    if message.author != BOT_USER:
        raise SlackError(otherwise)
    return message


def _known(state: State, channel: str) -> Channel:
    """Return a channel by its id, a user's id, or the `#name` of a public one."""
    if channel in state.world.users:
        return state.world.conversation(channel)
    named = [c for c in state.world.channels.values() if channel == f"#{c.name}" and not c.private]
    if named:
        return named[0]
    if channel not in state.world.channels:
        raise SlackError("channel_not_found")
    return state.world.channels[channel]


def _writable(state: State, name: str) -> Channel:
    channel = _known(state, name)
    if channel.archived:
        raise SlackError("is_archived")
    if BOT_USER not in channel.members and (channel.private or channel.direct):
        raise SlackError("channel_not_found")  # Slack does not even confirm that a private channel exists
    if channel.refuses_posts:
        raise SlackError(channel.refuses_posts)
    return channel
