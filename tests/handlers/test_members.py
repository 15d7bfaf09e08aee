"""Who counts as a member, decided by the real Slack client against the simulated workspace."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from handlers.messages import refusal
from handlers.toolkit.members import CACHE_SECONDS, Members, Workspace
from ordering.model.errors import NotAllowed
from ordering.model.policy import Membership, Person, Policy
from sandbox.slack import SlackSimulator
from sandbox.slack.world import FOREIGN_ORGANISATION, FOREIGN_TEAM, ORGANISATION, SISTER_TEAM, TEAM, User
from tests.refusing import refuses

M = Membership
GRID = {"organisation": ORGANISATION}
ABROAD = {"organisation": FOREIGN_ORGANISATION, "team": FOREIGN_TEAM, "teams": (FOREIGN_TEAM,)}


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def slack() -> AsyncIterator[SlackSimulator]:
    simulator = SlackSimulator()
    simulator.url = await simulator.start()  # type: ignore[attr-defined] # for the next function alone
    yield simulator
    await simulator.stop()


async def members_of(slack: SlackSimulator, clock: Clock, groups: frozenset[str] = frozenset()) -> Members:
    client = AsyncWebClient(slack.credentials.bot_token, base_url=slack.url, timeout=2)  # type: ignore[attr-defined] # set above
    workspace = Workspace.from_auth_test(await client.auth_test())
    return Members(client, workspace=workspace, groups=groups, clock=clock)


PLAIN = [
    ("a member of an ordinary workspace", {}, M.MEMBER),
    ("a member without the stranger flag", {"stranger": None}, M.MEMBER),
    ("a guest of several channels", {"guest": True}, M.GUEST),
    ("a guest of one channel", {"single_channel_guest": True}, M.GUEST),
    ("a deactivated person", {"deleted": True}, M.DEACTIVATED),
    ("a person who has not accepted the invitation", {"invited": True}, M.INVITED),
    ("a bot", {"bot": True}, M.BOT),
    ("a workflow's bot", {"workflow_bot": True}, M.BOT),
    ("a connector's bot", {"connector_bot": True}, M.BOT),
    ("a foreign person who shares a channel", {"team": FOREIGN_TEAM, "stranger": False}, M.STRANGER),
    ("the same without the flag", {"team": FOREIGN_TEAM, "stranger": None}, M.STRANGER),
    ("a foreign person who shares none", {"team": FOREIGN_TEAM, "stranger": True}, M.STRANGER),
    ("a foreign guest", {"team": FOREIGN_TEAM, "guest": True}, M.STRANGER),
    ("a foreign person of another organisation", ABROAD, M.STRANGER),
    ("a person without any workspace", {"team": None}, M.UNREADABLE),
]
ON_GRID = [
    ("home here", GRID | {"teams": (TEAM,)}, M.MEMBER),
    ("home elsewhere in the organisation", GRID | {"team": SISTER_TEAM, "teams": (SISTER_TEAM, TEAM)}, M.MEMBER),
    ("home given as the organisation", GRID | {"team": ORGANISATION, "teams": (TEAM,)}, M.MEMBER),
    ("no home given", GRID | {"team": None, "teams": (TEAM,)}, M.MEMBER),
    ("a guest whose home is elsewhere", GRID | {"team": SISTER_TEAM, "teams": (TEAM,), "guest": True}, M.GUEST),
    ("a deactivated one", GRID | {"team": SISTER_TEAM, "teams": (TEAM,), "deleted": True}, M.DEACTIVATED),
    ("an invited one", GRID | {"team": SISTER_TEAM, "teams": (TEAM,), "invited": True}, M.INVITED),
    ("a foreign organisation's member", ABROAD, M.STRANGER),
]
SISTERS_ONLY = GRID | {"team": SISTER_TEAM, "teams": (SISTER_TEAM,)}
NO_TEAMS = GRID | {"team": SISTER_TEAM, "teams": ()}


@pytest.mark.parametrize("user_id", ["U0NEW", "W0NEW"])
@pytest.mark.parametrize(("facts", "expected"), [case[1:] for case in PLAIN], ids=[case[0] for case in PLAIN])
async def test_classifies_people_of_a_workspace(slack, clock, user_id, facts, expected):
    """Only a full, active person of this workspace is a member; U and W ids are the same to us."""
    slack.state.world.add(User(user_id, "new", "New Person", **facts))
    members = await members_of(slack, clock)
    assert await members.membership(user_id) is expected


@pytest.mark.parametrize("org_wide", [False, True])
@pytest.mark.parametrize(("facts", "expected"), [case[1:] for case in ON_GRID], ids=[case[0] for case in ON_GRID])
async def test_classifies_people_of_a_grid(slack, clock, org_wide, facts, expected):
    """On Enterprise Grid the list of a person's workspaces decides, not the home one."""
    slack.state.world.join_grid(org_wide=org_wide)
    slack.state.world.add(User("W0NEW", "new", "New Person", **facts))
    members = await members_of(slack, clock)
    assert await members.membership("W0NEW") is expected


@pytest.mark.parametrize("facts", [SISTERS_ONLY, NO_TEAMS])
@pytest.mark.parametrize(("org_wide", "expected"), [(False, M.STRANGER), (True, M.MEMBER)])
async def test_counts_sister_workspaces_only_when_org_wide(slack, clock, org_wide, expected, facts):
    """A person of another workspace of the organisation is a member where the app is installed on all of it."""
    slack.state.world.join_grid(org_wide=org_wide)
    slack.state.world.add(User("W0NEW", "new", "New Person", **facts))
    members = await members_of(slack, clock)
    assert await members.membership("W0NEW") is expected


async def test_never_takes_its_own_bot_user_for_a_person(slack, clock):
    """The app's own user is a bot even where Slack leaves its flag out."""
    slack.state.world.user("domain-desk").bot = False
    members = await members_of(slack, clock)
    assert await members.membership("U0DESK") is M.BOT


@pytest.mark.parametrize(
    ("kind", "error", "expected"),
    [
        ("500", "", M.UNREADABLE),
        ("lost_after", "", M.UNREADABLE),
        ("hang", "", M.UNREADABLE),
        ("empty", "", M.UNREADABLE),
        ("ratelimited", "", M.UNREADABLE),
        ("html_503", "", M.UNREADABLE),
        ("text_503", "", M.UNREADABLE),
        ("broken_json", "", M.UNREADABLE),
        ("empty_429", "", M.UNREADABLE),
        ("dropped", "", M.UNREADABLE),
        ("error", "internal_error", M.UNREADABLE),
        ("error", "a_word_of_tomorrow", M.LOOKUP_REFUSED),
        ("error", "user_not_found", M.STRANGER),
        ("error", "user_not_visible", M.STRANGER),
        ("error", "missing_scope", M.LOOKUP_REFUSED),
        ("error", "token_revoked", M.LOOKUP_REFUSED),
        ("error", "enterprise_is_restricted", M.LOOKUP_REFUSED),
    ],
)
async def test_takes_no_answer_for_a_yes(slack, clock, kind, error, expected):
    """Whatever Slack does instead of describing a person, that person is no member; the next read decides again."""
    members = await members_of(slack, clock)
    slack.faults.add("users.info", kind, error=error, times=10, seconds=3)  # slack_sdk retries broken connections
    assert await members.membership("U0ADA") is expected
    slack.faults.waiting.clear()
    clock.now += CACHE_SECONDS
    assert await members.membership("U0ADA") is M.MEMBER


async def test_forgets_a_deactivated_person_within_30_seconds(slack, clock):
    """An answer is believed for `CACHE_SECONDS` and not a moment longer."""
    members = await members_of(slack, clock)
    assert await members.membership("U0ADA") is M.MEMBER
    slack.state.world.user("ada").deleted = True
    clock.now += CACHE_SECONDS - 0.1
    assert await members.membership("U0ADA") is M.MEMBER
    clock.now += 0.1
    assert await members.membership("U0ADA") is M.DEACTIVATED
    assert CACHE_SECONDS <= 30


async def test_a_full_cache_forgets_only_who_acted_least_recently(slack, clock, monkeypatch):
    """Who acted recently is not read again because a user new came."""
    monkeypatch.setattr("handlers.toolkit.members._CACHE_SIZE", 2)
    members = await members_of(slack, clock)
    for user in ("U0ADA", "U0CLEO", "U0ADA", "U0DAN"):
        await members.membership(user)
    slack.faults.add("users.info", "500", times=10)
    read = {user: await members.membership(user) for user in ("U0ADA", "U0DAN", "U0CLEO")}
    assert read == {"U0ADA": M.MEMBER, "U0DAN": M.MEMBER, "U0CLEO": M.UNREADABLE}


async def test_does_not_outlive_the_cache_when_slack_is_away(slack, clock):
    """An old yes does not stand in for a read that fails."""
    members = await members_of(slack, clock)
    await members.membership("U0ADA")
    clock.now += CACHE_SECONDS
    slack.faults.add("users.info", "500")
    assert await members.membership("U0ADA") is M.UNREADABLE


async def test_shares_one_read_among_many_clicks(slack, clock):
    """A hundred commands of one person ask Slack once, also when one of them is cancelled."""
    members = await members_of(slack, clock)
    slack.faults.add("users.info", "slow", seconds=0.2)
    first = asyncio.create_task(members.membership("U0ADA"))
    others = [asyncio.create_task(members.membership("U0ADA")) for _ in range(100)]
    await asyncio.sleep(0.05)
    first.cancel()
    assert set(await asyncio.gather(*others)) == {M.MEMBER}
    assert slack.server.calls.count("users.info") == 1


@pytest.mark.parametrize(
    ("kind", "error", "why"),
    [
        ("500", "", "group_not_read"),
        ("empty", "", "group_not_read"),
        ("error", "internal_error", "group_not_read"),
        ("error", "no_such_subteam", "group_hidden"),
        ("error", "missing_scope", "group_hidden"),
        ("error", "plan_upgrade_required", "group_hidden"),
        ("error", "token_revoked", "group_hidden"),
        ("error", "permission_denied", "group_hidden"),
    ],
)
async def test_says_who_can_help_with_an_unread_group(slack, clock, kind, error, why):
    """A group that a retry may bring back says so; one that only the operator can bring back names the operator."""
    members = await members_of(slack, clock, frozenset({"S0APPROVERS"}))
    slack.faults.add("usergroups.users.list", kind, error=error)
    policy = Policy(approvers=frozenset({"S0APPROVERS"}), payers=frozenset())
    with refuses(why, NotAllowed):
        policy.must_decide(await members.who("U0CLEO"))
    policy.must_decide(await members.who("U0CLEO"))


@pytest.mark.parametrize("membership", [m for m in Membership if m is not M.MEMBER])
def test_each_refusal_is_one_clear_sentence(membership):
    """Nobody but a member changes, decides or looks; each reads why, and no state's name."""
    policy = Policy(approvers=frozenset({"U0NEW"}), payers=frozenset({"U0NEW"}), self_approval=True)
    person = Person("U0NEW", membership)
    for refuse in (policy.must_be_member, policy.may_look, policy.must_decide, policy.may_pay, policy.may_resolve):
        with pytest.raises(NotAllowed) as told:
            refuse(person)
        sentence = refusal(told.value).text
        assert sentence.endswith(".")
        assert membership.value.replace("_", " ") not in sentence or membership in {M.GUEST, M.DEACTIVATED}
    if membership is M.GUEST:
        policy.may_search(person)
    else:
        with pytest.raises(NotAllowed):
            policy.may_search(person)


@pytest.mark.parametrize("answer", [{}, {"team_id": ""}, {"team_id": None}, {"user_id": "U0DESK"}])
def test_refuses_a_token_without_a_workspace(answer):
    """Without a workspace of our own, every person without one would be a member."""
    with pytest.raises(ValueError, match="named no workspace"):
        Workspace.from_auth_test(answer)
