"""Why a name is unknown is the end of a heading: no full stop, and no advice."""

import pytest

from handlers.messages.en.unknown_names import REASONS, why_unknown
from ordering.model.domain_name import DomainName
from ordering.model.offer import OFFER_UNREADABLE, Availability, Verdict
from registrars.ovh.api.errors import Answer, OvhTimeout, Throttled, Unreadable, refusal

NAME = DomainName("name.ovh")


def unknown(reason: str | None, said: str | None = None) -> str:
    return why_unknown(Availability(NAME, Verdict.UNKNOWN, reason=reason, ovh_said=said))


def test_each_no_of_ovh_has_a_phrase() -> None:
    """The codes are those that a lookup can end with."""
    statuses = [(403, "NOT_GRANTED_CALL"), (401, ""), (404, ""), (403, ""), (400, "")]
    refused = [refusal(Answer(status, {"errorCode": code, "message": "x"})) for status, code in statuses]
    codes = {each.code for each in refused} | {OvhTimeout().code, Throttled().code, Unreadable().code}
    assert codes | {OFFER_UNREADABLE, "look_up_failed", "not_asked", "stopping"} == REASONS.keys()
    assert [reason for reason in REASONS if unknown(reason, "x.").endswith(".")] == []


@pytest.mark.parametrize(
    ("reason", "said", "shown"),
    [
        ("ovh_refused", "Invalid domain.", "OVH said no: Invalid domain"),
        ("ovh_refused", None, "OVH said no: no reason"),
        ("a_code_of_tomorrow", "Invalid domain", "OVH said no: Invalid domain"),
        ("a_code_of_tomorrow", None, "OVH is not answering just now"),
        (None, None, "OVH is not answering just now"),
        ("OVH {was} away.", None, "OVH {was} away"),  # a search that an earlier version kept
    ],
)
def test_an_unknown_name_says_why(reason: str | None, said: str | None, shown: str) -> None:
    """OVH's own words are in it; a stored sentence stays as it is."""
    assert unknown(reason, said) == shown
