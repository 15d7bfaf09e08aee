"""What a registry once refused to do without is required in every process, and after each restart."""

from ordering.model.domain_name import DomainName
from ordering.model.owner_needs import OwnerNeeds
from ordering.model.question import Question
from registrars.ovh.carts.demands import Demands
from store.registry_demands import RegistryDemandMemory

CA, OTHER_CA, IT = (DomainName(name) for name in ("one.ca", "two.ca", "one.it"))


def a_process(engines) -> Demands:
    return Demands(RegistryDemandMemory(engines))


def asks(process: Demands, domain: DomainName) -> bool:
    (question,) = process.with_questions(domain, [Question("MOTTO")])
    return question.must_be_answered


def fields(process: Demands, domain: DomainName) -> list[str]:
    return [field.name for field in process.with_fields(domain, OwnerNeeds(), {}, ruled=()).fields]


def test_another_process_requires_what_was_refused(engines):
    first, running = a_process(engines), a_process(engines)
    assert not asks(running, OTHER_CA)
    first.note_questions(CA, [Question("MOTTO", insisted=True)])
    first.note_faults(CA, {"owner.birth_day": "is required"})
    first.note_questions(CA, [Question("MOTTO", insisted=True)])
    started = a_process(engines)
    assert asks(started, OTHER_CA)
    assert fields(started, OTHER_CA) == ["birth_day"]
    assert (asks(started, IT), fields(started, IT)) == (False, [])


def test_a_running_process_learns_of_it_within_a_minute(engines, monkeypatch):
    now = 1000.0
    monkeypatch.setattr("registrars.ovh.carts.demands.time.monotonic", lambda: now)
    running = a_process(engines)
    assert not asks(running, CA)
    a_process(engines).note_questions(CA, [Question("MOTTO", insisted=True)])
    assert not asks(running, CA)
    now += 60
    assert asks(running, CA)


def test_two_processes_may_note_the_same(engines):
    first, second = a_process(engines), a_process(engines)
    for process in (first, second):
        process.note_questions(CA, [Question("MOTTO", insisted=True)])
    assert RegistryDemandMemory(engines).read() == {("ca", "question", "MOTTO")}


def test_without_a_database_a_process_still_remembers(engines):
    """A database that is away hinders no search, no form and no order."""
    process = a_process(engines)
    with engines.write.begin() as connection:
        connection.exec_driver_sql("DROP TABLE registry_demands")
    process.note_questions(CA, [Question("MOTTO", insisted=True)])
    assert asks(process, OTHER_CA)
