"""What the probe found: lines for a terminal, and a file without private data that a bug report can attach."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bot.doctor.probe.facts import Answer, Outcome
from bot.doctor.probe.run import Findings

_WIDE = max(len(outcome) for outcome in Outcome)


def lines(findings: Findings) -> Iterator[str]:
    """Yield one line for each fact, and what to do."""
    yield "Probe of OVH"
    for answer in findings.answers:
        yield f"  {answer.outcome.value:<{_WIDE}}  {_sentence(answer)}"
    yield ""
    if findings.left_over:
        yield f"OVH did not delete {findings.left_over} of the probe's carts. They are empty or unpaid, and expire."
    counted = ", ".join(f"{len(findings.of(outcome))} {outcome.value}" for outcome in Outcome)
    yield f"{len(findings.evidence)} calls: {counted}."
    if findings.of(Outcome.DIFFERS):
        yield "OVH differs from what the bot was tested with. Please report it, with the file, so that this is tested."


def as_json(findings: Findings, *, endpoint: str, at: datetime) -> dict[str, Any]:
    """Return the report. It has no key, no name, no order number and no amount."""
    return {
        "probe": 1,
        "domain_desk": version("domain-desk"),
        "endpoint": endpoint,
        "at": at.isoformat(timespec="seconds"),
        "facts": [_fact(answer) for answer in findings.answers],
        "left_over_carts": findings.left_over,
        # Nothing in the bot reads these facts yet: it is built so that either answer is safe.
        "sets": [],
        "calls": list(findings.evidence),
    }


def write(report: dict[str, Any], folder: Path, *, at: datetime) -> Path:
    """Write the report for this user alone, and return its path."""
    path = folder / f"ovh-probe-{at:%Y-%m-%d-%H%M%S}.json"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(report, file, ensure_ascii=False, indent=1)
        file.write("\n")
    return path


def _fact(answer: Answer) -> dict[str, str | None]:
    fact = answer.fact
    return {
        "code": answer.code, "question": fact.question, "found": answer.found, "assumed": fact.assumed,
        "outcome": answer.outcome.value, "why": answer.why, "matters": fact.matters,
    }  # fmt: skip


def _sentence(answer: Answer) -> str:
    fact = answer.fact
    if answer.found is None:
        return f"{fact.question} {_capital(answer.why)}."
    if answer.outcome is Outcome.AS_ASSUMED:
        return f"{fact.question} {_capital(answer.found)}."
    return f"{fact.question} {_capital(answer.found)}; the bot was tested with: {fact.assumed}. {fact.matters}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
