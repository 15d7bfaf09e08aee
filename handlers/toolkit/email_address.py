"""E-mail addresses as people type them: their form only, because no mail is sent and no name looked up."""

from __future__ import annotations

from collections.abc import Mapping

from email_validator import EmailNotValidError, validate_email

from ordering.model.errors import InvalidAnswer


def email_faults(typed: Mapping[str, str]) -> dict[str, InvalidAnswer]:
    """Return what is wrong with a contact's e-mail address, by field; empty if nothing is, or none was typed."""
    text = typed.get("email", "").strip()
    if not text:
        return {}
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return {"email": InvalidAnswer(code="field_no_email")}
    return {}
