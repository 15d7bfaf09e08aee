"""The users, channels and groups of the simulated workspace, and the bot's keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

TEAM, APP, BOT, BOT_USER = "T0SANDBOX", "A0SANDBOX", "B0SANDBOX", "U0DESK"
# An Enterprise Grid organisation, another workspace of it, and organisations and workspaces of other companies.
ORGANISATION, SISTER_TEAM = "E0SANDBOX", "T0SISTER"
FOREIGN_ORGANISATION, FOREIGN_TEAM = "E0OTHER", "T0OTHER"
ADDRESS = "https://sandbox.slack.com/"  # every workspace has one; nothing answers at this one


@dataclass
class Credentials:
    """Keys without access to anything real. An app token may name its app, as Slack's do: ``xapp-1-A0SANDBOX-…``."""

    bot_token: str = "xoxb-sandbox-not-a-real-token"  # noqa: S105 - a pretend secret
    app_token: str = "xapp-sandbox-not-a-real-token"  # noqa: S105 - a pretend secret
    signing_secret: str = "sandbox-signing-secret"  # noqa: S105 - a pretend secret


@dataclass
class User:
    """A user or an app's bot, as this workspace's tokens see it.

    `team` is the home workspace. `organisation` and `teams` are set for users of an Enterprise Grid organisation: its
    id, and the workspaces of it that they belong to. `stranger` is Slack's own flag; None leaves the field out.
    """

    id: str
    name: str
    real_name: str
    team: str | None = TEAM
    guest: bool = False
    deleted: bool = False
    bot: bool = False
    organisation: str | None = None
    teams: tuple[str, ...] = ()
    stranger: bool | None = False
    single_channel_guest: bool = False
    workflow_bot: bool = False
    connector_bot: bool = False
    invited: bool = False

    @property
    def is_foreign(self) -> bool:
        return self.team != TEAM and TEAM not in self.teams

    def to_json(self) -> dict[str, Any]:
        """Return the user object of `users.info`; fields as in the types of @slack/web-api 8.2.0."""
        body: dict[str, Any] = {
            "id": self.id, "name": self.name, "real_name": self.real_name,
            "deleted": self.deleted, "is_bot": self.bot, "is_app_user": False, "is_admin": False, "tz": "Etc/UTC",
            "is_restricted": self.guest or self.single_channel_guest, "is_ultra_restricted": self.single_channel_guest,
            "profile": {"real_name": self.real_name, "display_name": self.name},
        }  # fmt: skip
        optional = {"is_workflow_bot": self.workflow_bot, "is_connector_bot": self.connector_bot}
        body |= {name: True for name, is_set in (optional | {"is_invited_user": self.invited}).items() if is_set}
        if self.team is not None:
            body["team_id"] = self.team
        if self.stranger is not None:
            body["is_stranger"] = self.stranger
        if self.organisation is not None:
            body["enterprise_user"] = {
                "id": self.id, "enterprise_id": self.organisation, "enterprise_name": "Sandbox Group",
                "is_admin": False, "is_owner": False, "is_primary_owner": False, "teams": list(self.teams),
            }  # fmt: skip
        return body


@dataclass
class Channel:
    id: str
    name: str
    members: set[str]
    private: bool = False
    archived: bool = False
    refuses_posts: str = ""  # Slack's error code for a channel that accepts no post, such as posting_to_channel_denied

    @property
    def direct(self) -> bool:
        return self.id.startswith("D")

    @property
    def is_with_the_bot(self) -> bool:
        """Whether it is one user's own conversation with the bot."""
        return self.direct and BOT_USER in self.members

    @property
    def name_in_payloads(self) -> str:
        """The channel name in payloads; for a private channel Slack sends a fixed word instead."""
        if self.direct:
            return "directmessage"
        return "privategroup" if self.private and not self.name.startswith("mpdm-") else self.name

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id, "name": self.name, "is_channel": not self.private, "is_private": self.private,
            "is_im": self.direct, "is_archived": self.archived, "is_member": BOT_USER in self.members,
        }  # fmt: skip


def _people() -> dict[str, User]:
    people = [
        User("U0ADA", "ada", "Ada Requester"),
        User("U0BEN", "ben", "Ben Colleague"),
        User("U0CLEO", "cleo", "Cleo Approver"),
        User("U0DAN", "dan", "Dan Payer"),
        User("U0GWEN", "gwen", "Gwen Guest", guest=True),
        User("U0DORA", "dora", "Dora Deactivated", deleted=True),
        User("U0KIM", "kim", "Kim Contractor", team=FOREIGN_TEAM),
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
    """Users, channels and groups. `groups` are user groups by id.

    `organisation` is set if the workspace belongs to an Enterprise Grid; `org_wide` if the app is installed on the
    whole organisation, so that the token belongs to no workspace of its own.
    """

    users: dict[str, User] = field(default_factory=_people)
    channels: dict[str, Channel] = field(default_factory=_channels)
    groups: dict[str, set[str]] = field(default_factory=lambda: {"S0APPROVERS": {"U0CLEO", "U0DAN"}})
    organisation: str | None = None
    org_wide: bool = False
    commands: tuple[str, ...] = ("/domain",)  # the app's, as its configuration registers them

    def join_grid(self, *, org_wide: bool = False) -> None:
        """Make this a workspace of an Enterprise Grid organisation; its users become members of that, too."""
        self.organisation, self.org_wide = ORGANISATION, org_wide
        for user in self.users.values():
            if user.team == TEAM and not user.bot:
                user.organisation, user.teams = ORGANISATION, (TEAM,)

    def add(self, user: User, *channels: str) -> User:
        """Add a user to the workspace and to these channels."""
        self.users[user.id] = user
        for name in channels:
            self.channel(name).members.add(user.id)
        return user

    def identity(self) -> dict[str, Any]:
        """Return the response of `auth.test` for the app's token."""
        identity: dict[str, Any] = {
            "url": ADDRESS, "team_id": ORGANISATION if self.org_wide else TEAM, "team": "Sandbox", "user_id": BOT_USER,
            "user": "domain-desk", "bot_id": BOT, "is_enterprise_install": self.org_wide,
        }  # fmt: skip
        return identity | ({"enterprise_id": self.organisation} if self.organisation else {})

    def user(self, name: str) -> User:
        return next(user for user in self.users.values() if name in {user.id, user.name})

    def channel(self, name: str) -> Channel:
        """Return a channel by id or name; a user's id is their conversation with the bot."""
        if name in self.users or name in {user.name for user in self.users.values()}:
            return self.conversation(self.user(name).id)
        return next(channel for channel in self.channels.values() if name in {channel.id, channel.name})

    def conversation(self, user: str) -> Channel:
        """Return a user's own conversation with the bot."""
        return self.channels.setdefault(f"D{user[1:]}", Channel(f"D{user[1:]}", "directmessage", {user, BOT_USER}))
