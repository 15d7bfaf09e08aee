"""Contacts by two routes: one lists ids, the other whole objects, with slightly different fields."""

from __future__ import annotations

from typing import Any

from sandbox.ovh.routing import Call, route


@route("GET", "/me/contact")
def _ids(call: Call) -> list[int]:
    return list(call.ovh.contacts.all)


@route("POST", "/me/contact")
def _create(call: Call) -> dict[str, Any]:
    return call.ovh.contacts.create(call.body)


@route("GET", "/me/contact/{contactId}")
def _one(call: Call) -> dict[str, Any]:
    return call.ovh.contacts.get(call.parts[0])


@route("PUT", "/me/contact/{contactId}")
def _change(call: Call) -> dict[str, Any]:
    return call.ovh.contacts.change(call.parts[0], call.body)


@route("GET", "/me/contact/{contactId}/fields")
def _fields(call: Call) -> list[dict[str, Any]]:
    return call.ovh.contacts.fields(call.parts[0])


@route("GET", "/domain/contact")
def _whole(call: Call) -> list[dict[str, Any]]:
    return [_for_domains(contact) for contact in call.ovh.contacts.all.values()]


@route("POST", "/domain/contact")
def _create_for_domains(call: Call) -> dict[str, Any]:
    return _for_domains(call.ovh.contacts.create(call.body))


@route("GET", "/domain/contact/{contactId}")
def _one_for_domains(call: Call) -> dict[str, Any]:
    return _for_domains(call.ovh.contacts.get(call.parts[0]))


@route("PUT", "/domain/contact/{contactId}")
def _change_for_domains(call: Call) -> dict[str, Any]:
    return _for_domains(call.ovh.contacts.change(call.parts[0], call.body))


def _for_domains(contact: dict[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in contact.items() if field != "spareEmail"}
