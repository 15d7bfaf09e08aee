"""Run the probe after the doctor: ask first, write the report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.app import ovh_config
from bot.doctor.database_check import known_carts
from bot.doctor.findings import Group, Level, Report
from bot.doctor.probe import FIRST_QUESTION, SECOND_QUESTION, Findings, probe, report
from bot.doctor.settings_check import read_all
from ordering.model.errors import RegistrarError


@dataclass(frozen=True, slots=True)
class Probed:
    """A probe that ran: what it found, the report, and where that is."""

    findings: Findings
    content: dict[str, Any]
    path: Path


class NotProbed(Exception):
    """The probe did not run; the text says why."""


def run_probe(examined: Report, asks: Callable[[str], bool], *, is_asked: bool) -> Probed:
    """Run the probe and write its report into this folder.

    `is_asked` is False with `--yes`: then the one thing that touches an older cart is left out. Raises `NotProbed`.
    """
    settings = read_all().for_ovh
    has_fault = any(finding.level is Level.FAULT for finding in examined.of(Group.OVH))
    if settings is None or has_fault:
        raise NotProbed("The probe needs OVH: fix the faults above first.")
    if is_asked and not asks(FIRST_QUESTION):
        raise NotProbed("Nothing was tried.")
    known = known_carts(settings.database_url.get_secret_value())
    may_delete = is_asked and bool(known.delivered) and asks(SECOND_QUESTION)
    try:
        findings = probe(ovh_config(settings), known, may_delete=may_delete)
    except RegistrarError as error:
        raise NotProbed("OVH does not answer. Try again in a minute.") from error
    at = datetime.now(UTC)
    content = report.as_json(findings, endpoint=settings.ovh_endpoint, at=at)
    return Probed(findings, content, report.write(content, Path(), at=at))
