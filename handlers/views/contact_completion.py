"""The form with what registries need of a contact that exists. It shows nothing of what the contact has."""

from __future__ import annotations

from collections.abc import Mapping

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from handlers.messages import words
from handlers.messages.en.contact_fields import NO_NAME
from handlers.toolkit.action_ids import Form
from handlers.toolkit.blocks import context, section
from handlers.toolkit.mrkdwn import cut, escape
from handlers.toolkit.payloads import Completion
from handlers.views.owner_inputs import needed_fields, needed_inputs
from ordering.model.owner_needs import OwnerGaps

_MOST_TOLD = 2900  # characters


def completion_form(to: Completion, gaps: OwnerGaps, typed: Mapping[str, str], *, problem: str | None = None) -> View:
    """Return the form with what the contact lacks, or that it lacks nothing; `problem` is escaped."""
    form = gaps.contact.legal_form
    blocks: list[Block] = [section(cut(words.contacts.not_completed(problem), _MOST_TOLD))] if problem else []
    blocks.append(section(f"*{cut(escape(gaps.contact.name or NO_NAME), 200)}*  {to.contact}"))
    if gaps.stuck:
        blocks.append(section(words.contacts.stuck([cut(escape(each.words.label), 150) for each in gaps.stuck])))
    if gaps.missing.fields:
        blocks.append(context(words.contacts.KEEPS))
    elif not gaps.stuck:
        blocks.append(section(words.contacts.is_complete(to.contact)))
    blocks += needed_inputs(form, gaps.missing, needed_fields(gaps.missing), typed)
    return View(
        type="modal",
        callback_id=Form.COMPLETION,
        private_metadata=str(to),
        title=words.contacts.COMPLETE_OWNER,
        submit=words.contacts.COMPLETE if gaps.missing.fields else None,
        close=words.buttons.BACK,
        blocks=blocks,
    )


def problems(gaps: OwnerGaps, wrong: Mapping[str, str]) -> str:
    """Return what is wrong, field by field; `wrong` are sentences by the name of the field."""
    labels = {each.name: each.words.label for each in gaps.missing.fields}
    return words.contacts.wrong_fields({escape(labels[name]): escape(reason) for name, reason in wrong.items()})
