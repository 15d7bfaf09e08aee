"""Write `docs/doctor.md` from the wrong set-ups that the tests make, and the codes of the doctor.

python -m tools.doctor_table            write it
python -m tools.doctor_table --check    exit 1 if it is not current
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from bot.doctor.codes import CODES, Group, Level
from bot.doctor.probe import FACTS
from tests.doctor.cases import CASES

PAGE = Path(__file__).parents[1] / "docs" / "doctor.md"
_INTRODUCTION = f"""# What `doctor` finds

`domain-desk doctor` checks the whole set-up: settings, environment, database, Slack and OVH. It orders nothing, pays
nothing and changes nothing, so run it at any time, also while the bot runs. It prints one line for each finding, with
what to do.

| option | does |
| --- | --- |
| `--post` | also posts one line in the approval channel, which everyone there sees |
| `--probe` | also finds out how OVH really behaves: see [below](#the-probe) |
| `--json` | prints `{{"result": …, "findings": [{{"group", "level", "code", "what", "do"}}]}}` |

- A **fault** keeps people from buying names. The command then exits with 1, otherwise with 0.
- A **warning** is worth a look; the bot can run.
- **not checked** is what cannot be seen from here, with the way to see it.

Scripts can rely on the codes: new ones are added, none is renamed.

The tables list {len(CASES)} wrong set-ups. A test makes each of them, against the simulated Slack and OVH or a real
database, and checks that `doctor` reports this code and no other problem. `python -m tools.doctor_table` writes this
page from the same list.
"""


_PROBE = """## The probe

OVH does not publish everything that a bot would like to know. `domain-desk doctor --probe` finds out, with your key:
it makes carts, puts made-up names into them, deletes them, and reads past orders. It orders nothing and pays nothing.
It asks before it begins, and once more before it touches the cart of a delivered request; `--yes` answers the first
question and skips the second. It makes some 60 calls, in about a minute.

It prints a line for each fact, and writes `ovh-probe-….json`. That file holds statuses, error classes and the form of
answers, but no key, name, number or amount: please attach it to a bug report. A fact that **differs** is one in which
OVH behaves otherwise than the simulated OVH of the tests. The bot is built so that each answer is safe; a difference
is worth a report all the same.
"""


def page() -> str:
    """Return the whole page."""
    parts = [_INTRODUCTION]
    for group in Group:
        parts.append(f"## {group.value}\n")
        parts.append("\n".join(_cases(group)) + "\n")
        if not_checked := list(_not_checked(group)):
            parts.append("Not checked:\n")
            parts.append("\n".join(["| code | what to do |", "| --- | --- |", *not_checked]) + "\n")
    parts.append(_PROBE)
    parts.append("\n".join(_facts()) + "\n")
    return "\n".join(parts)


def _cases(group: Group) -> Iterator[str]:
    yield "| what is wrong | result | code | what to do |"
    yield "| --- | --- | --- | --- |"
    for case in CASES:
        code = CODES[case.code]
        if code.group is group:
            fix = code.fix or "the line says it"
            yield f"| {case.wrong} | {code.level.value} | `{case.code}` | {fix} |"


def _not_checked(group: Group) -> Iterator[str]:
    for name, code in CODES.items():
        if code.group is group and code.level is Level.NOT_CHECKED:
            yield f"| `{name}` | {code.fix or 'the line says why'} |"


def _facts() -> Iterator[str]:
    yield "| fact | question | the simulation | what depends on it |"
    yield "| --- | --- | --- | --- |"
    for code, fact in FACTS.items():
        yield f"| `{code}` | {fact.question} | {fact.assumed or 'any'} | {fact.matters} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the page is not current")
    if not parser.parse_args().check:
        PAGE.write_text(page(), encoding="utf-8")
    elif PAGE.read_text(encoding="utf-8") != page():
        sys.exit(f"{PAGE.name} is not current: run python -m tools.doctor_table")


if __name__ == "__main__":
    main()
