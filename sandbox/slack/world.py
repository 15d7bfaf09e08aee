"""The people, channels and groups of the pretend workspace, and the bot's keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

TEAM, APP, BOT, BOT_USER = "T0SANDBOX", "A0SANDBOX", "B0SANDBOX", "U0DESK"


@dataclass(frozen=True)
class Credentials:
    """Keys that open nothing."""

    bot_token: str = "xoxb-sandbox-not-a-real-token"  # noqa: S105 - a pretend secret
    app_token: str = "xapp-sandbox-not-a-real-token"  # noqa: S105 - a pretend secret
    signing_secret: str = "sandbox-signing-secret"  # noqa: S105 - a pretend secret


@dataclass
class User:
    id: str
    name: str
    real_name: str
    team: str = TEAM
    guest: bool = False
    deleted: bool = False
    bot: bool = False

    def shown(self) -> dict[str, Any]:
        """As users.info tells it."""
        return {
            "id": self.id, "team_id": self.team, "name": self.name, "real_name": self.real_name,
            "deleted": self.deleted, "is_bot": self.bot, "is_app_user": False, "is_restricted": self.guest,
            "is_ultra_restricted": False, "is_stranger": self.team != TEAM, "is_admin": False, "tz": "Etc/UTC",
            "profile": {"real_name": self.real_name, "display_name": self.name},
        }  # fmt: skip


@dataclass
class Channel:
    id: str
    name: str
    members: set[str]
    private: bool = False
    archived: bool = False
    refuses_posts: str = ""  # Slack's word for a channel that takes no post, such as posting_to_channel_denied

    def shown(self) -> dict[str, Any]:
        return {
            "id": self.id, "name": self.name, "is_channel": not self.private, "is_private": self.private,
            "is_im": self.id.startswith("D"), "is_archived": self.archived, "is_member": BOT_USER in self.members,
        }  # fmt: skip


def _people() -> dict[str, User]:
    people = [
        User("U0ADA", "ada", "Ada Requester"),
        User("U0BEN", "ben", "Ben Colleague"),
        User("U0CLEO", "cleo", "Cleo Approver"),
        User("U0DAN", "dan", "Dan Payer"),
        User("U0GWEN", "gwen", "Gwen Guest", guest=True),
        User("U0DORA", "dora", "Dora Deactivated", deleted=True),
        User("U0KIM", "kim", "Kim Contractor", team="T0OTHER"),
        User(BOT_USER, "domain-desk", "Domain Desk", bot=True),
    ]
    return {user.id: user for user in people}


def _channels() -> dict[str, Channel]:
    everybody = {"U0ADA", "U0BEN", "U0CLEO", "U0DAN", "U0GWEN", "U0KIM"}
    channels = [
        Channel("C0DOMAINS", "domains", everybody | {BOT_USER}),
        Channel("C0GENERAL", "general", everybody),
        Channel("C0APPROVALS", "approvals", {"U0CLEO", "U0DAN", BOT_USER}),
        Channel("C0SECRET", "secret", {"U0ADA", "U0CLEO"}, private=True),
    ]
    return {channel.id: channel for channel in channels}


@dataclass
class World:
    """Who is there. `groups` are user groups by id."""

    users: dict[str, User] = field(default_factory=_people)
    channels: dict[str, Channel] = field(default_factory=_channels)
    groups: dict[str, set[str]] = field(default_factory=lambda: {"S0APPROVERS": {"U0CLEO", "U0DAN"}})

    def user(self, name: str) -> User:
        return next(user for user in self.users.values() if name in {user.id, user.name})

    def channel(self, name: str) -> Channel:
        """By id or name; a person's id is their conversation with the bot."""
        if name in self.users or name in {user.name for user in self.users.values()}:
            return self.conversation(self.user(name).id)
        return next(channel for channel in self.channels.values() if name in {channel.id, channel.name})

    def conversation(self, user: str) -> Channel:
        """The bot's own conversation with somebody."""
        return self.channels.setdefault(f"D{user[1:]}", Channel(f"D{user[1:]}", "directmessage", {user, BOT_USER}))
