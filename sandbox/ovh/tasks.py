"""The registry's tasks of the account's names, with what a person can correct in them.

A task in error waits for its arguments: they are read, written and the task relaunched. Without a correction it goes
back to error. A scheduled deletion is a task that waits for months and is no error (contract sheet ovh-lifecycle,
section 5).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.ovh.clock import Clock
from sandbox.ovh.errors import not_found, refused

_STEPS = {"DomainCreate": "Registration At The Registry", "DomainRenew": "Renewal At The Registry"}


@dataclass
class Argument:
    """One value of a task that a person can correct. `suffices` is how the registry judges it at the relaunch."""

    key: str
    suffices: Callable[[str | None], bool]
    type: str = "string"
    value: str | None = None
    description: str | None = None
    read_only: bool = False
    accepted: tuple[str, ...] = ()
    shortest: int | None = None
    longest: int | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "key": self.key, "type": self.type, "value": self.value, "description": self.description,
            "readOnly": self.read_only, "acceptedValues": list(self.accepted) or None, "acceptedFormats": None,
            "fields": None, "minimumSize": self.shortest, "maximumSize": self.longest, "template": None,
        }  # fmt: skip

    def write(self, value: object) -> None:
        """Set the value; raises OVH's error if its limits refuse it. Whether it suffices shows at the relaunch."""
        if self.read_only or not isinstance(value, str) or (self.accepted and value not in self.accepted):
            raise refused("Some parameters are invalid in the request")
        if len(value) < (self.shortest or 0) or len(value) > (self.longest or len(value)):
            raise refused("Some parameters are invalid in the request: wrong size")
        self.value = value


@dataclass(frozen=True)
class Task:
    """A task as it stands now. `error` is what the registry says; `due` is when it begins."""

    id: int
    function: str
    domain: str
    status: str
    at: datetime
    due: datetime
    error: str | None = None
    comment: str | None = None
    can_relaunch: bool = False
    can_cancel: bool = False

    def to_json(self, clock: Clock) -> dict[str, Any]:
        at = clock.text(self.at)
        return {
            "id": self.id, "function": self.function, "domain": self.domain, "status": self.status, "type": "domain",
            "comment": self.error or self.comment, "creationDate": at, "todoDate": clock.text(self.due),
            "doneDate": at if self.status == "done" else None, "lastUpdate": at, "canAccelerate": False,
            "canCancel": self.can_cancel, "canRelaunch": self.can_relaunch,
        }  # fmt: skip

    def progress(self, clock: Clock) -> dict[str, Any]:
        """Return its progress bar: one step for each function, as only transfers have been shown with more."""
        step = _STEPS.get(self.function, self.function)
        actions = ["canCorrect", "canRelaunch"] if self.can_relaunch else ["canCancel"] if self.can_cancel else []
        return {
            "currentStep": {"step": step, "description": step, "executionDuration": 0}, "followUpSteps": None,
            "progress": {"done": 100, "doing": 50}.get(self.status, 0), "taskStatus": self.status,
            "taskActions": actions, "expectedDoneDate": None, "lastUpdateDate": clock.text(self.at),
        }  # fmt: skip


class Arguments:
    """What can be corrected in a name's task, by name. `ask` puts a task in error until it is answered well."""

    def __init__(self) -> None:
        self._of: dict[str, list[Argument]] = {}
        self._content: set[str] = set()

    def ask(self, name: str, *arguments: Argument) -> None:
        self._of[name] = list(arguments)
        self._content.discard(name)

    def of(self, name: str) -> list[Argument]:
        return self._of.get(name, [])

    def get(self, name: str, key: str) -> Argument:
        found = next((argument for argument in self.of(name) if argument.key == key), None)
        if found is None:
            raise not_found("The requested object does not exist")
        return found

    def are_open(self, name: str) -> bool:
        """Return whether the registry still waits for a correction."""
        return name in self._of and name not in self._content

    def judge(self, name: str) -> bool:
        """Let the registry judge the arguments of a name, as at a relaunch; return whether it is content."""
        content = bool(self.of(name)) and all(argument.suffices(argument.value) for argument in self.of(name))
        if content:
            self._content.add(name)
        return content
