"""OVH's carts before they are checked out: filled, configured, dry-run. They cost nothing and expire by themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import structlog

from bot.ovh import reading
from bot.ovh.access import Access
from bot.ovh.client import Client, segment
from bot.ovh.errors import NotThere
from bot.ovh.lane import Priority
from ordering.cart_line import Line
from ordering.errors import RegistrarError, RegistrarRefused
from ordering.offer import Configuration, Quote
from ordering.ports import Prepared

_CART_LIFE = timedelta(days=2)  # longer than any attempt is looked for
# OVH fills these in from the account, whatever it says of their being required.
_FILLED_BY_OVH = {"OWNER_CONTACT", "ADMIN_ACCOUNT", "TECH_ACCOUNT", "DNS"}
_log = structlog.get_logger()


class Drafts:
    """Builds carts with the team's standing answers to what registries ask; `home` tells the account's subsidiary."""

    def __init__(self, client: Client, access: Access, *, home: Callable[[], str]) -> None:
        self._client = client
        self._home = home
        self._standing = {"OWNER_LEGAL_AGE": "true" if access.owner_legal_age else "false"}
        if access.owner_contact:
            self._standing["OWNER_CONTACT"] = f"/me/contact/{access.owner_contact.rpartition('/')[2]}"

    def prepare(self, lines: Sequence[Line], reference: str) -> Prepared:
        """Fill a fresh cart. Where that fails half-way the cart is left behind: OVH expires it."""
        cart = self._new(reference)
        given: list[Configuration] = []
        unanswered: list[tuple[Line, str, bool]] = []
        for line in lines:
            item = self._put(cart, line)
            path = f"/order/cart/{segment(cart)}/item/{int(item['itemId'])}"
            asked = self._client.ask(f"{path}/requiredConfiguration", priority=Priority.MONEY)
            for entry in reading.listed(asked):
                label = str(entry["label"])
                if label not in self._standing:
                    unanswered.append((line, label, bool(entry.get("required"))))
                elif Configuration(line.domain, label, self._standing[label]) not in given:
                    self._answer(path, label, prefilled=bool(item.get("configurations", True)))
                    given.append(Configuration(line.domain, label, self._standing[label]))
        _refuse_open_questions([(line, label) for line, label, required in unanswered if required])
        return Prepared(cart, self._dry_run(cart, given, [(line, label) for line, label, _ in unanswered]))

    def discard(self, cart: str) -> bool:
        """Delete a cart; true when it was deleted now or is not there any more."""
        try:
            self._build("DELETE", f"/order/cart/{segment(cart)}", None)
        except NotThere:
            return True
        except RegistrarError as error:
            _log.debug("cart_left_to_expire", why=str(error))
            return False
        return True

    def _new(self, reference: str) -> str:
        expire = (datetime.now(UTC) + _CART_LIFE).isoformat(timespec="seconds")
        body = {"ovhSubsidiary": self._home(), "description": reference, "expire": expire}
        cart = str(self._build("POST", "/order/cart", body)["cartId"])
        try:
            self._build("POST", f"/order/cart/{segment(cart)}/assign", None)
        except RegistrarRefused as refusal:
            # A cart that was made with our key may count as ours already; the dry run would tell if not.
            _log.debug("assign_refused", why=str(refusal))
        return cart

    def _put(self, cart: str, line: Line) -> reading.Json:
        wanted = {"pricingMode": line.pricing_mode, "duration": f"P{line.years}Y"}  # else OVH chooses, perhaps premium
        body = {"domain": line.domain.ascii, "planCode": line.domain.extension, "quantity": 1, **wanted}
        item = self._build("POST", f"/order/cart/{segment(cart)}/domain", body)
        taken = {"duration": item.get("duration"), **(item.get("settings") or {})}
        for field, asked in wanted.items():
            if (got := taken.get(field) or asked) != asked:
                raise RegistrarRefused(f"OVH put {line.domain} into the cart with {field} {got}, not {asked}.")
        return item

    def _answer(self, path: str, label: str, *, prefilled: bool) -> None:
        """OVH accepts a label twice and refuses the cart later, so what is there goes first."""
        if prefilled:
            known = self._client.ask(f"{path}/configuration", query={"label": label}, priority=Priority.MONEY)
            for number in reading.listed(known):
                self._build("DELETE", f"{path}/configuration/{int(number)}", None)
        self._build("POST", f"{path}/configuration", {"label": label, "value": self._standing[label]})

    def _dry_run(self, cart: str, given: Sequence[Configuration], unanswered: Sequence[tuple[Line, str]]) -> Quote:
        try:
            answer = self._client.ask(f"/order/cart/{segment(cart)}/checkout", priority=Priority.MONEY)
        except RegistrarRefused as refusal:
            # OVH's sentence names the field but not the name; what it declared as required cannot be trusted.
            said = str(refusal)
            _refuse_open_questions([(line, label) for line, label in unanswered if f" {label} is mandatory" in said])
            raise
        return reading.quote(answer, tuple(given))

    def _build(self, method: str, path: str, body: Mapping[str, object] | None) -> reading.Json:
        answer = self._client.build(method, path, body, priority=Priority.MONEY)
        return answer if isinstance(answer, dict) else {}


def _refuse_open_questions(asked: Sequence[tuple[Line, str]]) -> None:
    """Say which names need an answer that the desk cannot give."""
    own = [f"{line.domain} ({label})" for line, label in asked if label not in _FILLED_BY_OVH]
    if own:
        raise RegistrarRefused(
            f"The registry asks something that the desk cannot answer: {', '.join(own)}. "
            "Remove the name, or order it on OVH's own page."
        )
