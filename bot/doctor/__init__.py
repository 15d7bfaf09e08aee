"""The command `doctor`: check the whole set-up, and say what to do about each fault."""

from bot.doctor import printing
from bot.doctor.examination import examine
from bot.doctor.findings import Finding, Level, Report

__all__ = ["Finding", "Level", "Report", "examine", "printing"]
