"""Facts about carts: the list, their life, and what DELETE does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.doctor.probe.facts import Answer
from bot.doctor.probe.lab import Lab, Seen, Unsettled

_WAITS = (1.0, 3.0, 6.0)  # seconds between looks at the list
_SHORT = timedelta(seconds=4)
_LIVES = (365, 90, 30, 7, 2)  # days
_LENGTHS = (255, 128, 100, 64)  # characters
_MOST_READ = 5  # carts of the list
_LONGEST_MARKER = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class KnownCarts:
    """Carts at OVH that the database knows as ordered; `delivered` are those of delivered requests."""

    ordered: Sequence[str] = ()
    delivered: Sequence[str] = ()
    markers: frozenset[str] = field(default_factory=frozenset)


def new_cart(lab: Lab) -> Iterator[Answer]:
    """When the list shows a new cart, and how it filters."""
    cart, waited = lab.open_cart(), 0.0
    waits = iter(_WAITS)
    while cart not in lab.list_carts(lab.description):
        pause = next(waits, None)
        if pause is None:
            yield Answer("new_cart_listed", f"not within {waited:.0f} s")
            raise Unsettled("the list does not show the probe's own cart")
        lab.sleep(pause)
        waited += pause
    yield Answer("new_cart_listed", f"within {waited:.0f} s" if waited else "at once")
    if cart in lab.list_carts(f"Nothing {lab.token}"):
        yield Answer("list_filter", "not at all")
    elif cart in lab.list_carts(lab.description[:-4]):
        yield Answer("list_filter", "the beginning of the text")
    else:
        yield Answer("list_filter", "the whole text")


def expired_cart(lab: Lab) -> Iterator[Answer]:
    """Whether an expired cart stays listed, and what it answers."""
    description = f"{lab.description}, short"
    cart = lab.open_cart(description, _SHORT)
    seen = lab.read_cart(cart)
    ends = _moment(seen.get("expire"))
    if ends is None or ends > lab.now() + 5 * _SHORT:
        raise Unsettled("OVH makes no cart that ends within seconds")
    lab.sleep((ends - lab.now()).total_seconds() + 2)
    seen = lab.read_cart(cart)
    yield Answer("expired_cart_answer", str(seen.status))
    yield Answer("expired_cart_listed", "yes" if cart in lab.list_carts(description) else "no")


def life(lab: Lab) -> Iterator[Answer]:
    """The longest life that OVH gives a cart."""
    for days in _LIVES:
        wanted = timedelta(days=days)
        seen = lab.try_cart(life=wanted)
        if not seen.is_ok:
            continue
        ends = _moment(seen.get("expire"))
        if ends is None:
            raise Unsettled("OVH shows no end of a cart")
        given = ends - lab.now()
        if given < wanted - timedelta(hours=1):
            yield Answer("longest_life", f"cut to {given.total_seconds() / 86_400:.0f} days")
        else:
            yield Answer("longest_life", f"{days} days" + (" or more" if days == _LIVES[0] else ""))
        return
    yield Answer("longest_life", f"less than {_LIVES[-1]} days")


def description(lab: Lab) -> Iterator[Answer]:
    """The longest description that OVH keeps."""
    for length in _LENGTHS:
        text = f"{lab.description} {'x' * length}"[:length]
        seen = lab.try_cart(text)
        if not seen.is_ok:
            continue
        kept = seen.get("description")
        if kept == text:
            more = " or more" if length == _LENGTHS[0] else ""
            yield Answer("longest_description", f"{length} characters{more}")
        else:
            yield Answer("longest_description", f"cut to {len(str(kept or ''))} characters")
        return
    yield Answer("longest_description", f"fewer than {_LENGTHS[-1]} characters")


def deletion(lab: Lab) -> Iterator[Answer]:
    """Whether a deleted cart is gone."""
    cart = lab.open_cart(f"{lab.description}, deleted")
    seen = lab.delete_cart(cart)
    if not seen.is_ok:
        raise Unsettled(f"OVH does not delete the probe's cart ({seen.refusal})")
    after = lab.read_cart(cart)
    yield Answer("delete_ends_a_cart", "yes" if after.is_gone else f"no, it answers {after.status}")


def ordered_carts(lab: Lab, known: KnownCarts, *, may_delete: bool) -> Iterator[Answer]:
    """What past ordered carts show. Only the cart of a delivered request is deleted, and only if that was agreed."""
    listed = [cart for cart in lab.list_carts() if isinstance(cart, str)]
    found = [cart for cart in known.ordered if cart in listed]
    closed = {cart: lab.read_cart(cart) for cart in (found or listed)[:_MOST_READ]}
    ordered = [cart for cart, seen in closed.items() if seen.get("readOnly") is True]
    if ordered:
        yield Answer("closed_cart_listed", "yes")
    elif known.ordered and not found:
        yield Answer("closed_cart_listed", "no")
    cart = next(iter(ordered), None) or next((c for c in known.ordered if lab.read_cart(c).is_ok), None)
    if cart is None:
        raise Unsettled("no ordered cart of this account can be read")
    calls = [call for call in ("checkout", "summary") if _names_an_order(lab.call("GET", f"/order/cart/{cart}/{call}"))]
    yield Answer("ordered_cart_names_its_order", " and ".join(calls) or "none")
    candidate = next(iter(known.delivered), None)
    if candidate is None:
        raise Unsettled("no request of this bot was delivered yet")
    if not may_delete:
        raise Unsettled("nobody agreed to delete the cart of a delivered request")
    seen = lab.delete_cart(candidate)
    if seen.is_gone:
        raise Unsettled("the cart of the delivered request is gone already")
    yield Answer("delete_of_an_ordered_cart", "yes" if seen.is_ok else "no, it refuses")


def oldest_cart(lab: Lab, known: KnownCarts) -> Iterator[Answer]:
    """How old the oldest of the bot's own empty carts is; each was asked to live for 30 days or a little less."""
    mine = sorted(known.markers.intersection(each for each in lab.list_carts() if isinstance(each, str)))[:_MOST_READ]
    ends = [moment for cart in mine if (moment := _moment(lab.read_cart(cart).get("expire"))) is not None]
    if not ends:
        raise Unsettled("the list shows none yet")
    age = lab.now() - (min(ends) - _LONGEST_MARKER)
    yield Answer("oldest_cart_listed", f"up to {max(0, age.days)} days")


def _names_an_order(seen: Seen) -> bool:
    return isinstance(seen.get("orderId"), int)


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
