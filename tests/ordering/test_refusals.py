"""Every refusal carries a stable code: programs are steered by it, and sentences can be reworded."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from handlers.toolkit.ovh_queue import LineFull
from ordering.model.errors import InvalidName, NotPossible, OrderingError, RegistrarRefused, RegistrarUnavailable
from ordering.model.offer_selection import OfferChanged
from ordering.model.preflight_findings import LinesRefused, NotReady
from ordering.model.question import WrongAnswers
from registrars.ovh.api.errors import Answer, OvhTimeout, Throttled, refusal

ROOT = Path(__file__).parents[2]
FOLDERS = ("ordering", "registrars", "store", "handlers", "bot")
# They say too little by themselves: each raise of one must name its own code.
GENERAL = {
    "InvalidAnswer", "InvalidName", "NotAllowed", "NotPossible", "OrderingError", "RegistrarError", "RegistrarRefused",
}  # fmt: skip
CODE = re.compile(r"[a-z]+(_[a-z]+)*")


def _made() -> Iterator[tuple[str, ast.Call]]:
    """Every place of the product that makes one of the general refusals."""
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in GENERAL:
                    yield f"{file.relative_to(ROOT)}:{node.lineno}", node


def _classes(of: type[OrderingError] = OrderingError) -> Iterator[type[OrderingError]]:
    yield of
    for each in of.__subclasses__():
        yield from _classes(each)


def test_each_refusal_names_its_code() -> None:
    """No general refusal is made without a code of its own."""
    made = list(_made())
    assert len(made) > 80
    assert [place for place, call in made if not any(given.arg == "code" for given in call.keywords)] == []


def test_codes_are_written_in_snake_case() -> None:
    """Codes are words of lower-case letters and underscores."""
    codes = {
        given.value.value
        for _, call in _made()
        for given in call.keywords
        if given.arg == "code" and isinstance(given.value, ast.Constant)
    }
    assert len(codes) > 70
    assert [code for code in codes if not CODE.fullmatch(str(code))] == []
    assert [c for c in _classes() if not CODE.fullmatch(c.usual_code)] == []


def test_each_kind_of_refusal_has_a_code_of_its_own() -> None:
    """A class names its own code. For people and cards, no answer is one fact, however it was not given."""
    kinds = [c for c in _classes() if c not in {OvhTimeout, Throttled} and c.__module__.split(".")[0] in FOLDERS]
    assert {LineFull, LinesRefused, NotReady, OfferChanged, WrongAnswers} < set(kinds)
    assert [c.__name__ for c in kinds if "usual_code" not in vars(c)] == []
    assert len({c.usual_code for c in kinds}) == len(kinds)
    assert OvhTimeout().code == Throttled().code == RegistrarUnavailable().code


def test_a_refusal_is_a_code_and_its_facts() -> None:
    """Programs and the catalogue read both; nobody reads a sentence off the error."""
    refused = NotPossible(code="cart_full", cart=7)
    assert (refused.code, refused.params) == ("cart_full", {"cart": 7})
    assert refused.data == {"error": "cart_full", "cart": 7}


def test_a_log_has_the_code_and_the_words_of_ovh_alone() -> None:
    """What people typed is not logged; what OVH said is."""
    assert str(InvalidName(code="name_too_long", typed="secret", most=253)) == "name_too_long"
    assert str(RegistrarRefused(ovh={"status": 400, "said": "Invalid domain"})) == "registrar_refused: Invalid domain"


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (403, {"errorCode": "NOT_GRANTED_CALL", "message": "This call has not been granted"}, "ovh_right_missing"),
        (403, {"message": "This credential is not valid"}, "ovh_key_refused"),
        (401, {"message": "You must login first"}, "ovh_key_refused"),
        (404, {"message": "This service does not exist"}, "ovh_not_found"),
        (460, {"message": "This service is expired"}, "ovh_not_found"),
        (403, {"message": "Forbidden for this order"}, "ovh_forbidden"),
        (400, {"message": "Invalid domain"}, "ovh_refused"),
        (409, {"message": "Conflict"}, "ovh_refused"),
    ],
)
def test_a_no_of_ovh_has_a_code_and_its_words(status: int, body: dict[str, str], code: str) -> None:
    """What OVH said is data marked as OVH's."""
    refused: RegistrarRefused = refusal(Answer(status, body))
    assert refused.code == code
    assert refused.params == {
        "ovh": {"status": status, "code": body.get("errorCode", ""), "said": body["message"]},
    }
