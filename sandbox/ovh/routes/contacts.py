"""Contacts by two routes: one lists ids, the other whole objects, with other fields."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sandbox.ovh.contacts import DOMAIN_FIELDS, ME_FIELDS, Contact
from sandbox.ovh.registries import registry_of
from sandbox.ovh.routing import Call, route


@route("GET", "/me/contact")
def _ids(call: Call) -> list[int]:
    return list(call.ovh.contacts.all)


@route("POST", "/me/contact")
def _create(call: Call) -> dict[str, Any]:
    return _answer(call.ovh.contacts.create(call.body, ME_FIELDS), ME_FIELDS)


@route("GET", "/me/contact/{contactId}")
def _one(call: Call) -> dict[str, Any]:
    return _answer(call.ovh.contacts.get(call.parts[0]), ME_FIELDS)


@route("PUT", "/me/contact/{contactId}")
def _change(call: Call) -> dict[str, Any]:
    return _changed(call, ME_FIELDS)


@route("GET", "/me/contact/{contactId}/fields")
def _fields(call: Call) -> list[dict[str, Any]]:
    return call.ovh.contacts.fields(call.parts[0])


@route("GET", "/domain/contact")
def _whole(call: Call) -> list[dict[str, Any]]:
    return [_answer(contact, DOMAIN_FIELDS) for contact in call.ovh.contacts.all.values()]


@route("POST", "/domain/contact")
def _create_for_domains(call: Call) -> dict[str, Any]:
    return _answer(call.ovh.contacts.create(call.body, DOMAIN_FIELDS), DOMAIN_FIELDS)


@route("GET", "/domain/contact/{contactId}")
def _one_for_domains(call: Call) -> dict[str, Any]:
    return _answer(call.ovh.contacts.get(call.parts[0]), DOMAIN_FIELDS)


@route("PUT", "/domain/contact/{contactId}")
def _change_for_domains(call: Call) -> dict[str, Any]:
    return _changed(call, DOMAIN_FIELDS)


def _changed(call: Call, fields: Collection[str]) -> dict[str, Any]:
    """Change a contact and show it; the holder of names keeps what their registries make read-only."""
    names = (name.partition(".")[2] for name in call.ovh.registry.owned())
    read_only = {field for extension in names for field in registry_of(extension).read_only()}
    call.ovh.contacts.change(call.parts[0], call.body, fields, read_only=read_only)
    return _answer(call.ovh.contacts.get(call.parts[0]), fields)


def _answer(contact: Contact, fields: Collection[str]) -> dict[str, Any]:
    return {"id": contact["id"]} | {field: contact[field] for field in fields}
