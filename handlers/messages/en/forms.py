"""What people read when what they typed, chose or requested is refused, by the code of the refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from handlers.messages.catalogue import Hint, Wording
from handlers.messages.en.findings import all_of
from handlers.messages.en.phrases import domain as named
from handlers.messages.en.phrases import money
from handlers.messages.en.refusals import REFUSALS, TRY_AGAIN, unknown_refusal
from handlers.messages.en.unknown_names import unknown_because
from ordering.model.domain_name import DomainName
from ordering.model.facts import Data

_says = REFUSALS.says
_MOST_LISTED = 8  # of the answers that a registry allows
_MOST_QUOTED = 60  # characters of what a user typed
_SEARCH = Hint("search", "finds others")

# Answers to a registry's questions. These stand at their fields, where Slack shows no markup.


@_says("answer_too_long")
def _(most: int) -> str:
    return f"That is too long: at most {most} characters, please."


@_says("answer_not_in_list")
def _(allowed: Sequence[str]) -> str:
    left = len(allowed) - _MOST_LISTED
    more = f" and {left} more" if left > 0 else ""
    return f"Only these are possible: {', '.join(allowed[:_MOST_LISTED])}{more}."


@_says("answer_must_be_yes")
def _() -> str:
    return "Without this the registry does not register the name. Answer Yes, or remove the name."


@_says("answer_not_visible")
def _() -> str:
    return "Nothing of this can be seen. Write it in letters or numbers."


@_says("answer_not_yes_or_no")
def _() -> str:
    return "Answer Yes or No."


@_says("answer_no_contact")
def _() -> str:
    return "Choose a contact, or write its number."


@_says("answer_no_account")
def _() -> str:
    return "An OVH account looks like ab12345-ovh."


@_says("answer_no_name_server")
def _(typed: str, problem: Mapping[str, Any]) -> str:
    why = REFUSALS.sentence(str(problem["error"]), problem)
    return why.text if why else f"“{typed[:_MOST_QUOTED]}” is not a name server. Write each like ns1.example.net."


@_says("answer_name_server_count")
def _(fewest: int, most: int) -> str:
    return f"Write {fewest} to {most} different name servers."


@_says("answer_nested_too_deeply")
def _() -> str:
    return "This JSON is nested too deeply."


@_says("answer_no_json")
def _(parser: str, line: int | None = None, column: int | None = None) -> str:
    where = f" (line {line}, column {column})" if line else ""
    return f"This is not valid JSON: {parser}{where}."


@_says("answer_json_constant")
def _(constant: str) -> str:
    return f"This is not valid JSON: {constant} is no JSON value."


@_says("wrong_answers")
def _(wrong: Mapping[str, Mapping[str, Any]]) -> str:
    made = (
        REFUSALS.sentence(str(data["error"]), data) or unknown_refusal(str(data["error"])) for data in wrong.values()
    )
    return " ".join(each.text for each in made)


@_says("answered_by_other")
def _() -> str:
    return "Someone else answered in the meantime, so I saved nothing. Open the form again."


@_says("questions_changed")
def _(name: str) -> str:
    return f"OVH has other questions about {named(name)} now. Close the form and open it again."


# Fields of a contact. These stand at their fields, too.


@_says("field_empty")
def _() -> str:
    return "Please fill this in."


@_says("field_too_long")
def _(most: int) -> str:
    return f"At most {most} characters, please."


@_says("field_not_in_list")
def _() -> str:
    return "Choose one from the list."


@_says("field_not_taken")
def _(example: str = "") -> str:
    like = f" It looks like {example[:_MOST_QUOTED]}." if example else ""
    return f"The registry does not take this.{like}"


@_says("field_no_year")
def _() -> str:
    return "Write the year like 2001."


@_says("field_no_email")
def _() -> str:
    return "An e-mail address looks like name@example.com."


@_says("field_no_phone")
def _() -> str:
    return "Write it with its country code, such as +33 6 12 34 56 78."


@_says("field_no_country")
def _() -> str:
    return "Write the country's two letters, such as FR. The United Kingdom is GB."


@_says("field_no_date")
def _() -> str:
    return "Write the date like 1990-04-30."


@_says("field_zip_missing")
def _() -> str:
    return "Addresses in this country have a postal code."


@_says("contact_perhaps_created")
def _() -> str:
    return (
        "OVH did not say whether it created this contact. Close the forms, open them again and look among the owners: "
        "if it is not there, create it again."
    )


# A cart that cannot be requested, or not be built at OVH.


@_says("cart_not_ready")
def _(cart: int, findings: Sequence[Data]) -> Wording:
    made = all_of(findings)
    return Wording(f"Cart #{cart} cannot be bought as it is. {made.text} The cart stays open.", made.hint)


@_says("lines_refused")
def _(findings: Sequence[Data]) -> Wording:
    return all_of(findings)


@_says("draft_gone")
def _() -> Wording:
    return Wording("OVH deleted its temporary cart while I was using it, so nothing was ordered.", advice=TRY_AGAIN)


@_says("ovh_cart_differs")
def _(name: str, field: str, requested: str, ovh: Mapping[str, str]) -> str:
    return f"OVH put {named(name)} into the cart with {field} {ovh['value']}, not {requested}."


# A name that cannot be added to a cart.


@_says("name_taken")
def _(name: str) -> Wording:
    return Wording(f"{named(name)} is taken: someone has already registered it.", _SEARCH)


@_says("name_for_sale_by_owner")
def _(name: str) -> str:
    return f"{named(name)} is for sale by its owner, not free. I can buy free names only."


@_says("name_not_offered")
def _(name: str) -> Wording:
    return Wording(f"{named(name)} is not available: it is reserved, or OVH does not offer it.", _SEARCH)


@_says("extension_not_sold")
def _(name: str) -> str:
    return f"OVH does not sell .{DomainName(name).extension} here. Try another extension."


@_says("name_premium")
def _(name: str, price: Data) -> str:
    return (
        f"{named(name)} is a premium name ({money(price)} without tax), and this team does not buy those. "
        "Search for another name, or ask the operator to allow premium names."
    )


@_says("name_on_special_terms")
def _(name: str, ovh: Mapping[str, Any]) -> str:
    return (
        f"OVH offers {named(name)} on special terms only (mode {ovh['mode']}, phase {ovh['phase']}, "
        f"{money(ovh['price'])} without tax), and this team does not buy those. "
        "Search for another name, or ask the operator to allow premium names."
    )


@_says("availability_unknown")
def _(name: str, reason: str | None, ovh: Mapping[str, str | None]) -> str:
    why = unknown_because(reason, ovh["said"])
    return f"I do not know whether {named(name)} is free: {why}. Try again in a minute."


@_says("offer_choice_needed")
def _(name: str, offers: int) -> str:
    return f"OVH offers {named(name)} in {offers} ways. Choose one."


@_says("offer_confirmation_needed")
def _(name: str) -> str:
    return f"OVH offers {named(name)} on special terms. Add it if they suit you."


@_says("offer_changed")
def _(name: str) -> str:
    return f"OVH now offers {named(name)} on other terms than you saw. Nothing was added yet."
