"""OVH's carts before checkout: filled, configured, dry-run. They cost nothing and expire on their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import structlog

from ordering.model.cart_line import Line
from ordering.model.domain_name import DomainName
from ordering.model.errors import CartGone, RegistrarError, RegistrarRefused, RegistrarUnavailable
from ordering.model.preflight_findings import Finding, Fix, LinesRefused
from ordering.model.question import OWNER_CONTACT, Question
from ordering.model.quote import Configuration
from ordering.ports.carts import Prepared
from registrars.ovh.api.client import Client, segment
from registrars.ovh.api.config import OvhConfig
from registrars.ovh.api.errors import CartRejected, NotThere, Unreadable
from registrars.ovh.api.wire.base import IDS
from registrars.ovh.api.wire.carts import REQUIREMENTS, CartDescription, Item, ItemSettings, NewCart
from registrars.ovh.api.wire.checkouts import DryRun
from registrars.ovh.carts import quotes, rejections, requirements
from registrars.ovh.carts.contacts import Contacts
from registrars.ovh.carts.demands import Demands
from registrars.ovh.carts.eligibility import Eligibility
from registrars.ovh.carts.needs import Needs
from registrars.ovh.carts.registry_rules import Rules
from registrars.ovh.carts.rejections import Requirements
from registrars.ovh.markers import Descriptions
from registrars.ovh.throttling.scheduler import Priority

_CART_LIFE = timedelta(days=2)  # longer than the bot searches for any attempt's order
_log = structlog.get_logger()


class OvhCarts:
    """Builds carts with the answers to the registries' questions; `home` returns the account's subsidiary."""

    def __init__(
        self,
        client: Client,
        config: OvhConfig,
        descriptions: Descriptions,
        *,
        home: Callable[[], str],
        demands: Demands | None = None,
    ) -> None:
        self._client = client
        self._descriptions = descriptions
        self._made: set[str] = set()  # made by this process, and not yet deleted or handed on
        self._home = home
        self._rules = Rules(client)
        self._demands = demands or Demands()
        self.needs = Needs(self._rules, self._demands)
        self.contacts = Contacts(client)
        self._standing = {"OWNER_LEGAL_AGE": "true" if config.owner_legal_age else "false"}
        self._owner_contact = config.owner_contact.rpartition("/")[2] if config.owner_contact else None
        self._owners = config.owners

    def questions(self, lines: Sequence[Line]) -> Requirements:
        """Put each line into a new cart to read OVH's questions about it, then delete the cart.

        Raises `LinesRefused` with the reasons for unavailable lines and the questions about the others. After a timeout
        OVH is not called again, and the questions read so far are returned.
        """
        cart = self._new(self._descriptions.scratch, Priority.PEOPLE)
        learned: Requirements = {}
        refused: list[Finding] = []
        try:
            for line in lines:
                try:
                    learned[line.domain] = self._questions_in(cart, line)
                except LinesRefused as refusal:
                    refused += refusal.findings
                except (RegistrarRefused, Unreadable) as refusal:
                    refused.append(Finding.of_refusal(refusal, line.domain))
                except RegistrarUnavailable:
                    if not (learned or refused):
                        raise
                    break
        finally:
            self.discard(cart)
        if refused:
            raise LinesRefused(refused, learned)
        return learned

    def prepare(self, lines: Sequence[Line]) -> Prepared:
        """Fill and dry-run a new cart; delete it on failure.

        Raises `LinesRefused` if OVH rejects a line as it is, or if a question has no answer, and `CartGone` if the
        cart was deleted in the meantime.
        """
        try:
            cart = self._new(self._descriptions.checkout(line.domain.ascii for line in lines))
        except NotThere as error:  # OVH does not know the cart that it has just made
            raise CartGone from error
        try:
            return self._filled(cart, lines)
        except NotThere as error:
            if self._description(cart) is None:
                self._made.discard(cart)
                raise CartGone from error
            self.discard(cart)
            raise
        except Exception:
            self.discard(cart)
            raise

    def _filled(self, cart: str, lines: Sequence[Line]) -> Prepared:
        built = _ProbedCart(self._client, cart, self._eligibility())
        found: Requirements = {}
        given: list[Configuration] = []
        items: list[tuple[int, DomainName]] = []
        for line in lines:
            item = self._put(cart, line, found)
            items.append((item.item_id, line.domain))
            path = built.items[line.domain] = self._path(cart, item)
            found[line.domain] = line.asked(self._questions(line, path)).questions or ()
            given += self._configure(path, line, found, prefilled=item.may_be_configured)
        quote = quotes.quote(self._dry_run(built, lines, found), tuple(given), items)
        if unanswered := rejections.open_questions(lines, found):
            raise LinesRefused(unanswered, found)
        return Prepared(cart, quote, found)

    def objections(self, lines: Sequence[Line]) -> tuple[Finding, ...]:
        """Return the objections of the registries' rules to these lines' owners and answers.

        The dry run checks them, too, and this only explains more: a line that OVH does not check passes, and after a
        timeout the others are not checked.
        """
        found: list[Finding] = []
        eligibility = self._eligibility()
        for line in lines:
            try:
                faults = eligibility.faults(line)
                self._demands.note_faults(line.domain, faults)
                found += rejections.of_rule(line, faults)
            except RegistrarRefused as error:
                _log.info("rule_not_checked", domain=line.domain.ascii, why=str(error))
            except RegistrarUnavailable as error:
                _log.info("rules_not_checked", why=str(error))
                break
        return tuple(found)

    def discard(self, cart: str) -> bool:
        """Delete a cart of this bot; returns True if it was deleted now or no longer exists.

        Unless this process has just made the cart, its description is read first.
        """
        try:
            if cart not in self._made:
                description = self._description(cart)
                if description is None:
                    return True
                if not self._descriptions.is_ours(description):
                    _log.warning("cart_of_another", cart=cart)
                    return False
            self._build("DELETE", f"/order/cart/{segment(cart)}", None)
        except NotThere:
            pass
        except RegistrarError as error:
            _log.debug("cart_left_to_expire", why=str(error))
            return False
        self._made.discard(cart)
        return True

    def hand_on(self, cart: str) -> None:
        """Note that a cart is about to be checked out: from now on its description is read before it is deleted."""
        self._made.discard(cart)

    def _description(self, cart: str) -> str | None:
        """Read a cart's description; None if OVH no longer knows the cart."""
        try:
            found = self._client.ask(f"/order/cart/{segment(cart)}", priority=Priority.MONEY)
        except NotThere:
            return None
        return CartDescription.read(found).description

    def _eligibility(self) -> Eligibility:
        """Return a new check without cached data: an owner or account fixed at OVH counts at the next one."""
        return Eligibility(self._rules, self.contacts, owner=self._standing_owner)

    def _new(self, description: str, at: Priority = Priority.MONEY) -> str:
        try:
            return self._made_and_assigned(description, at)
        except NotThere:  # a clock jumped, so the cart had expired from the start
            self._client.clock_ahead()
            return self._made_and_assigned(description, at)

    def _made_and_assigned(self, description: str, at: Priority) -> str:
        """Create a cart and assign it to the account; raises `NotThere` if OVH does not know it a moment later."""
        expire = (self._client.time_as_known() + _CART_LIFE).isoformat(timespec="seconds")
        body = {"ovhSubsidiary": self._home(), "description": description, "expire": expire}
        cart = NewCart.read(self._build("POST", "/order/cart", body, at)).cart_id
        self._made.add(cart)
        try:
            self._build("POST", f"/order/cart/{segment(cart)}/assign", None, at)
        except NotThere:
            self._made.discard(cart)
            raise
        except RegistrarRefused as refusal:
            # A cart that was made with our key may count as ours already; otherwise the dry run fails.
            _log.debug("assign_refused", why=str(refusal))
        except RegistrarError:
            self.discard(cart)
            raise
        return cart

    def _put(self, cart: str, line: Line, found: Requirements, at: Priority = Priority.MONEY) -> Item:
        wanted = {"pricingMode": line.pricing_mode, "duration": f"P{line.years}Y"}  # else OVH chooses, perhaps premium
        body = {"domain": line.domain.ascii, "planCode": line.domain.extension, "quantity": 1, **wanted}
        try:
            answer = self._build("POST", f"/order/cart/{segment(cart)}/domain", body, at)
        except CartRejected as refusal:
            raise rejections.of_line(refusal, line, found, Fix.REMOVE) from refusal
        item = Item.read(answer)
        settings = item.settings or ItemSettings()
        taken = {"pricingMode": settings.pricing_mode, "duration": settings.duration or item.duration}
        for field, asked_for in wanted.items():
            if (got := taken[field] or asked_for) != asked_for:
                raise RegistrarRefused(
                    code="ovh_cart_differs",
                    name=line.domain.ascii,
                    field=field,
                    requested=asked_for,
                    ovh={"value": got},
                )
        return item

    def _path(self, cart: str, item: Item) -> str:
        return f"/order/cart/{segment(cart)}/item/{item.item_id}"

    def _questions_in(self, cart: str, line: Line) -> tuple[Question, ...]:
        at = Priority.PEOPLE
        return self._questions(line, self._path(cart, self._put(cart, line, {}, at)), at)

    def _questions(self, line: Line, path: str, at: Priority = Priority.MONEY) -> tuple[Question, ...]:
        entries = REQUIREMENTS.read(self._client.ask(f"{path}/requiredConfiguration", priority=at))
        rule = self._rules.about(line.domain, {entry.label for entry in entries})
        owner = self._standing_owner(line.domain)
        standing = self._standing | ({OWNER_CONTACT: owner} if owner else {})
        return self._demands.with_questions(line.domain, requirements.questions(entries, standing=standing, rule=rule))

    def _standing_owner(self, domain: DomainName) -> str | None:
        """Return the team's own owner contact for a name; None for the account's data."""
        return self._owners.get(domain.extension, self._owner_contact)

    def _configure(self, path: str, line: Line, found: Requirements, *, prefilled: bool) -> list[Configuration]:
        """Configure a line's answers.

        OVH accepts a label twice and rejects the cart later, so existing values are deleted first.
        """
        given = []
        for question in found[line.domain]:
            value = requirements.sent(question, line.answer_to(question))
            if value is None:
                continue
            if prefilled:
                self._clear(path, question.label)
            try:
                self._build("POST", f"{path}/configuration", {"label": question.label, "value": value})
            except CartRejected as refusal:
                raise rejections.of_line(refusal, line, found, Fix.ANSWER) from refusal
            given.append(Configuration(line.domain, question.label, value))
        return given

    def _clear(self, path: str, label: str) -> None:
        known = self._client.ask(f"{path}/configuration", query={"label": label}, priority=Priority.MONEY)
        for number in IDS.read(known):
            self._build("DELETE", f"{path}/configuration/{number}", None)

    def _dry_run(self, built: _ProbedCart, lines: Sequence[Line], found: Requirements) -> DryRun:
        try:
            answer = self._client.ask(built.checkout, priority=Priority.MONEY)
        except CartRejected as refusal:
            rejected = rejections.of_dry_run(refusal, lines, found, built)
            self._note(rejected)
            raise rejected from refusal
        return DryRun.read(answer)

    def _note(self, rejected: LinesRefused) -> None:
        """Remember for other carts what OVH insisted on."""
        for domain, asked in rejected.asked.items():
            self._demands.note_questions(domain, asked)
        for finding in rejected.findings:
            ovh = finding.params.get("ovh")
            faults = ovh.get("faults") if isinstance(ovh, dict) else None
            if finding.domain is not None and isinstance(faults, list):
                self._demands.note_faults(finding.domain, {fault["field"]: fault["said"] for fault in faults})

    def _build(
        self, method: str, path: str, body: Mapping[str, object] | None, at: Priority = Priority.MONEY
    ) -> object:
        answer: object = self._client.build(method, path, body, priority=at)
        return answer


class _ProbedCart:
    """A filled cart that OVH rejected, and that can be probed for the line at fault."""

    def __init__(self, client: Client, cart: str, eligibility: Eligibility) -> None:
        self._client = client
        self.checkout = f"/order/cart/{segment(cart)}/checkout"
        self._eligibility = eligibility
        self.items: dict[DomainName, str] = {}

    def eligibility(self, line: Line) -> Mapping[str, str]:
        """Return the fields of a line that break its registry's rule; empty if OVH does not check them."""
        try:
            return self._eligibility.faults(line)
        except RegistrarError as error:
            _log.info("rule_not_checked", domain=line.domain.ascii, why=str(error))
            return {}

    def without(self, lines: Sequence[Line]) -> Sequence[str]:
        """Remove lines, and return OVH's remaining error messages.

        Empty for an empty cart, which OVH would reject, too.
        """
        for line in lines:
            self._client.build("DELETE", self.items.pop(line.domain), None, priority=Priority.MONEY)
        if not self.items:
            return ()
        try:
            self._client.ask(self.checkout, priority=Priority.MONEY)
        except CartRejected as refusal:
            return refusal.lines
        return ()
