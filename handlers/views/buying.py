"""The preview of names to buy in one go, and what must be fixed first."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from slack_sdk.models.blocks import Block, HeaderBlock

from handlers.messages import words
from handlers.messages.en.findings import finding
from handlers.text.mrkdwn import escape, group_or_person
from handlers.toolkit.action_ids import Act
from handlers.toolkit.blocks import RenderedMessage, button, buttons, context, rows, section
from handlers.toolkit.folding import Part
from handlers.toolkit.payloads import NamesToBuy, Nothing
from handlers.views.prices import priced, warned
from handlers.views.trial import notice_of_trial
from ordering.model.cart_line import Line
from ordering.model.preflight_findings import Finding
from ordering.model.quote import Quote


def preview(
    lines: Sequence[Line],
    quote: Quote,
    to_buy: NamesToBuy,
    *,
    approvers: Collection[str],
    channel: str,
    slip: str = "",
    trial: bool = False,
) -> RenderedMessage:
    """Return what would be requested, with its total; `slip` warns of a name that may be misspelt, as mrkdwn.

    `trial` is whether the trial is on.
    """
    title = words.buying.title(quote.total)
    label = words.buttons.REQUEST
    about = words.buying.about(len(lines), quote.total)
    parts: list[Block | Part] = [
        HeaderBlock(text=title),
        *notice_of_trial(trial=trial),
        rows([f"*{line.domain}*  {priced(line)}{warned(line)}" for line in lines], rank=1, more=words.cart.MORE_NAMES),
        section(f">{escape(to_buy.purpose)}"),
    ]
    if slip:
        parts.append(section(slip))
    parts += buttons(
        button(label, Act.BUY, to_buy, style="primary", about=about),
        button(words.buttons.OPEN_CART, Act.BUY_CART, to_buy, about=words.buying.ABOUT_CART),
    )
    goes_to = [group_or_person(approver) for approver in sorted(approvers)]
    parts.append(context(words.buying.goes_to(goes_to, channel)))
    names = ", ".join(str(line.domain) for line in lines)
    alone = words.buying.alone(title, names, to_buy.purpose)
    return RenderedMessage.of(words.trial.said(alone) if trial else alone, parts)


def not_ready(findings: Sequence[Finding]) -> RenderedMessage:
    """Return what keeps names from being requested in one go; questions are answered in a cart."""
    text = "\n".join([words.buying.not_ready(), *(escape(finding(found.data).text) for found in findings)])
    return RenderedMessage.of(text, [section(text), *buttons(button(words.buttons.HELP, Act.HELP, Nothing()))])
