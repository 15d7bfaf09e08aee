"""Urgent names go first, and a search keeps a share."""

import threading

import pytest

from ordering.model.domain_name import DomainName
from ordering.model.offer import Availability, Verdict
from registrars.ovh.availability.single_flight import SingleFlight


def _unasked(name: DomainName) -> Availability:
    return Availability(name, Verdict.UNKNOWN, reason="closed")


def _order(urgent: int, searched: int) -> str:
    """The order in which names are taken, as letters: u for urgent, s for searched."""
    single_flight, readers = SingleFlight(_unasked), []
    for kind, count in (("u", urgent), ("s", searched)):
        names = [DomainName(f"{kind}{number}.ovh") for number in range(count)]
        joined = threading.Event()
        reader = threading.Thread(target=_read, args=(single_flight, names, kind == "u", joined))
        reader.start()
        joined.wait(5)
        readers.append(reader)
    taken = ""
    while (lookup := single_flight.take()) is not None:
        taken += lookup.name.ascii[0]
        single_flight.resolve(lookup, Availability(lookup.name, Verdict.TAKEN))
    for reader in readers:
        reader.join(5)
    return taken


def _read(single_flight: SingleFlight, names: list[DomainName], urgent: bool, joined: threading.Event) -> None:  # noqa: FBT001 - a thread takes its arguments by place
    for _ in single_flight.answers(names, urgent=urgent, asked=lambda _: joined.set()):
        pass
    joined.set()


@pytest.mark.parametrize(
    ("urgent", "searched", "order"),
    [
        (8, 4, "uuusuuusuuss"),
        (3, 3, "uuusss"),
        (0, 3, "sss"),
        (5, 0, "uuuuu"),
        (7, 1, "uuusuuuu"),
    ],
)
def test_a_search_has_every_fourth_turn(urgent: int, searched: int, order: str):
    """However many names are urgent, a search that waits has one turn of four; alone, each has all."""
    assert _order(urgent, searched) == order
