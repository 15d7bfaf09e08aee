"""The subcommand `buy NAMES… for PURPOSE`: a preview with one button, which makes a request of the names."""

from __future__ import annotations

import re

from handlers.cart import channel_of
from handlers.messages import words
from handlers.routing.router import Router
from handlers.routing.services import Services
from handlers.text.mrkdwn import escape
from handlers.toolkit.action_ids import Act
from handlers.toolkit.error_messages import sentence
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.names_typed import parts_of
from handlers.toolkit.payloads import LONGEST_VALUE, NamesToBuy
from handlers.toolkit.responder import Reply
from handlers.views import buying as views
from handlers.views.cart import shared_cart
from handlers.views.help import wrong
from handlers.views.offers import choice
from handlers.views.trial import with_trial
from ordering.model.domain_name import DomainName
from ordering.model.errors import NotPossible, OrderingError
from ordering.model.offer_selection import ChoiceNeeded
from ordering.model.preflight_findings import NotReady
from ordering.model.typing_slips import near_in_text

_FOR = re.compile(r"\s+for\s+", re.IGNORECASE)
_MOST_NAMES = 20
_LONGEST_PURPOSE = 300  # characters, as in the request form


def register(router: Router) -> None:
    router.decision(Act.BUY, NamesToBuy, _request)
    router.button(Act.BUY_CART, NamesToBuy, _into_cart)


async def buy(services: Services, did: Interaction, reply: Reply, typed: str) -> None:
    """Check the names with OVH, and show what would be requested; nothing is stored before the button."""
    before, *after = _FOR.split(typed.strip(), maxsplit=1)
    purpose, parts = after[0].strip() if after else "", parts_of(before)
    if not parts or not purpose:
        await reply.send(wrong(words.buying.how_to(escape(before)), search=before if parts else ""))
        return
    if len(purpose) > _LONGEST_PURPOSE:
        raise NotPossible(code="purpose_too_long", most=_LONGEST_PURPOSE)
    if len(parts) > _MOST_NAMES:
        raise NotPossible(code="too_many_names", most=_MOST_NAMES)
    person, channel = await services.person(did), channel_of(did)
    typed_names = [DomainName.parse(part) for part in parts]
    try:
        async with services.at_ovh(did, reply, what=f"`buy {before}`") as threads:
            names = await threads.call(services.workflow.search.registrable, typed_names)
            checked = await threads.call(services.workflow.buying.preview, channel, names, by=person, purpose=purpose)
    except ChoiceNeeded as needed:
        await reply.send(choice(sentence(needed), needed.domain, needed.offers))
        return
    except NotReady as refusal:
        await reply.send(views.not_ready(refusal.findings))
        return
    except OrderingError as refusal:
        await reply.send(wrong(sentence(refusal), search=before))
        return
    to_buy = NamesToBuy(checked.marks, purpose, private=did.private)
    if len(str(to_buy)) > LONGEST_VALUE:
        raise NotPossible(code="too_much_to_buy_at_once")
    policy = services.workflow.policy
    slip = near_in_text(names, purpose)
    await reply.send(
        views.preview(
            checked.lines,
            checked.quote,
            to_buy,
            approvers=policy.approvers,
            channel=policy.approval_channel or channel,
            slip=words.buying.slip(*slip) if slip else "",
            trial=policy.trial,
        )
    )


async def _request(services: Services, did: Interaction, _reply: Reply, of: NamesToBuy) -> str:
    """Request approval for what the preview showed."""
    person, channel = await services.person(did), channel_of(did)
    approvers = await services.members.everyone_in(services.workflow.policy.deciders)
    async with services.checking.place(did.user, what=words.buttons.REQUEST) as threads:
        cart = await threads.call(
            services.workflow.buying.request,
            channel,
            of.seen,
            requester=person,
            purpose=of.purpose,
            private=of.private,
            approvers=approvers,
        )
    card = services.workflow.policy.approval_channel or channel
    return with_trial(words.cart.requested(cart.id, card, cart.total, here=card == channel), cart)


async def _into_cart(services: Services, did: Interaction, reply: Reply, of: NamesToBuy) -> None:
    """Put the names into the channel's cart instead, where years and owner can be changed."""
    person = await services.person(did)
    async with services.at_ovh(did, reply) as threads:
        cart, _, refused = await threads.call(
            services.workflow.cart_editing.add_all, channel_of(did), of.seen, by=person, private=of.private
        )
    services.wake()
    await reply.send(shared_cart(cart, trial=services.workflow.policy.trial), replace=True)
    if refused:
        await reply.send(wrong("\n".join(map(sentence, refused))))
