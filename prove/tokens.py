"""The bot as an OAuth2 service account, whose token service fails at the worst moment."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from prove.extra_faults import Tokens
from registrars.ovh.api.session import Session
from registrars.ovh.api.tokens import Tokens as Keeper
from sandbox.ovh.tokens import TOKEN_PATH
from sandbox.stage import Stage

_A_FEW = 5  # tokens: one per process, and one after a refusal


def service_account(stage: Stage) -> dict[str, str]:
    """Return the settings of a service account, to replace a signed key's."""
    keys = stage.ovh.credentials
    none = dict.fromkeys(("OVH_APPLICATION_KEY", "OVH_APPLICATION_SECRET", "OVH_CONSUMER_KEY"), "")
    return {**none, "OVH_CLIENT_ID": keys.client_id, "OVH_CLIENT_SECRET": keys.client_secret}


def fetch_tokens_here() -> None:
    """Let each bot of this process fetch tokens from the simulation in its own settings, never from OVH itself."""

    def kept_here(bots: Session) -> Keeper:
        access, keys = bots._config, bots._ovh  # noqa: SLF001 - the only place that knows where tokens are fetched
        parts = urlsplit(access.api_url or "")
        here = f"{parts.scheme}://{parts.netloc}{TOKEN_PATH}"
        within = access.connect_timeout + access.read_timeout
        return Keeper(keys._client_id, keys._client_secret, here, bots._connect, within=within)  # noqa: SLF001 - as above

    setattr(Session, "_token_keeper", kept_here)  # noqa: B010 - mypy rightly rejects the plain form


@dataclass
class TokenTrouble:
    """A fault of the token service in a run. It occurred if a bot requested a token during it, and got none."""

    stage: Stage
    plan: Tokens
    _asked_before: int | None = field(default=None, init=False)
    _asked: int = field(default=0, init=False)
    _is_over: bool = field(default=False, init=False)

    def begin(self) -> None:
        """Give tokens a short life, and let the service fail later if that is the plan."""
        service = self.stage.ovh.tokens
        service.lives = self.plan.lives
        if self.plan.kind == "expire at once":
            asyncio.get_running_loop().call_later(self.plan.seconds, self._well_again)
        else:
            self.stage.ovh.faults.at(self.plan.call, self._fail)

    def _fail(self) -> None:
        service = self.stage.ovh.tokens
        self._asked_before = service.asked
        service.hangs, service.fails = self.plan.kind == "hangs", self.plan.kind == "answers 500"
        asyncio.get_running_loop().call_later(self.plan.seconds, self._well_again)

    def _well_again(self) -> None:
        service = self.stage.ovh.tokens
        service.hangs, service.fails, service.lives = False, False, None
        self._is_over = True
        self._asked = service.asked - (self._asked_before or 0)

    def met(self) -> str | None:
        """Return the fault that occurred; None otherwise."""
        if self.plan.kind == "expire at once":
            return "tokens that expire at once" if self.stage.ovh.tokens.asked > _A_FEW else None
        asked = self._asked
        if not self._is_over and self._asked_before is not None:
            asked = self.stage.ovh.tokens.asked - self._asked_before
        return f"a token service that {self.plan.kind}" if asked else None
