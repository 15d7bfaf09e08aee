"""The command `doctor` as a process: its lines, its JSON, its exit code."""

import asyncio
import json
import subprocess

from sandbox.slack.faults import ALWAYS
from sandbox.slack.world import User
from tests.bot.commands import begin, run
from tests.doctor.setup import SetUp


async def doctor(set_up: SetUp, *options: str):
    arguments = ("-m", "bot", "doctor", *options)
    return await asyncio.to_thread(run, *arguments, cwd=set_up.folder, **set_up.settings())


async def test_prints_one_line_for_each_finding(set_up):
    """Group by group, with a summary; nothing else is printed."""
    done = await doctor(set_up)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert [line for line in lines if line and not line.startswith("  ")][:-1] == [
        "Settings", "Environment", "Database", "Slack", "OVH",
    ]  # fmt: skip
    assert lines[-1].startswith("0 faults, 0 warnings, ")
    assert lines[-1].endswith("Everything that was checked is fine.")


async def test_exits_with_1_if_there_is_a_fault(set_up):
    """The fault is in capitals; the other parts are checked all the same."""
    set_up.use(OVH_CONSUMER_KEY="obviously-fake")
    done = await doctor(set_up)
    assert done.returncode == 1
    assert "FAULT" in done.stdout
    assert "Slack accepts the blocks" in done.stdout
    assert done.stdout.rstrip().endswith("Fix the faults first.")


async def test_prints_json_for_programs(set_up):
    """With the result, and a code for each finding."""
    done = await doctor(set_up, "--json")
    printed = json.loads(done.stdout)
    assert printed["result"] == "ok"
    assert {"group", "level", "code", "what", "do"} == set(printed["findings"][0])


async def test_prints_no_secret(set_up):
    """Neither of the settings nor of what the services answer."""
    secrets = [value for name, value in set_up.settings().items() if name.endswith(("TOKEN", "SECRET", "CONSUMER_KEY"))]
    for options in ([], ["--json"]):
        done = await doctor(set_up, *options)
        assert not any(secret in done.stdout + done.stderr for secret in secrets)


async def test_posts_one_line_only_if_asked(set_up):
    """Without `--post` nobody in Slack sees anything."""
    await doctor(set_up)
    assert set_up.slack.messages("approvals") == []
    await doctor(set_up, "--post")
    (message,) = set_up.slack.messages("approvals")
    assert "test by an operator" in message.text


async def test_calls_no_route_that_orders_pays_or_changes(set_up):
    """Only reads reach OVH, and Slack is asked by methods that change nothing."""
    await doctor(set_up)
    assert {call.method for call in set_up.ovh.calls} == {"GET"}
    assert set(set_up.slack.server.calls) <= {
        "auth.test", "apps.connections.open", "bots.info", "users.info", "usergroups.users.list", "blocks.validate",
    }  # fmt: skip


async def test_a_workspace_without_blocks_validate_is_no_problem(set_up):
    """Older workspaces lack the method: then nothing is known, and nothing is wrong."""
    set_up.slack.server.unknown = {"blocks.validate"}
    done = await doctor(set_up, "--json")
    findings = {found["code"]: found for found in json.loads(done.stdout)["findings"]}
    assert findings["blocks_not_checked"]["level"] == "not checked"
    assert done.returncode == 0


async def test_says_what_it_cannot_check(set_up):
    """A key that may not read its own rights, a proxy that drops a header, a description that is away."""
    set_up.without_rights("GET /auth/currentCredential")
    set_up.slack.server.names_scopes = False
    set_up.ovh.description.is_away = True
    done = await doctor(set_up, "--json")
    codes = {found["code"] for found in json.loads(done.stdout)["findings"] if found["level"] == "not checked"}
    assert {"rights_unknown", "key_end_unknown", "scopes_not_named", "routes_not_checked"} <= codes
    assert done.returncode == 0


async def test_reads_the_rights_from_the_details(set_up):
    """A key that may not read its own state may still read its routes."""
    set_up.without_rights("GET /auth/currentCredential", "POST /me/order/*/pay")
    set_up.with_rights("GET /auth/details")
    done = await doctor(set_up, "--json")
    assert "people_pay" in {found["code"] for found in json.loads(done.stdout)["findings"]}


async def test_http_mode_needs_no_app_token(set_up):
    """Then only a request of Slack shows whether the signing secret is right."""
    set_up.use(SLACK_APP_TOKEN="", SLACK_SIGNING_SECRET=set_up.slack.credentials.signing_secret)
    done = await doctor(set_up, "--json")
    assert "signing_secret" in {found["code"] for found in json.loads(done.stdout)["findings"]}
    assert done.returncode == 0


async def test_a_slack_that_hangs_ends_the_check(set_up):
    """Each call has an end, and the other parts are checked all the same."""
    set_up.slack.faults.add("auth.test", "dropped", times=ALWAYS)
    done = await doctor(set_up, "--json")
    codes = {found["code"] for found in json.loads(done.stdout)["findings"]}
    assert {"slack_away", "key_ok"} <= codes


async def test_a_running_bot_is_no_problem(set_up):
    """The doctor may run next to the bot, which holds the database."""
    set_up.stage.use({"DATABASE_URL": f"sqlite:///{set_up.database}"})
    bot = set_up.stage.bot
    await bot.start()
    try:
        await set_up.slack.connected()
        done = await doctor(set_up, "--json")
    finally:
        await bot.stop()
    assert json.loads(done.stdout)["result"] == "ok"


async def test_a_large_group_costs_few_calls(set_up):
    """Slack allows few calls a minute: the doctor reads some members and counts the others."""
    world = set_up.slack.state.world
    world.groups["S0LARGE"] = {world.add(User(f"U0MANY{n:03}", f"many{n}", f"Many {n}")).id for n in range(200)}
    set_up.use(DESK_APPROVERS="S0LARGE")
    done = await doctor(set_up, "--json")
    findings = {found["code"]: found for found in json.loads(done.stdout)["findings"]}
    assert findings["approvers_ok"]["what"].startswith("200 people may approve")
    assert set_up.slack.server.calls.count("users.info") < 50


async def test_waits_once_for_profiles_that_never_come(set_up):
    """A Slack that hangs in the middle ends the reading of people, not the report."""
    set_up.use(DESK_APPROVERS=",".join(f"U0MANY{n}" for n in range(9)))
    set_up.slack.faults.add("users.info", "html_503", times=ALWAYS)
    done = await doctor(set_up, "--json")
    assert set_up.slack.server.calls.count("users.info") == 1
    assert "people_unreadable" in {found["code"] for found in json.loads(done.stdout)["findings"]}


# The probe


async def test_the_probe_asks_first(set_up):
    """After a no, or without an answer, nothing is tried."""
    for answer in ("n\n", ""):
        done = await asyncio.to_thread(_probe, set_up, answer)
        assert done.returncode == 1
        assert "It orders nothing and pays nothing. Go on?" in done.stderr
    assert {call.method for call in set_up.ovh.calls} == {"GET"}
    assert not list(set_up.folder.glob("ovh-probe-*"))


async def test_the_probe_writes_its_report(set_up):
    """A line for each fact, and a file for a bug report; no cart is left."""
    done = await asyncio.to_thread(_probe, set_up, "y\n")
    assert done.returncode == 0, done.stderr
    assert "as assumed   Is a deleted cart gone? Yes." in done.stdout
    (file,) = set_up.folder.glob("ovh-probe-*.json")
    assert f"The report is in {file.name}." in done.stdout
    assert all(cart.expire <= set_up.ovh.clock.now() for cart in set_up.ovh.carts.all.values())


async def test_the_probe_runs_unattended(set_up):
    """With `--yes`, and as JSON; a difference is named with what depends on it."""
    set_up.ovh.carts.matches = "ignored"
    done = await doctor(set_up, "--probe", "--yes", "--json")
    facts = {fact["code"]: fact for fact in json.loads(done.stdout)["probe"]["facts"]}
    assert facts["list_filter"]["outcome"] == "differs"
    assert facts["list_filter"]["found"] == "not at all"
    assert "costs calls and no safety" in facts["list_filter"]["matters"]


async def test_the_probe_needs_a_key_that_works(set_up):
    """A fault at OVH comes first."""
    set_up.use(OVH_CONSUMER_KEY="obviously-fake")
    done = await doctor(set_up, "--probe", "--yes", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["result"] == "fault"
    assert "fix the faults above first" in done.stderr
    assert {call.method for call in set_up.ovh.calls} == {"GET"}


def _probe(set_up: SetUp, answer: str) -> subprocess.CompletedProcess[str]:
    """Run the probe, and answer its question."""
    with begin("-m", "bot", "doctor", "--probe", cwd=set_up.folder, stdin=True, **set_up.settings()) as process:
        out, err = process.communicate(answer, timeout=60)
    return subprocess.CompletedProcess([], process.returncode, out, err)
