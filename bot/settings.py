"""Every setting, read once: from the environment, then a .env file, then desk.toml."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from ordering.policy import Policy

LONGEST_DEED = 46  # seconds that a money call may take: its turn, connecting and reading at their longest
_LOOPBACK = ("http://127.0.0.1", "http://localhost", "http://[::1]")


class SettingsError(Exception):
    """Settings that cannot be used; `lines` say what to mend, one a line."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def _listed(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _extension(value: object) -> object:
    return [str(part).lower().lstrip(".") for part in value] if isinstance(value, list) else value


Ids = Annotated[frozenset[str], NoDecode, BeforeValidator(_listed)]
Extensions = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_extension), BeforeValidator(_listed)]
Amount = Annotated[Decimal, Field(gt=0)] | None


class DatabaseSettings(BaseSettings):
    """Where the database is: all that `export` and `migrate` need."""

    model_config = SettingsConfigDict(
        env_file=".env", toml_file="desk.toml", extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    database_url: SecretStr = SecretStr("sqlite:///desk.db")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del file_secret_settings  # a directory of secret files is a source that nobody asked for
        return init_settings, env_settings, dotenv_settings, TomlConfigSettingsSource(settings_cls)


class Settings(DatabaseSettings):
    """The settings, under the names that `.env.example` explains."""

    slack_bot_token: SecretStr
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_api_url: str = "https://slack.com/api/"

    ovh_endpoint: str = "ovh-eu"
    ovh_application_key: str | None = None
    ovh_application_secret: SecretStr | None = None
    ovh_consumer_key: SecretStr | None = None
    ovh_client_id: str | None = None
    ovh_client_secret: SecretStr | None = None
    ovh_api_url: str | None = None
    ovh_subsidiary: str | None = None
    ovh_requests_per_second: float = Field(default=1, gt=0)
    ovh_burst: int = Field(default=60, ge=1)
    ovh_concurrency: int = Field(default=16, ge=1, le=64)

    desk_approvers: Ids = Field(min_length=1)
    desk_payers: Ids = frozenset()
    desk_approval_channel: str | None = None
    desk_extensions: Extensions = ()
    desk_self_approval: bool = False
    desk_second_approval_over: Amount = None
    desk_limit_per_order: Amount = None
    desk_limit_per_month: Amount = None
    desk_allow_premium: bool = False
    desk_waive_retraction: bool = True
    desk_owner_contact: str | None = None
    desk_owner_legal_age: bool = True
    desk_settle_seconds: float = Field(default=60, gt=0)

    lists: dict[str, Extensions] = Field(default_factory=dict)

    host: str = "127.0.0.1"
    port: int = Field(default=3000, ge=0, le=65535)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["console", "json"] | None = None

    @field_validator("desk_approvers", "desk_payers")
    @classmethod
    def _ids(cls, ids: frozenset[str]) -> frozenset[str]:
        if odd := sorted(i for i in ids if i[:1] not in {"U", "W", "S"} or not i.isalnum() or not i.isupper()):
            raise ValueError(
                f"{', '.join(odd)}: not the id of a person (U…) or a user group (S…). "
                "In Slack: profile, three dots, Copy member ID."
            )
        return ids

    @field_validator("desk_approval_channel")
    @classmethod
    def _channel_id(cls, channel: str | None) -> str | None:
        if channel and channel[0] not in "CG":
            raise ValueError(f"{channel} is not a channel id (C…). In Slack: channel details, at the bottom.")
        return channel

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, level: object) -> object:
        return level.upper() if isinstance(level, str) else level

    @field_validator("ovh_api_url", "slack_api_url")
    @classmethod
    def _secure(cls, url: str | None) -> str | None:
        if url and not url.startswith(("https://", *_LOOPBACK)):
            raise ValueError("must begin with https:// (plain http only to this machine)")
        return url

    @model_validator(mode="after")
    def _some_door(self) -> Settings:
        if self.slack_app_token is None and self.slack_signing_secret is None:
            raise ValueError("set SLACK_APP_TOKEN (xapp-…) for Socket Mode, or SLACK_SIGNING_SECRET for HTTP mode")
        return self

    @property
    def socket_mode(self) -> bool:
        """Whether Slack is reached over its socket: then no address of ours need be reachable."""
        return self.slack_app_token is not None

    @property
    def settles_too_soon(self) -> bool:
        """Whether a money call may still be on its way when it is believed that nothing happened: for tests only."""
        return self.desk_settle_seconds < LONGEST_DEED

    def policy(self) -> Policy:
        """The team's rules, as values."""
        return Policy(
            approvers=self.desk_approvers,
            payers=self.desk_payers or self.desk_approvers,
            self_approval=self.desk_self_approval,
            second_approval_over=self.desk_second_approval_over,
            limit_per_order=self.desk_limit_per_order,
            limit_per_month=self.desk_limit_per_month,
            allow_premium=self.desk_allow_premium,
            waive_retraction=self.desk_waive_retraction,
            approval_channel=self.desk_approval_channel,
            lists={name.lower(): extensions for name, extensions in self.lists.items()},
        )


def read_settings() -> Settings:
    """Read all settings; raises `SettingsError` with a line for each that is missing or wrong."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError(tuple(_line(problem) for problem in error.errors())) from None


def read_database_url() -> str:
    """Read where the database is; no token is needed for that."""
    return DatabaseSettings().database_url.get_secret_value()


def _line(problem: object) -> str:
    """One problem in one line, without the value: it could be a secret."""
    if not isinstance(problem, dict):
        raise TypeError("pydantic describes a problem in a dictionary")
    name = ".".join(str(part) for part in problem["loc"]).upper()
    said = str(problem["msg"]).removeprefix("Value error, ")
    if problem["type"] == "missing":
        return f"{name} is not set."
    return f"{name}: {said}" if name else f"{said[0].upper()}{said[1:]}."
