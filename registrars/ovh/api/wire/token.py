"""The answer of the token service (RFC 6749, section 5.1)."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _of_one_header(text: str) -> str:
    if not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("not printable in a header")
    return text


class Token(BaseModel):
    """A token and its life in seconds, which some services write as text and others leave out."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    access_token: Annotated[str, AfterValidator(_of_one_header)]
    expires_in: Annotated[float, Field(allow_inf_nan=False)] | None = None
