"""Typed and chosen values, in the format in which Slack passes them to the app, element by element.

Source: Slack's reference of Block Kit's elements and of `view.state.values`.
"""

from __future__ import annotations

from typing import Any

Value = str | list[str] | None

_TYPED = {"plain_text_input", "email_text_input", "url_text_input", "number_input"}
_ONE_OPTION = {"static_select", "radio_buttons", "overflow"}
_MANY_OPTIONS = {"multi_static_select", "checkboxes"}
_MOMENTS = {"datepicker": "date", "timepicker": "time"}
_LONGEST_INPUT = 3000  # characters, Slack's own limit if the app sets none


def initial_state(element: dict[str, Any]) -> dict[str, Any] | None:
    """Return an element's initial state; None for elements without state."""
    kind = element["type"]
    if kind in _TYPED:
        return {"type": kind, "value": element.get("initial_value")}
    if kind in _MANY_OPTIONS:
        return {"type": kind, "selected_options": element.get("initial_options") or []}
    if kind in _ONE_OPTION - {"overflow"}:
        return {"type": kind, "selected_option": element.get("initial_option")}
    if kind in _MOMENTS:
        moment = _MOMENTS[kind]
        return {"type": kind, f"selected_{moment}": element.get(f"initial_{moment}")}
    return None


def state_of(element: dict[str, Any], value: Value) -> dict[str, Any]:
    """Return the state after a user typed or chose `value`; options are named by their value or their text."""
    kind = element["type"]
    if kind in _ONE_OPTION:
        return {"type": kind, "selected_option": None if value is None else _option(element, str(value))}
    if kind in _MANY_OPTIONS:
        return {"type": kind, "selected_options": [_option(element, each) for each in value or []]}
    if kind in _MOMENTS:
        return {"type": kind, f"selected_{_MOMENTS[kind]}": value}
    return {"type": kind, "value": value}


def error_of(block: dict[str, Any], state: dict[str, Any]) -> str | None:
    """Return Slack's own complaint about an input, before the app receives it."""
    element = block["element"]
    given = next((found for name, found in state.items() if name != "type"), None)
    if not given:
        return None if block.get("optional") else "Please complete this required field."
    if element["type"] not in _TYPED:
        return None
    longest = element.get("max_length") or _LONGEST_INPUT
    if len(given) > longest:
        return f"Please enter no more than {longest} characters."
    if len(given) < (element.get("min_length") or 0):
        return f"Please enter at least {element['min_length']} characters."
    return None


def options_of(element: dict[str, Any]) -> list[dict[str, Any]]:
    """Return all options, including those in groups."""
    grouped = [option for group in element.get("option_groups") or [] for option in group["options"]]
    return [*(element.get("options") or []), *grouped]


def _option(element: dict[str, Any], wanted: str) -> dict[str, Any]:
    found = next((o for o in options_of(element) if wanted in {o["value"], o["text"]["text"]}), None)
    if found is None:
        raise ValueError(f"“{wanted}” is not among the options")
    return found
