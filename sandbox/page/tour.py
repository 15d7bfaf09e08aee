"""Five short steps through the product, each with an automatic check."""

from __future__ import annotations

from typing import Any

from sandbox.ovh import OvhSimulator
from sandbox.page.ovh_panel import OvhPanel
from sandbox.slack import SlackSimulator

_STEPS: list[dict[str, Any]] = [
    {
        "title": "Search a name",
        "text": "You are Ada. Type the command below in #domains and press Enter.",
        "who": "U0ADA", "channel": "C0DOMAINS", "type": "/domain search blue-otter.ovh",
    },
    {
        "title": "Ask for approval",
        "text": "Press Add to cart, then Request approval, and say what the name is for.",
        "who": "U0ADA", "channel": "C0DOMAINS",
    },
    {
        "title": "Approve it as Cleo",
        "text": "Ada may not approve her own cart. Become Cleo and press Approve in #approvals.",
        "who": "U0CLEO", "channel": "C0APPROVALS",
    },
    {
        "title": "Pay it as Dan",
        "text": "The order stands at OVH, unpaid. Become Dan, choose how to pay, and press Pay.",
        "who": "U0DAN", "channel": "C0APPROVALS",
    },
    {
        "title": "What if the answer of the checkout is lost?",
        "text": "Turn on “Lose the answer of the next checkout” in the OVH panel. Then buy another name: "
        "the desk looks for the order instead of ordering again.",
        "panel": "ovh", "who": "U0ADA", "channel": "C0DOMAINS", "type": "/domain add green-otter.fr",
    },
]  # fmt: skip


def tour(slack: SlackSimulator, ovh: OvhSimulator, panel: OvhPanel) -> list[dict[str, Any]]:
    """Return the steps, with whether each is done."""
    orders = ovh.orders.ours()
    done = [
        ovh.count("GET", "/order/cart/*/domain") > 0,
        bool(slack.messages("approvals")),
        bool(orders),
        any(order.payments for order in orders),
        _found_a_lost_order(slack, ovh, panel),
    ]
    return [step | {"done": is_done} for step, is_done in zip(_STEPS, done, strict=True)]


def _found_a_lost_order(slack: SlackSimulator, ovh: OvhSimulator, panel: OvhPanel) -> bool:
    """Return whether the bot shows an order whose checkout's answer was lost."""
    if panel.lost_since is None:
        return False
    newer = ovh.orders.ours()[panel.lost_since :]
    return any(str(order.id) in message.plain_text() for order in newer[:1] for message in slack.messages("approvals"))
