"""Finds facts on record that the catalogue cannot turn into a sentence."""

from collections.abc import Iterator

from handlers.messages.catalogue import Catalogue
from handlers.messages.en.events import EVENTS, REMARKS
from handlers.messages.en.evidence import EVIDENCE
from ordering.model.facts import Data, Fact
from ordering.model.ids import CartId
from ordering.ports.store import Reading


def unsaid(carts: Reading) -> list[str]:
    """Return the events, the carts' facts and the evidence whose sentence cannot be made from their data."""
    return sorted({each for cart in carts.every_cart() for each in _of_cart(carts, cart.id)})


def _of_cart(carts: Reading, cart_id: CartId) -> Iterator[str]:
    for event in carts.events(cart_id):
        if event.fact is not None:
            yield from _of_fact(EVENTS, event.fact)
    if (fact := carts.cart(cart_id).fact) is not None:
        yield from _of_fact(REMARKS, fact)


def _of_fact(catalogue: Catalogue, fact: Fact) -> Iterator[str]:
    if fact.kind in catalogue.sentences and catalogue.sentence(fact.kind, fact.data) is None:
        yield f"{fact.kind}: {fact.data}"
    evidence = fact.data.get("evidence")
    if evidence and not _is_said(evidence if isinstance(evidence, dict) else {}):
        yield f"{fact.kind}: {evidence}"


def _is_said(evidence: Data) -> bool:
    return EVIDENCE.sentence(str(evidence.get("seen")), evidence) is not None
