"""List what the bot is shipped with: the licence of each library, and an SBOM in CycloneDX's form.

    python -m tools.bill_of_materials                  write packaging/licences.md
    python -m tools.bill_of_materials --check          change nothing; exit 1 where the list would differ
    python -m tools.bill_of_materials --sbom FILE      write the SBOM: `uv export`, with the licences

Both are of what the image contains: Linux, Python 3.11, with the extra for PostgreSQL and without developers' tools.
The same lock gives the same files, byte by byte.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any

from packaging.markers import Marker

ROOT = Path(__file__).parents[1]
LIST = ROOT / "packaging" / "licences.md"
_PROJECT, _EXTRA = "domain-desk", "postgres"
_PLATFORM = {
    "sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "implementation_name": "cpython",
    "platform_python_implementation": "CPython", "python_version": "3.11", "python_full_version": "3.11.14",
}  # fmt: skip
# What packages call their licence, where they do not use the SPDX identifier.
_SPDX = {
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
}
_HEAD = """# Licences of the libraries

Domain Desk itself is under the [MIT licence](../LICENSE). The image contains these libraries, unchanged.
`python -m tools.bill_of_materials` writes this list from `uv.lock`; a test checks that it is current.

| library | version | licence (SPDX) |
| --- | --- | --- |
"""


def shipped() -> dict[str, str]:
    """Return the version of each library in the image, by name: all that the lock's project needs there."""
    lock = tomllib.loads((ROOT / "uv.lock").read_text())
    packages = {each["name"]: each for each in lock["package"]}
    found: dict[str, str] = {}
    wanted: list[tuple[str, str]] = [(_PROJECT, ""), (_PROJECT, _EXTRA)]
    seen: set[tuple[str, str]] = set()
    while wanted:
        name, extra = wanted.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        package = packages[name]
        if name != _PROJECT:
            found[name] = package["version"]
        wanted += _needs(package, extra)
    return dict(sorted(found.items()))


def _needs(package: dict[str, Any], extra: str) -> Iterator[tuple[str, str]]:
    needs = package.get("optional-dependencies", {}).get(extra, []) if extra else package.get("dependencies", [])
    for need in needs:
        if "marker" in need and not Marker(need["marker"]).evaluate({**_PLATFORM, "extra": extra}):
            continue
        yield need["name"], ""
        yield from ((need["name"], more) for more in need.get("extra", []))


def licence(name: str) -> str:
    """Return the SPDX expression of an installed package; raises `KeyError` for a licence that is in no list yet."""
    found = distribution(name)
    for expression in found.metadata.get_all("License-Expression") or ():
        return str(expression)
    names = [*_classified(found), *(found.metadata.get_all("License") or ())]
    for text in map(str.strip, names):
        if text in _SPDX or text in _SPDX.values():
            return _SPDX.get(text, text)
    raise KeyError(f"{name}: add its licence to _SPDX, once a person has read it: {names}")


def _classified(found: Distribution) -> Iterator[str]:
    for line in found.metadata.get_all("Classifier") or ():
        if line.startswith("License :: OSI Approved :: "):
            yield line.rpartition(" :: ")[2]


def licence_list() -> str:
    """Return the text of packaging/licences.md."""
    return _HEAD + "".join(f"| {name} | {version} | {licence(name)} |\n" for name, version in shipped().items())


def sbom() -> str:
    """Return the SBOM: uv's, without what changes from run to run or belongs to other platforms, with licences."""
    command = [
        os.environ.get("UV", "uv"),
        "export",
        "--frozen",
        "--no-dev",
        "--extra",
        _EXTRA,
        "--format",
        "cyclonedx1.5",
    ]
    exported = subprocess.run([*command, "--quiet"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    bill: dict[str, Any] = json.loads(exported)
    del bill["serialNumber"], bill["metadata"]["timestamp"]
    libraries = shipped()
    bill["components"] = [each for each in bill["components"] if each["name"] in libraries]
    for each in bill["components"]:
        each["licenses"] = [{"expression": licence(each["name"])}]
    there = {each["bom-ref"] for each in (*bill["components"], bill["metadata"]["component"])}
    bill["dependencies"] = [_within(each, there) for each in bill["dependencies"] if each["ref"] in there]
    return json.dumps(bill, indent=1, ensure_ascii=False) + "\n"


def _within(needs: dict[str, Any], there: set[str]) -> dict[str, Any]:
    return needs | (
        {"dependsOn": [each for each in needs["dependsOn"] if each in there]} if "dependsOn" in needs else {}
    )


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 where the list would differ")
    parser.add_argument("--sbom", type=Path, metavar="FILE", help="write the SBOM there instead")
    asked = parser.parse_args(arguments)
    if asked.sbom:
        asked.sbom.write_text(sbom())
        return 0
    if asked.check:
        return int(LIST.read_text() != licence_list())
    LIST.write_text(licence_list())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
