"""The people of the rules: each exists, can act, and there is a user left who may approve another's request."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from slack_sdk.web.async_client import AsyncWebClient

from bot.doctor.findings import Finding
from handlers.toolkit.members import Workspace
from handlers.toolkit.slack_errors import FAILURES, Kind, read
from ordering.model.policy import Membership, Policy

_UNKNOWN = {"user_not_found", "user_not_visible"}
_OF_A_PERSON = {
    Membership.GUEST: ("person_guest", "is a guest, and guests cannot decide"),
    Membership.BOT: ("person_bot", "is a bot"),
    Membership.DEACTIVATED: ("person_left", "is deactivated in Slack"),
    Membership.STRANGER: ("person_foreign", "belongs to another workspace"),
    Membership.INVITED: ("person_invited", "has not accepted the invitation yet"),
}
_OF_A_GROUP = {"no_such_subteam": "group_gone", "plan_upgrade_required": "group_not_on_plan"}
_MOST_MEMBERS = 30  # of a group, that are read
_TWO, _THREE = 2, 3  # approvers


class _Role(StrEnum):
    APPROVERS = "DESK_APPROVERS"
    PAYERS = "DESK_PAYERS"
    OPERATORS = "DESK_OPERATORS"


@dataclass
class _People:
    """What was read of people and groups, each once. `is_whole` is False if a part of it could not be read."""

    members: dict[str, frozenset[str]] = field(default_factory=dict)
    usable: dict[str, bool] = field(default_factory=dict)
    is_whole: bool = True
    slack_is_away: bool = False  # then each further call would only wait, too


async def check_people(client: AsyncWebClient, workspace: Workspace, policy: Policy) -> AsyncIterator[Finding]:
    """Check everyone that the rules name."""
    roles = _roles(policy)
    people = _People()
    for group in sorted(policy.groups):
        finding = await _read_group(client, group, people)
        if finding is not None:
            yield Finding(finding.code, f"{_named_in(group, roles)}: {finding.what}.")
    named = {person for circle in roles.values() for person in circle if person not in policy.groups}
    for person in _to_read(named, people):
        finding = await _read_person(client, workspace, person, people)
        if finding is not None and person in named:
            yield Finding(finding.code, f"{_named_in(person, roles)}: {finding.what}.")
        if people.slack_is_away:
            break
    if policy.approvers and people.is_whole:  # else the findings above say what to fix first
        for finding in _enough(policy, {role: _usable(circle, people) for role, circle in roles.items()}):
            yield finding


def _to_read(named: set[str], people: _People) -> list[str]:
    """Return whom to read: those that settings name, and some members of each group.

    The other members count as full members, which most are: Slack allows few calls a minute.
    """
    to_read = set(named)
    for members in people.members.values():
        some, others = sorted(members)[:_MOST_MEMBERS], sorted(members)[_MOST_MEMBERS:]
        to_read.update(some)
        people.usable.update(dict.fromkeys(others, True))
    return sorted(to_read)


def _roles(policy: Policy) -> Mapping[_Role, frozenset[str]]:
    return {_Role.APPROVERS: policy.approvers, _Role.PAYERS: policy.payers, _Role.OPERATORS: policy.operators}


def _named_in(member: str, roles: Mapping[_Role, frozenset[str]]) -> str:
    """Name the settings; payers and operators are the approvers where nothing else is set."""
    approvers = roles[_Role.APPROVERS]
    settings = {role: circle for role, circle in roles.items() if role is _Role.APPROVERS or circle != approvers}
    return ", ".join(role.value for role, circle in settings.items() if member in circle)


async def _read_group(client: AsyncWebClient, group: str, people: _People) -> Finding | None:
    try:
        answer = await client.usergroups_users_list(usergroup=group)
    except FAILURES as error:
        people.is_whole = False
        word = read(error).word
        code = _OF_A_GROUP.get(word, "group_unreadable")
        what = "does not exist" if code == "group_gone" else f"cannot be read ({word})"
        return Finding(code, f"the user group {group} {what}")
    listed = answer.get("users")
    people.members[group] = frozenset(map(str, listed)) if isinstance(listed, list) else frozenset()
    if not people.members[group]:
        return Finding("group_empty", f"the user group {group} has no members")
    return None


async def _read_person(client: AsyncWebClient, workspace: Workspace, person: str, people: _People) -> Finding | None:
    try:
        described = (await client.users_info(user=person)).get("user")
    except FAILURES as error:
        people.usable[person] = False
        refusal = read(error)
        word = refusal.word
        if word in _UNKNOWN:
            return Finding("person_unknown", f"Slack knows no {person} in this workspace")
        people.is_whole = False
        people.slack_is_away = refusal.kind is Kind.PASSING
        return Finding("people_unreadable", f"the profile of {person} cannot be read ({word})")
    membership = workspace.membership_of(described) if isinstance(described, Mapping) else Membership.UNREADABLE
    people.usable[person] = membership is Membership.MEMBER
    if membership is Membership.MEMBER:
        return None
    if membership not in _OF_A_PERSON:
        people.is_whole = False
        return Finding("people_unreadable", f"Slack describes {person} in an unknown form")
    code, what = _OF_A_PERSON[membership]
    return Finding(code, f"{person} {what}")


def _usable(circle: frozenset[str], people: _People) -> frozenset[str]:
    """Return the full members of a set of people and groups."""
    every = circle.union(*(people.members.get(member, frozenset()) for member in circle))
    return frozenset(person for person in every if people.usable.get(person, False))


def _enough(policy: Policy, usable: Mapping[_Role, frozenset[str]]) -> list[Finding]:
    """Return whether enough people are left in each role."""
    approvers, payers, operators = (usable[role] for role in _Role)
    found = [_enough_approvers(policy, approvers)]
    found.append(
        Finding("payers_ok", f"{_counted(payers)} may pay.")
        if payers
        else Finding("nobody_pays", "No full member of the workspace may pay.")
    )
    found.append(
        Finding("operators_ok", f"{_counted(operators)} {'hears' if len(operators) == 1 else 'hear'} alarms.")
        if operators
        else Finding("nobody_operates", "No full member of the workspace hears alarms.")
    )
    return found


def _enough_approvers(policy: Policy, approvers: frozenset[str]) -> Finding:
    number, has_second = len(approvers), policy.second_approval_over is not None
    if not number:
        return Finding("nobody_approves", "No full member of the workspace may approve.")
    if has_second and number < _TWO:
        return Finding(
            "too_few_for_two",
            "Only one full member may approve, and requests above DESK_SECOND_APPROVAL_OVER need two.",
        )
    if policy.self_approval:
        return Finding("approvers_ok", f"{_counted(approvers)} may approve, their own requests, too.")
    if number < _TWO:
        (only,) = approvers
        return Finding("one_approver", f"Only {only} may approve, so nobody can approve what {only} requests.")
    if has_second and number < _THREE:
        return Finding("two_approvers_only", "Two people may approve, so neither can buy what needs two approvals.")
    return Finding("approvers_ok", f"{_counted(approvers)} may approve, each the requests of the others.")


def _counted(people: frozenset[str]) -> str:
    return f"{len(people)} {'person' if len(people) == 1 else 'people'}"
