"""What a check found: its level, its code, what is so, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.doctor.codes import CODES, Group, Level

__all__ = ["Finding", "Group", "Level", "Report", "Result"]


class Result(StrEnum):
    """The worst level of a report."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. `what` is one sentence without a secret; the code decides the rest.

    `level` overrides the code's own level.
    """

    code: str
    what: str
    level_here: Level | None = None

    @property
    def group(self) -> Group:
        return CODES[self.code].group

    @property
    def level(self) -> Level:
        return self.level_here or CODES[self.code].level

    @property
    def fix(self) -> str:
        """What to do; empty if there is nothing to do."""
        return CODES[self.code].fix

    def to_json(self) -> dict[str, str]:
        return {
            "group": self.group.value, "level": self.level.value, "code": self.code, "what": self.what, "do": self.fix,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that the doctor found, group by group."""

    findings: Sequence[Finding]

    def of(self, group: Group) -> list[Finding]:
        return [finding for finding in self.findings if finding.group is group]

    def count(self, level: Level) -> int:
        return sum(finding.level is level for finding in self.findings)

    @property
    def result(self) -> Result:
        levels = {finding.level for finding in self.findings}
        if Level.FAULT in levels:
            return Result.FAULT
        return Result.WARNING if Level.WARNING in levels else Result.OK

    @property
    def exit_code(self) -> int:
        """Return 1 if there is a fault; a warning is none."""
        return 1 if self.result is Result.FAULT else 0
