"""The registry's tasks of the account's names, and what a person corrects in them."""

from __future__ import annotations

from typing import Any

from sandbox.ovh.routing import Call, route


@route("GET", "/me/task/domain")
def _tasks(call: Call) -> list[int]:
    like, function, status = (call.query.get(name) for name in ("domain", "function", "status"))
    return [
        task.id
        for task in call.ovh.registry.tasks().values()
        if (like or "") in task.domain and function in {None, task.function} and status in {None, task.status}
    ]


@route("GET", "/me/task/domain/{id}")
def _task(call: Call) -> dict[str, Any]:
    return call.ovh.registry.task(call.parts[0]).to_json(call.ovh.clock)


@route("GET", "/me/task/domain/{id}/progressbar")
def _progress(call: Call) -> dict[str, Any]:
    return call.ovh.registry.task(call.parts[0]).progress(call.ovh.clock)


@route("GET", "/me/task/domain/{id}/argument")
def _arguments(call: Call) -> list[str]:
    task = call.ovh.registry.task(call.parts[0])
    return [argument.key for argument in call.ovh.registry.arguments.of(task.domain)]


@route("GET", "/me/task/domain/{id}/argument/{key}")
def _argument(call: Call) -> dict[str, Any]:
    task = call.ovh.registry.task(call.parts[0])
    return call.ovh.registry.arguments.get(task.domain, call.parts[1]).to_json()


@route("PUT", "/me/task/domain/{id}/argument/{key}")
def _correct(call: Call) -> None:
    task = call.ovh.registry.task(call.parts[0])
    call.ovh.registry.arguments.get(task.domain, call.parts[1]).write(call.body.get("value"))


@route("POST", "/me/task/domain/{id}/relaunch")
def _relaunch(call: Call) -> None:
    call.ovh.registry.relaunch(call.parts[0])
