"""Answer the user who acted, by the best channel that is open."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import structlog
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from handlers.messages import words
from handlers.toolkit.blocks import RenderedMessage, Secret
from handlers.toolkit.closing_forms import ClosingForms
from handlers.toolkit.interaction import Interaction
from handlers.toolkit.modals import note
from handlers.toolkit.slack_errors import FAILURES, Kind, Refusal, operator_fix, read, word
from ordering.model.errors import NotPossible

MOST_USES = 5  # Slack accepts at most five answers per response_url
_TOO_LATE = {"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"}
_log = structlog.get_logger()


class Reply:
    """Sends a user a reply: by response_url, in their form, as an ephemeral message, or as a direct message."""

    def __init__(
        self,
        client: AsyncWebClient,
        interaction: Interaction,
        *,
        closing: ClosingForms | None = None,
        replaces: str | None = None,
    ) -> None:
        """`closing` knows whether the form that was sent still waits for Slack's answer.

        `replaces` is the message that the answer replaces, in the user's own conversation with the bot.
        """
        self._client = client
        self._closing = closing
        self._to = interaction
        self._used = 0
        self._replaced = replaces or (interaction.message_ts if interaction.stays else None)

    @property
    def to(self) -> Interaction:
        return self._to

    @property
    def uses_left(self) -> int:
        if self._to.lasting:
            return MOST_USES  # messages there can be edited any number of times; as many edits are useful
        return MOST_USES - self._used if self._to.response_url else 0

    async def in_conversation(self, rendered: RenderedMessage) -> Reply:
        """Show a message in the user's own conversation with the bot, and return the reply that replaces it there.

        If Slack refuses the message, the answer comes where this reply sends it.
        """
        try:
            posted = await self._client.chat_postMessage(
                channel=self._to.user,
                text=rendered.text,
                blocks=rendered.blocks,
                unfurl_links=False,
                unfurl_media=False,
            )
        except FAILURES as error:
            _log_refusal("conversation_refused", error)
            return self
        there = replace(self._to, channel=posted.get("channel"), form=None, lasting=True)
        return Reply(self._client, there, replaces=posted.get("ts"))

    async def send(self, rendered: RenderedMessage | Secret, *, replace: bool = False) -> None:
        """Show a message to this user alone; with `replace`, in place of the message they clicked.

        A placeholder that they saw while waiting is always replaced. A `Secret` replaces nothing, because everybody may
        see the clicked message. It never becomes a direct message, because those stay.
        """
        if isinstance(rendered, Secret):
            await self._send_secret(rendered)
            return
        if self._to.form and await self._in_form(note(rendered)):
            return
        await self._elsewhere(rendered, replace=replace or self._to.placeholder)

    async def open_form(self, view: View, *, button: str) -> None:
        """Open a form over what this user clicked; raises `NotPossible` if they should click again.

        Slack lets a click open a form within three seconds.
        """
        # If a form stays open, the new one goes on top of it.
        show = self._client.views_push if self._to.form else self._client.views_open
        try:
            opened = await show(trigger_id=self._to.trigger, view=view)
        except FAILURES as error:
            raise _not_opened(read(error), button) from error
        # All further messages go into that form.
        self._to = replace(self._to, form=(opened.get("view") or {}).get("id"))

    async def close_form(self, rendered: RenderedMessage, *, channel: str) -> None:
        """Close the form that this user sent, and show a message in `channel`; a form that waited shows the message."""
        if self._closing is not None and self._closing.close(self._to.trigger):
            self._to = replace(self._to, form=None, channel=channel)
        await self.send(rendered)

    async def show_form(self, view: View, *, otherwise: RenderedMessage | Secret) -> None:
        """Replace the form that this user submitted; if they closed it, send the message `otherwise` instead."""
        if await self._in_form(view):
            return
        if isinstance(otherwise, Secret):
            await self._send_secret(otherwise)
        else:
            await self._elsewhere(otherwise, replace=False)

    async def replace_form(self, view: View, *, unchanged_since: str = "") -> str | None:
        """Replace the form that this user has open, and return its hash; None if Slack did not.

        With `unchanged_since` it is replaced only if it still has that hash.
        """
        try:
            answer = await self._client.views_update(view_id=self._to.form, view=view, hash=unchanged_since or None)
        except FAILURES as error:
            _log_refusal("form_not_updated", error)
            return None
        return str((answer.get("view") or {}).get("hash") or "") or None

    async def _send_secret(self, secret: Secret) -> None:
        if self._to.form and await self._in_form(note(secret.rendered)):
            return
        if not await self._ephemerally(secret.rendered, replace=False):
            await self.send(secret.otherwise)

    async def _in_form(self, view: View) -> bool:
        if self._closing is not None and self._closing.show(self._to.trigger, view):
            return True
        try:
            await self._client.views_update(view_id=self._to.form, view=view)
        except FAILURES as error:
            _log_refusal("form_not_updated", error)
            return False
        return True

    async def _elsewhere(self, rendered: RenderedMessage, *, replace: bool) -> None:
        if self._to.lasting or (replace and self._to.stays):
            await self._lastingly(rendered, replace=replace)
        elif not await self._ephemerally(rendered, replace=replace):
            await self._directly(rendered)

    async def _ephemerally(self, rendered: RenderedMessage, *, replace: bool) -> bool:
        """Show a message to this user alone in the channel; return False if Slack did not show it."""
        if self.uses_left and await self._by_response_url(rendered, replace=replace):
            return True
        return bool(self._to.channel) and await self._in_channel(rendered, self._to.channel or "")

    async def _lastingly(self, rendered: RenderedMessage, *, replace: bool) -> None:
        """Show a message in the user's own conversation with the bot; `replace` edits the one that stands there."""

        async def send(text: str, blocks: Sequence[Block] | None) -> None:
            channel = self._to.channel or self._to.user
            if replace and self._replaced:
                await self._client.chat_update(channel=channel, ts=self._replaced, text=text, blocks=blocks or [])
                return
            posted = await self._client.chat_postMessage(
                channel=channel, thread_ts=self._to.thread_ts, text=text, blocks=blocks,
                unfurl_links=False, unfurl_media=False,
            )  # fmt: skip
            self._replaced = posted.get("ts")

        await self._sent("answer_lost", rendered, send)

    async def _by_response_url(self, rendered: RenderedMessage, *, replace: bool) -> bool:
        self._used += 1
        webhook = AsyncWebhookClient(self._to.response_url or "", timeout=10)
        webhook.proxy = self._client.proxy  # slack_sdk alone would use HTTPS_PROXY and ignore NO_PROXY
        try:
            answer = await webhook.send(
                text=rendered.text,
                blocks=rendered.blocks,
                response_type="ephemeral",
                replace_original=replace,
                unfurl_links=False,
                unfurl_media=False,
            )
        except FAILURES as error:
            _log.warning("response_url_unreachable", error=word(error))
            return False
        if answer.status_code != 200:  # noqa: PLR2004 - the status of success
            _log.warning("response_url_refused", status=answer.status_code)
        return answer.status_code == 200  # noqa: PLR2004 - the status of success

    async def _in_channel(self, rendered: RenderedMessage, channel: str) -> bool:
        async def send(text: str, blocks: Sequence[Block] | None) -> None:
            await self._client.chat_postEphemeral(channel=channel, user=self._to.user, text=text, blocks=blocks)

        return await self._sent("ephemeral_refused", rendered, send)

    async def _directly(self, rendered: RenderedMessage) -> None:
        async def send(text: str, blocks: Sequence[Block] | None) -> None:
            await self._client.chat_postMessage(
                channel=self._to.user, text=text, blocks=blocks, unfurl_links=False, unfurl_media=False
            )

        await self._sent("answer_lost", rendered, send)

    @staticmethod
    async def _sent(
        what: str, rendered: RenderedMessage, send: Callable[[str, Sequence[Block] | None], Awaitable[None]]
    ) -> bool:
        """Send a message, or only its text if Slack refuses its content. Return whether one of them was sent."""
        try:
            await send(rendered.text, rendered.blocks)
        except FAILURES as error:
            if _log_refusal(what, error).kind is not Kind.CONTENT:
                return False
        else:
            return True
        try:
            await send(rendered.text, None)
        except FAILURES as error:
            _log_refusal(what, error)
            return False
        return True


def _log_refusal(what: str, error: BaseException) -> Refusal:
    """Log a refusal: as an error if the operator or a developer must act, else as a warning."""
    refusal = read(error)
    fix = operator_fix(refusal, about=words.slack.REPLIES)
    if fix is not None or refusal.kind is Kind.CONTENT:
        _log.error(what, error=refusal.word, details=refusal.details, fix=fix)
    else:
        _log.warning(what, error=refusal.word)
    return refusal


def _not_opened(refusal: Refusal, button: str) -> NotPossible:
    """Log why Slack did not open a form, and return the refusal for the user who pressed the button."""
    fix = operator_fix(refusal, about=words.slack.FORMS)
    if fix is not None or refusal.kind is Kind.CONTENT:
        _log.error("form_not_opened", error=refusal.word, details=refusal.details, fix=fix)
    else:
        _log.warning("form_not_opened", error=refusal.word)
    if fix is not None:
        return NotPossible(code="form_needs_operator", fix=fix)
    if refusal.kind is Kind.CONTENT:
        return NotPossible(code="form_refused")
    if refusal.word in _TOO_LATE:
        return NotPossible(code="form_too_late", button=button)
    return NotPossible(code="form_not_opened", button=button)
