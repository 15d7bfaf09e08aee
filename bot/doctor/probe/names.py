"""Facts about names in a cart: refusals, labels, owner fields. No cart with a name is ever checked out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.doctor.probe.facts import Answer
from bot.doctor.probe.lab import Lab, Seen, Unsettled
from ordering.model.question import EXPLAINED
from registrars.ovh.carts.contact_fields import our_name

_MOST_EXTENSIONS = 3
_OWNER = "OWNER_CONTACT"
_DEEPEST = 12


def refused_names(lab: Lab) -> Iterator[Answer]:
    """What OVH answers to names that it cannot sell."""
    cart = lab.open_cart(f"{lab.description}, names")
    yield Answer("unknown_extension", _refusal(_add(lab, cart, f"probe-{lab.token}.notsold")))
    yield Answer("malformed_name", _refusal(_add(lab, cart, f"-probe-{lab.token}-.com")))


def repeated_name(lab: Lab, extensions: Sequence[str]) -> Iterator[Answer]:
    """What becomes of the same name twice."""
    cart, name = lab.open_cart(f"{lab.description}, twice"), _name(lab, _first(extensions))
    if not (first := _add(lab, cart, name)).is_ok:
        raise Unsettled(f"OVH does not take a free name ({first.refusal})")
    second = _add(lab, cart, name)
    items = {first.get("itemId"), second.get("itemId")}
    found = f"the second is refused ({second.refusal})"
    if second.is_ok:
        found = "two items" if len(items) > 1 else "one item"
    yield Answer("same_name_twice", found)


def labels(lab: Lab, extensions: Sequence[str]) -> Iterator[Answer]:
    """Which labels carts ask for."""
    cart = lab.open_cart(f"{lab.description}, labels")
    unknown, read = set(), 0
    for extension in extensions[:_MOST_EXTENSIONS]:
        item = _add(lab, cart, _name(lab, extension)).get("itemId")
        if item is None:
            continue
        listed = lab.call("GET", f"/order/cart/{cart}/item/{item}/requiredConfiguration").listed()
        found = {str(entry.get("label")) for entry in listed if isinstance(entry, dict)}
        unknown |= {f"{label} (.{extension})" for label in found - EXPLAINED}
        read += 1
    if not read:
        raise Unsettled("OVH takes no free name of the team's extensions")
    yield Answer("labels", _unknown(unknown))


def owner_fields(lab: Lab, extensions: Sequence[str]) -> Iterator[Answer]:
    """Which fields of an owner registries ask for."""
    unknown, read = set(), 0
    for extension in extensions[:_MOST_EXTENSIONS]:
        query = {"domain": _name(lab, extension), "action": "create"}
        seen = lab.call("GET", "/domain/configurationRule", query=query)
        if seen.is_ok:
            fields = set(_fields(seen.body))
            unknown |= {f"{label} (.{extension})" for label in fields if our_name(label) is None}
            read += 1
    if not read:
        raise Unsettled("OVH shows no rule of the team's extensions")
    yield Answer("owner_fields", _unknown(unknown))


def _add(lab: Lab, cart: str, name: str) -> Seen:
    return lab.call("POST", f"/order/cart/{cart}/domain", body={"domain": name, "quantity": 1})


def _refusal(seen: Seen) -> str:
    return "it takes the name" if seen.is_ok else seen.refusal


def _first(extensions: Sequence[str]) -> str:
    if not extensions:
        raise Unsettled("no extension is known to try")
    return extensions[0]


def _name(lab: Lab, extension: str) -> str:
    return f"probe-{lab.token}.{extension}"


def _unknown(labels: set[str]) -> str:
    return f"also {', '.join(sorted(labels))}" if labels else "only known ones"


def _fields(rule: object, *, depth: int = 0) -> Iterator[str]:
    """Yield the labels of the owner's fields in a rule, however it is nested."""
    if not isinstance(rule, dict) or depth > _DEEPEST:
        return
    if rule.get("label") == _OWNER:
        yield from _labels_in(rule.get("fields"))
    for each in _parts(rule):
        yield from _fields(each, depth=depth + 1)


def _labels_in(rule: object, *, depth: int = 0) -> Iterator[str]:
    if not isinstance(rule, dict) or depth > _DEEPEST:
        return
    if isinstance(rule.get("label"), str):
        yield rule["label"]
    for each in _parts(rule):
        yield from _labels_in(each, depth=depth + 1)


def _parts(rule: dict[str, object]) -> Iterator[object]:
    for key in ("and", "or"):
        parts = rule.get(key)
        yield from parts if isinstance(parts, list) else ()
