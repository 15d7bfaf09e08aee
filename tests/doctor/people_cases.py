"""People and groups of the rules that cannot do what the rules say."""

from sandbox.slack.faults import ALWAYS
from sandbox.slack.world import User
from tests.doctor.setup import Case, Change, SetUp


def _set(**settings: str) -> Change:
    return lambda set_up: set_up.use(**settings)


def _approver(person: str) -> Change:
    return _set(DESK_APPROVERS=f"U0CLEO,U0DAN,{person}")


def _invited(set_up: SetUp) -> None:
    set_up.slack.state.world.add(User("U0IVY", "ivy", "Ivy Invited", invited=True))
    set_up.use(DESK_APPROVERS="U0CLEO,U0DAN,U0IVY")


def _strange(set_up: SetUp) -> None:
    set_up.slack.state.world.user("cleo").team = None
    set_up.use(DESK_APPROVERS="U0CLEO,U0DAN,U0ADA")


def _hidden(set_up: SetUp) -> None:
    set_up.slack.faults.add("users.info", "error", times=ALWAYS, error="access_denied")


def _gone(set_up: SetUp) -> None:
    set_up.use(DESK_APPROVERS="U0CLEO,U0DAN,S0GONE")


def _not_on_plan(set_up: SetUp) -> None:
    set_up.slack.faults.add("usergroups.users.list", "error", times=ALWAYS, error="plan_upgrade_required")
    set_up.use(DESK_APPROVERS="S0APPROVERS")


def _unreadable(set_up: SetUp) -> None:
    set_up.slack.faults.add("usergroups.users.list", "error", times=ALWAYS, error="no_permission")
    set_up.use(DESK_APPROVERS="S0APPROVERS")


def _empty(set_up: SetUp) -> None:
    set_up.slack.state.world.groups["S0EMPTY"] = set()
    set_up.use(DESK_APPROVERS="U0CLEO,U0DAN,S0EMPTY")


def _all_left(set_up: SetUp) -> None:
    set_up.slack.state.world.groups["S0LEFT"] = {"U0DORA", "U0GWEN"}
    set_up.use(DESK_APPROVERS="S0LEFT", DESK_OPERATORS="U0DAN")


PEOPLE = (
    Case("an approver's id does not exist", "person_unknown", _approver("U0NOBODY")),
    Case("an approver is a guest", "person_guest", _approver("U0GWEN")),
    Case("an approver is a bot", "person_bot", _approver("U0DESK")),
    Case("an approver belongs to another company", "person_foreign", _approver("U0KIM")),
    Case("an approver has not accepted the invitation", "person_invited", _invited),
    Case("an approver has left", "person_left", _approver("U0DORA")),
    Case("a payer is a guest", "person_guest", _set(DESK_PAYERS="U0DAN,U0GWEN")),
    Case("an operator does not exist", "person_unknown", _set(DESK_OPERATORS="U0DAN,U0NOBODY")),
    Case("Slack refuses to show profiles", "people_unreadable", _hidden),
    Case("Slack describes a person in an unknown form", "people_unreadable", _strange),
    Case("a user group was deleted", "group_gone", _gone),
    Case("the Slack plan has no user groups", "group_not_on_plan", _not_on_plan),
    Case("a user group may not be read", "group_unreadable", _unreadable),
    Case("a user group is empty", "group_empty", _empty),
    Case("nobody in the approvers' group may decide", "nobody_approves", _all_left),
    Case("the only payer has left", "nobody_pays", _set(DESK_PAYERS="U0DORA"), also=frozenset({"person_left"})),
    Case(
        "the only operator has left", "nobody_operates", _set(DESK_OPERATORS="U0DORA"), also=frozenset({"person_left"})
    ),
    Case("one person approves alone", "one_approver", _set(DESK_APPROVERS="U0CLEO")),
    Case(
        "two approvals are needed, and one approver is left",
        "too_few_for_two",
        _set(DESK_APPROVERS="U0CLEO,U0DORA", DESK_SECOND_APPROVAL_OVER="100"),
        also=frozenset({"person_left"}),
    ),
    Case("two approvals are needed, and two may approve", "two_approvers_only", _set(DESK_SECOND_APPROVAL_OVER="100")),
)
