"""The settings as typed values, in the order of `.env.example`."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, SecretStr

from bot.settings import secrets, values
from ordering.model.policy import Policy

LONGEST_MONEY_CALL = 46  # seconds that a money call may take: its permit, connecting and reading at their longest
ENDPOINTS = ("ovh-eu", "ovh-us", "ovh-ca", "kimsufi-eu", "kimsufi-ca", "soyoustart-eu", "soyoustart-ca")
# What OVH's API accepts as `ovhSubsidiary`, by the region of its endpoint.
SUBSIDIARIES = {
    "eu": ("CZ", "DE", "ES", "EU", "FI", "FR", "GB", "IE", "IT", "LT", "MA", "NL", "PL", "PT", "SN", "TN"),
    "ca": ("ASIA", "AU", "CA", "IN", "QC", "SG", "WE", "WS"),
}
_ALL_SUBSIDIARIES = (*SUBSIDIARIES["eu"], *SUBSIDIARIES["ca"])

Word = Annotated[str, BeforeValidator(values.word)]
Secret = Annotated[SecretStr, BeforeValidator(secrets.secret)]
Switch = Annotated[bool, BeforeValidator(values.switch)]
Ids = Annotated[frozenset[str], BeforeValidator(values.people)]
Extensions = Annotated[tuple[str, ...], BeforeValidator(values.extensions)]
Amount = Annotated[Decimal | None, BeforeValidator(values.amount)]


class Settings(BaseModel):
    """Every setting, under the name that `.env.example` explains; amounts include tax."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    slack_bot_token: Annotated[SecretStr, BeforeValidator(secrets.bot_token)] = SecretStr("")
    slack_app_token: Annotated[SecretStr, BeforeValidator(secrets.app_token)] | None = None
    slack_signing_secret: Annotated[SecretStr, BeforeValidator(secrets.signing_secret)] | None = None
    slack_api_url: Annotated[str, BeforeValidator(values.slack_url)] = "https://slack.com/api/"

    ovh_application_key: Word | None = None
    ovh_application_secret: Secret | None = None
    ovh_consumer_key: Secret | None = None
    ovh_client_id: Word | None = None
    ovh_client_secret: Secret | None = None
    ovh_endpoint: Annotated[str, BeforeValidator(partial(values.choice, ENDPOINTS))] = "ovh-eu"
    ovh_api_url: Annotated[str, BeforeValidator(values.url)] | None = None
    ovh_subsidiary: Annotated[str, BeforeValidator(partial(values.choice, _ALL_SUBSIDIARIES))] | None = None
    ovh_requests_per_second: Annotated[
        float, BeforeValidator(partial(values.number, 0.01, 1_000_000, "calls a second"))
    ] = 1
    ovh_burst: Annotated[int, BeforeValidator(partial(values.whole, 1, 1_000_000))] = 60
    ovh_concurrency: Annotated[int, BeforeValidator(partial(values.whole, 1, 64))] = 16

    desk_approvers: Ids = frozenset()
    desk_payers: Ids = frozenset()
    desk_operators: Ids = frozenset()
    desk_approval_channel: Annotated[str, BeforeValidator(values.channel)] | None = None
    desk_extensions: Extensions = ()
    lists: Annotated[dict[str, tuple[str, ...]], BeforeValidator(values.named_lists)] = Field(default_factory=dict)
    desk_self_approval: Switch = False
    desk_second_approval_over: Annotated[Decimal | None, BeforeValidator(values.threshold)] = None
    desk_limit_per_order: Amount = None
    desk_limit_per_month: Amount = None
    desk_allow_premium: Switch = False
    desk_waive_retraction: Switch = True
    desk_owner_contact: Word | None = None
    owners: Annotated[dict[str, str], BeforeValidator(values.named_owners)] = Field(default_factory=dict)
    desk_owner_legal_age: Switch = True
    desk_settle_seconds: Annotated[float, BeforeValidator(partial(values.number, 0.1, 86_400, "seconds"))] = 60

    desk_approval_hours: Annotated[float, BeforeValidator(partial(values.number, 0.01, 8_760, "hours"))] = 72
    desk_payment_minutes: Annotated[float, BeforeValidator(partial(values.number, 0.01, 10_080, "minutes"))] = 15
    desk_answers_kept_days: Annotated[float, BeforeValidator(partial(values.number, 0, 3_650, "days"))] = 30
    desk_witness_key: Secret | None = None

    database_url: Annotated[SecretStr, BeforeValidator(secrets.database_url)] = SecretStr("sqlite:///desk.db")
    host: Annotated[str, BeforeValidator(values.host)] = "127.0.0.1"
    port: Annotated[int, BeforeValidator(partial(values.whole, 0, 65_535))] = 3000
    desk_ops_port: Annotated[int | None, BeforeValidator(values.port_or_none)] = None
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(values.log_level)] = "INFO"
    log_format: (
        Annotated[Literal["console", "json"], BeforeValidator(partial(values.choice, ("console", "json")))] | None
    ) = None

    _origins: dict[str, str] = PrivateAttr(default_factory=dict)

    @property
    def socket_mode(self) -> bool:
        """Whether the bot connects to Slack in Socket Mode, which needs no public address."""
        return self.slack_app_token is not None

    @property
    def settles_too_soon(self) -> bool:
        """Whether a money call may still be on its way when the bot concludes that nothing happened: tests only."""
        return self.desk_settle_seconds < LONGEST_MONEY_CALL

    def origin(self, name: str) -> str:
        """Return where a setting comes from: ``environment``, ``.env line 3``, ``desk.toml line 3`` or ``default``."""
        return self._origins.get(name, "default")

    def policy(self) -> Policy:
        """The team's rules, as values."""
        return Policy(
            approvers=self.desk_approvers,
            payers=self.desk_payers or self.desk_approvers,
            operators=self.desk_operators or self.desk_approvers,
            self_approval=self.desk_self_approval,
            second_approval_over=self.desk_second_approval_over,
            limit_per_order=self.desk_limit_per_order,
            limit_per_month=self.desk_limit_per_month,
            allow_premium=self.desk_allow_premium,
            waive_retraction=self.desk_waive_retraction,
            approval_channel=self.desk_approval_channel,
            approval_life=timedelta(hours=self.desk_approval_hours),
            payment_life=timedelta(minutes=self.desk_payment_minutes),
            lists=self.lists,
        )


SECRETS = frozenset(
    {
        "slack_bot_token", "slack_app_token", "slack_signing_secret", "ovh_application_secret", "ovh_consumer_key",
        "ovh_client_secret", "desk_witness_key", "database_url",
    }
)  # fmt: skip
# These may come from a file as well. The last two are not secret, but are stored next to secrets.
FROM_FILES = SECRETS | {"ovh_application_key", "ovh_client_id"}
