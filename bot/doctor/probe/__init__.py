"""The probe: settle by harmless calls what nobody has published about OVH's API."""

from bot.doctor.probe.carts import KnownCarts
from bot.doctor.probe.facts import FACTS, Answer, Fact, Outcome
from bot.doctor.probe.run import FIRST_QUESTION, SECOND_QUESTION, Findings, probe

__all__ = [
    "FACTS",
    "FIRST_QUESTION",
    "SECOND_QUESTION",
    "Answer",
    "Fact",
    "Findings",
    "KnownCarts",
    "Outcome",
    "probe",
]
