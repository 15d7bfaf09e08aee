"""Every trouble that the operator hears of ends once Slack works again, whichever part of the bot notices."""

import ast
from collections.abc import Awaitable, Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.models.views import View

import handlers
from handlers.home import Homes
from handlers.toolkit.blocks import RenderedMessage
from handlers.toolkit.members import Members, Workspace
from handlers.toolkit.poster import Posted, Poster
from handlers.toolkit.retries import Retries
from handlers.toolkit.slack_errors import Kind, Refusal, SlackAlerts
from handlers.toolkit.user_groups import read_user_group
from handlers.views.home import plain_home
from sandbox.slack.world import TEAM

GROUP = "S0APPROVERS"
HELLO = RenderedMessage.from_text("Hello")
WORDS = ["missing_scope", "no_permission", "token_revoked", "plan_upgrade_required", "access_denied"]


class PaperSlack:
    """Refuses every call with `word`, until it is None."""

    def __init__(self, word: str) -> None:
        self.word: str | None = word

    def __getattr__(self, method: str) -> Callable[..., Awaitable[dict[str, object]]]:
        async def answer(**given: object) -> dict[str, object]:
            if self.word is not None:
                raise SlackApiError(method, {"ok": False, "error": self.word})
            return {"ts": "1.0", "users": ["U0CLEO"], "user": {"id": "U0CLEO", "team_id": TEAM}, **given}

        return answer


async def quietly(call: Awaitable[object]) -> None:
    try:
        await call
    except SlackApiError:
        return


class NoOtherWork:
    async def turn(self) -> None: ...


class PlainHomes(Homes):
    async def _view(self, _user: str) -> View:
        return plain_home()


class Parts:
    """The parts of the bot that call Slack, with one list of alerts."""

    def __init__(self, word: str) -> None:
        self.slack, self.alerts = PaperSlack(word), SlackAlerts()
        self.poster = Poster(self.slack, self.alerts)  # type: ignore[arg-type] # it answers like the client
        services = SimpleNamespace(
            client=self.slack, command_names=SimpleNamespace(in_use=nullcontext), work=NoOtherWork()
        )
        self.homes = PlainHomes(services, self.alerts)  # type: ignore[arg-type] # as above

    async def post(self) -> None:
        await quietly(self.poster.post("C1", HELLO))

    async def post_directly(self) -> None:
        await quietly(self.poster.post("U0ADA", HELLO))

    async def reply(self) -> None:
        await quietly(self.poster.post("C1", HELLO, thread_ts="1.0"))

    async def update(self) -> None:
        await quietly(self.poster.update(Posted("C1", "1.0"), HELLO))

    async def update_directly(self) -> None:
        await quietly(self.poster.update(Posted("D1", "1.0"), HELLO))

    def _members(self) -> Members:
        return Members(
            self.slack,  # type: ignore[arg-type] # as above
            workspace=Workspace(TEAM), groups=frozenset({GROUP}), alerts=self.alerts,
        )  # fmt: skip

    async def home(self) -> None:
        await self.homes.opened("U0ADA")

    async def profile(self) -> None:
        await self._members().membership("U0CLEO")

    async def group_of_members(self) -> None:
        await self._members().read_groups()

    async def group_of_a_card(self) -> None:
        await quietly(read_user_group(self.slack, self.alerts, GROUP))  # type: ignore[arg-type] # as above


SAME = [
    ("post", "post"), ("post", "update"), ("update", "reply"), ("reply", "post"), ("post_directly", "post_directly"),
    ("post_directly", "update_directly"), ("update_directly", "post_directly"), ("profile", "profile"),
    ("home", "home"),
    ("group_of_members", "group_of_members"), ("group_of_members", "group_of_a_card"),
    ("group_of_a_card", "group_of_members"), ("group_of_a_card", "group_of_a_card"),
]  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize(("fails", "works"), SAME)
async def test_a_trouble_ends_whoever_notices(fails, works, word):
    """What one part reports ends when the same thing goes well in another part."""
    parts = Parts(word)
    await getattr(parts, fails)()
    assert len(parts.alerts.sentences()) == 1
    parts.slack.word = None
    await getattr(parts, works)()
    assert parts.alerts.sentences() == []


async def test_late_messages_end_with_the_last_of_them():
    """The sentence on late messages stays until none of them is late."""
    alerts = SlackAlerts()
    retries = Retries(alerts, lambda: 0.0)
    for key in ("cart 1 a", "cart 1 b"):
        for _ in range(6):
            retries.failed(key, Refusal("internal_error", Kind.PASSING))
    retries.done("cart 1 a")
    assert len(alerts.sentences()) == 1
    retries.done("cart 1 b")
    assert alerts.sentences() == []


@pytest.mark.parametrize("left", ["cart 1 ", "cart 12 "])
async def test_what_another_process_showed_is_late_no_more(left):
    """A message that is not pending here any more is forgotten, and only those of its own cart."""
    alerts = SlackAlerts()
    retries = Retries(alerts, lambda: 0.0)
    for _ in range(6):
        retries.failed("cart 1 message 7", Refusal("internal_error", Kind.PASSING))
        retries.failed("cart 1 message 8", Refusal("internal_error", Kind.PASSING))
    retries.keep_only(left, {"cart 1 message 8"})
    assert (retries.wait("cart 1 message 7") == 0) is (left == "cart 1 ")
    assert len(alerts.sentences()) == 1
    retries.keep_only("cart 1 ", set())
    assert alerts.sentences() == []


def _keys(method: str) -> Iterator[tuple[str, str]]:
    """Where a method of the alerts is called in `handlers`, and with which key, as it is written there."""
    for file in sorted(Path(handlers.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            owner = ast.unparse(node.func.value)
            if node.func.attr == method and owner.endswith("alerts"):
                about = [each.value for each in node.keywords if each.arg == "about"]
                yield file.name, ast.unparse((about or node.args)[0])


def test_each_report_has_a_clear_beside_it():
    """A new report without its clear would keep the health page red indefinitely."""
    reported = {*_keys("report"), *_keys("report_failure")}
    assert len(reported) >= 6
    assert reported <= {*_keys("clear")}
