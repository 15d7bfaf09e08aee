"""Lists of requests, one request with what happened to it, and one name."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from slack_sdk.models.blocks import Block, ButtonElement, MarkdownTextObject, SectionBlock

from handlers.messages import happened, words
from handlers.text.mrkdwn import cut_bytes, escape
from handlers.toolkit.action_ids import Act
from handlers.toolkit.blocks import RenderedMessage, button, buttons, context, link_button, rows, section, sections
from handlers.toolkit.folding import Part
from handlers.toolkit.payloads import CartNumber
from handlers.views.answer_summary import answered
from handlers.views.cart import copy_button
from handlers.views.details import details_button
from handlers.views.payment import open_invoice
from handlers.views.request_card import edit_button, withdraw_button
from handlers.views.trial import trial_notice, with_trial
from ordering.model.cart import NOT_BOUGHT, Cart, CartState
from ordering.model.cost import cost_of
from ordering.model.domain_name import DomainName
from ordering.model.events import Event
from ordering.model.ids import CartId
from ordering.model.next_step import may_act, next_to_act
from ordering.model.policy import Person, Policy

_MOST_EVENTS = 40
_LONGEST_NOTE = 300  # bytes
_LONGEST_REASON = 160  # bytes
S = CartState


@dataclass(frozen=True, slots=True)
class Places:
    """Links to what Slack shows of requests: their approval cards, and the messages that everybody reads."""

    cards: Mapping[CartId, str] = field(default_factory=dict)
    messages: Mapping[CartId, str] = field(default_factory=dict)


def pending(carts: Sequence[Cart], reader: Person, policy: Policy, places: Places) -> RenderedMessage:
    """Return what is waiting and for whom: what the reader can act on comes first, with a link to its card."""
    if not carts:
        return RenderedMessage.from_text(words.requests.none_waiting())
    ordered = sorted(carts, key=lambda cart: (not may_act(cart, reader, policy), cart.id))
    full = [_waiting(cart, reader, policy, places) for cart in ordered]
    short = [words.requests.row_waiting(cart, next_to_act(cart, policy), message=None) for cart in ordered]
    parts: list[Block | Part] = [
        section(words.requests.waiting(len(carts))),
        Part(lambda n: [*full[:n], *sections(short[n:])], len(full), rank=1),
    ]
    on_a_card = [cart for cart in carts if cart.state is not S.RETURNED and may_act(cart, reader, policy)]
    if any(cart.id not in places.cards for cart in on_a_card):
        parts.append(context(words.requests.in_home()))
    return RenderedMessage.of(words.requests.waiting_alone(ordered), parts)


def history(
    carts: Sequence[Cart], places: Places, *, more: bool, before: int | None = None, word: str = ""
) -> RenderedMessage:
    """Return requests, newest first; `before` is the number below which they start, `word` is in their names."""
    if not carts and word:
        return RenderedMessage.from_text(words.requests.none_with(escape(word)))
    if not carts and before is not None:
        return RenderedMessage.from_text(words.requests.none_before(before))
    if not carts:
        return RenderedMessage.from_text(words.requests.none_requested())
    older = button(
        words.buttons.OLDER, Act.HISTORY_OLDER, CartNumber(carts[-1].id), about=words.requests.ABOUT_OLDER
    ) if more and not word else None  # fmt: skip
    parts: list[Block | Part] = [
        section(words.requests.NEWEST_FIRST),
        request_rows(carts, places, rank=1),
        *buttons(older),
    ]
    return RenderedMessage.of(words.requests.listed_alone(carts), parts)


def request_rows(carts: Sequence[Cart], places: Places, *, rank: int) -> Part:
    """Return a row for each request. If space is short, the last ones are shorter, and none is hidden."""
    full = [words.requests.row(cart, _reason(cart), message=places.messages.get(cart.id)) for cart in carts]
    short = [words.requests.short_row(cart) for cart in carts]
    return Part(lambda n: [*map(section, full[:n]), *sections(short[n:])], len(carts), rank)


def request(
    cart: Cart, events: Sequence[Event], *, reader: Person | None = None, policy: Policy | None = None,
    places: Places | None = None,
) -> RenderedMessage:  # fmt: skip
    """Return one request: how far it is, its purpose and names, then what happened, and what the reader can do."""
    places = places or Places()
    known = [(event.at, _happened(event, cart)) for event in events[-_MOST_EVENTS:]]
    sentences = [(at, text) for at, text in known if text]
    day = _only_day([at for at, _ in sentences])
    lines = [words.timeline.at_time(at, text, same_day=day is not None) for at, text in sentences]
    head = [words.status.head(cart), *([f">{escape(cart.purpose)}"] if cart.purpose else [])]
    parts: list[Block | Part] = [
        section("\n".join([*head, words.status.names_in_short(cart) if cart.lines else words.timeline.NO_NAMES])),
        *trial_notice(cart, trial=policy is not None and policy.trial),
        rows(answered(cart.lines, cart.quote), rank=3, more=words.cart.MORE_ANSWERS_IN_DETAILS),
        _newest(lines or [words.timeline.NOTHING_HAPPENED], rank=2),
        *_actions(cart, reader, policy, places),
        context(words.timeline.below(cart, day=day, message=places.messages.get(cart.id))),
    ]
    return RenderedMessage.of(with_trial(words.status.alone(cart), cart), parts)


def name(domain: DomainName, carts: Sequence[Cart], places: Places) -> RenderedMessage:
    """Return what is on record about a name; `carts` have it, the most telling one first, and there is at least one."""
    cart, *others = carts
    line = cart.line(domain)
    dot, title = words.states.title(cart)
    is_ours = cart.state is S.DELIVERED
    head = words.timeline.name_head(str(domain), yours=is_ours, title=f"{dot} {title}")
    purpose = [f">{escape(cart.purpose)}"] if cart.purpose else []
    if cart.state is S.OPEN:
        facts: list[Block] = [section(words.timeline.name_in_cart(cart))]
    else:
        facts = [_facts(cart, domain, places)] if line is not None else []
    parts: list[Block | Part] = [section("\n".join([head, *purpose])), *facts, *buttons(details_button(cart))]
    if others:
        parts.append(context(words.timeline.name_elsewhere([other.id for other in others])))
    return RenderedMessage.of(words.timeline.name_alone(str(domain), cart, title), parts)


def _facts(cart: Cart, domain: DomainName, places: Places) -> Block:
    line = next(line for line in cart.lines if line.domain == domain)
    registered = words.timeline.name_registered(cart.since, line.years) if cart.state is S.DELIVERED else ""
    pairs = [
        (words.timeline.REGISTERED, registered),
        (words.timeline.RENEWAL, words.timeline.name_renewal(cost_of(line, cart.quote).renewal)),
        (words.timeline.REQUESTED_BY, words.grammar.people([cart.requester]) if cart.requester else ""),
        (words.timeline.PURCHASE, words.timeline.name_purchase(cart, places.messages.get(cart.id))),
    ]
    texts = [words.timeline.name_fact(label, value) for label, value in pairs if value]
    return SectionBlock(fields=[MarkdownTextObject(text=text, verbatim=True) for text in texts])


def _waiting(cart: Cart, reader: Person, policy: Policy, places: Places) -> Block:
    text = words.requests.row_waiting(cart, next_to_act(cart, policy), message=places.messages.get(cart.id))
    return section(text, accessory=_next_step(cart, places) if may_act(cart, reader, policy) else None)


def _next_step(cart: Cart, places: Places) -> ButtonElement | None:
    """Return the button for a person who may act: a returned request is edited, any other is decided on its card."""
    if cart.state is S.RETURNED:
        return edit_button(cart)
    address, about = places.cards.get(cart.id), words.requests.about_card(cart.id)
    return link_button(words.buttons.OPEN_CARD, Act.OPEN_CARD, address, about=about) if address else None


def _actions(cart: Cart, reader: Person | None, policy: Policy | None, places: Places) -> list[Block]:
    """Return the buttons that work for this reader."""
    is_mine = reader is not None and reader.id == cart.requester
    acts = reader is not None and policy is not None and may_act(cart, reader, policy)
    pays = reader is not None and policy is not None and policy.pays(reader)
    return buttons(
        _next_step(cart, places) if acts else None,
        details_button(cart),
        withdraw_button(cart) if is_mine and cart.state in {S.SUBMITTED, S.RETURNED} else None,
        open_invoice(cart) if pays else None,
        copy_button(cart) if cart.state in NOT_BOUGHT else None,
    )


def _newest(texts: Sequence[str], *, rank: int) -> Part:
    """Return a part with the newest of these lines, and the number of older ones."""

    def render(number: int) -> list[Block]:
        left = len(texts) - number
        return sections([*([words.timeline.earlier(left)] if left else []), *texts[left:]])

    return Part(render, len(texts), rank)


def _only_day(moments: Collection[datetime]) -> datetime | None:
    """Return the day on which everything happened, by UTC; None if there were several."""
    days = {moment.date() for moment in moments}
    return min(moments) if len(days) == 1 else None


def _happened(event: Event, cart: Cart) -> str:
    note = happened(event) or (cart.reason if event.state is S.REJECTED else None) or ""
    return words.timeline.happened(event, cut_bytes(escape(note), _LONGEST_NOTE) if note else "", cart)


def _reason(cart: Cart) -> str:
    return cut_bytes(escape(cart.reason or ""), _LONGEST_REASON)
