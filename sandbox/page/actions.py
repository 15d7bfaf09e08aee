"""Carries out a user's actions on the page as Slack would."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sandbox.slack import Actor, Message, NoSuchButton, NotAcknowledged, OpenView, SlackSimulator
from sandbox.slack.messages import elements

Asked = Mapping[str, Any]
_NO_ANSWER = "Domain Desk did not answer within three seconds. Is the bot running? Try again in a moment."
_GONE = "That is no longer there. Look at the newest message."


class Actions:
    """Each action returns what the page shows immediately: nothing, field errors, or a sentence."""

    def __init__(self, slack: SlackSimulator) -> None:
        self._slack = slack
        self._known: dict[str, Callable[[Actor, Asked], Awaitable[dict[str, Any]]]] = {
            "say": self._say,
            "press": self._press,
            "choose": self._choose,
            "submit": self._submit,
            "close": self._close,
            "home": self._home,
        }

    async def carry_out(self, me: str, asked: Asked) -> dict[str, Any]:
        """Carry out an action; a refusal is returned as `problem`, in words."""
        try:
            return await self._known[str(asked["do"])](self._slack.person(me), asked)
        except NotAcknowledged:
            return {"problem": _NO_ANSWER}
        except (NoSuchButton, ValueError, KeyError):
            return {"problem": _GONE}

    async def _say(self, actor: Actor, asked: Asked) -> dict[str, Any]:
        text, channel = str(asked["text"]).strip(), str(asked["channel"])
        if not text.startswith("/"):
            await actor.say(text, channel=channel)
            return {}
        command, _, rest = text.partition(" ")
        known = self._slack.state.world.commands
        if command not in known:
            return {"problem": f"{command} is not a command of this workspace. Try {known[0]} help."}
        await actor.command(rest.strip(), channel=channel, command=command)
        return {}

    async def _press(self, actor: Actor, asked: Asked) -> dict[str, Any]:
        place = self._place(actor, asked)
        await actor.press(place, *_element(place, asked))
        return {}

    async def _choose(self, actor: Actor, asked: Asked) -> dict[str, Any]:
        place = self._place(actor, asked)
        await actor.choose(place, *_element(place, asked), asked["value"])
        return {}

    async def _submit(self, actor: Actor, asked: Asked) -> dict[str, Any]:
        return {"errors": await actor.submit(**asked["values"])}

    async def _close(self, actor: Actor, asked: Asked) -> dict[str, Any]:
        actor.close_modal(all_of_them=bool(asked.get("all")))
        return {}

    async def _home(self, actor: Actor, _asked: Asked) -> dict[str, Any]:
        await actor.open_home()
        return {}

    def _place(self, actor: Actor, asked: Asked) -> Message | OpenView:
        """Return the message or view in which the user acts; only one that they can see."""
        seen: list[Message | OpenView]
        if asked.get("view"):
            seen = [view for view in (actor.home, actor.modal) if view is not None and view.id == asked["view"]]
        else:
            seen = [m for m in actor.messages(str(asked["channel"])) if m.ts == asked["ts"]]
        if not seen:
            raise NoSuchButton(_GONE)
        return seen[0]


def _element(place: Message | OpenView, asked: Asked) -> tuple[str, dict[str, Any]]:
    """Return the clicked element.

    If it was just rendered again, return the only one of its kind, because Slack delivers such clicks.
    """
    alike = [(block, part) for block, part in elements(place.blocks) if part["action_id"] == asked["action"]]
    exact = [found for found in alike if found[0] == asked["block"]]
    if exact or len(alike) == 1:
        return (exact or alike)[0]
    raise NoSuchButton(_GONE)
