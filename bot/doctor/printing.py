"""The report as lines for a terminal, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from bot.doctor.findings import Group, Level, Report, Result

_WIDE = max(len(level) for level in Level)
_ENDS = {
    Result.OK: "Everything that was checked is fine.",
    Result.WARNING: "The bot can run. Look at the warnings.",
    Result.FAULT: "Fix the faults first.",
}


def lines(report: Report) -> Iterator[str]:
    """Yield the report group by group, one line for each finding, and a summary."""
    for group in Group:
        if found := report.of(group):
            yield group.value
            for finding in found:
                level = finding.level.upper() if finding.level is Level.FAULT else finding.level.value
                yield f"  {level:<{_WIDE}}  {' '.join(filter(None, (finding.what, finding.fix)))}"
            yield ""
    yield f"{_counted(report)}. {_ENDS[report.result]}"


def as_json(report: Report, *, probe: Mapping[str, Any] | None = None) -> str:
    """Return the report for a program: the result, each finding with its code, and the probe's report if it ran."""
    findings = [finding.to_json() for finding in report.findings]
    content = {"result": report.result.value, "findings": findings} | ({"probe": probe} if probe else {})
    return json.dumps(content, ensure_ascii=False, indent=1)


def _counted(report: Report) -> str:
    names = {Level.FAULT: "fault", Level.WARNING: "warning", Level.NOT_CHECKED: "not checked", Level.OK: "ok"}
    parts = []
    for level, name in names.items():
        number = report.count(level)
        plural = "s" if level in {Level.FAULT, Level.WARNING} and number != 1 else ""
        parts.append(f"{number} {name}{plural}")
    return ", ".join(parts)
