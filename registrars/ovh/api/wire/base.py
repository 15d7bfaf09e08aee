"""What all models of OVH's answers share: how they are read, and how strict their parts are.

A model names the fields that we read and ignores all others. A field that OVH may leave out or set to null is
optional. An amount, a number and a date are exact: what is none of these makes the whole answer unreadable.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Generic, Self, TypeVar

import structlog
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, Strict, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from registrars.ovh.api.errors import Unreadable

T = TypeVar("T")
# Every date of OVH's lies between these years, so that no difference of two dates overflows.
_FIRST_YEAR, _LAST_YEAR = 1900, 9000
_MOST_FAULTS = 5  # of one answer, in the log
_log = structlog.get_logger()


def _moment(value: object) -> datetime:
    if not isinstance(value, str):
        raise ValueError("no text")  # noqa: TRY004 - what a validator raises for pydantic
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("a time without its offset")
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError("a time out of range")
    return moment


def _text_of(value: object) -> object:
    """Return a boolean and a whole number as text: OVH writes a setting's value either way."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else value


def _or_empty(value: object) -> object:
    return [] if value is None else value


Id = Annotated[int, Strict(), Field(ge=0, lt=2**63)]
Text = Annotated[str, Strict()]
Word = Annotated[str, Strict(), Field(max_length=1000)]  # a code, a label or a name
Value = Annotated[str, BeforeValidator(_text_of)]
Flag = Annotated[bool, Strict()]
Moment = Annotated[datetime, PlainValidator(_moment)]
Listed = Annotated[list[T], BeforeValidator(_or_empty)]  # OVH sets some lists to null
Json = dict[str, Any]  # an object that is handed on to OVH as it came


class Wire(BaseModel):
    """An object of OVH's. Fields have OVH's names in snake case."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", frozen=True, hide_input_in_errors=True)

    @classmethod
    def read(cls, answer: object) -> Self:
        """Return the answer as this model; raises `Unreadable`."""
        try:
            return cls.model_validate(answer, strict=True)
        except ValidationError as error:
            raise _unreadable(error, cls.__name__) from None


class Shape(Generic[T]):
    """An answer that is no object of a model, such as a list of numbers; `name` stands in the log."""

    def __init__(self, kind: Any, name: str) -> None:  # noqa: ANN401 - a type with its constraints
        self._name = name
        self._adapter: TypeAdapter[T] = TypeAdapter(kind)

    def __repr__(self) -> str:
        return self._name

    def read(self, answer: object) -> T:
        """Return the answer in this shape; raises `Unreadable`."""
        try:
            return self._adapter.validate_python(answer, strict=True)
        except ValidationError as error:
            raise _unreadable(error, self._name) from None


def seconds(answer: object) -> int:
    """Return OVH's time in seconds since 1970; raises `Unreadable`."""
    return _CLOCK.read(answer)


def visible(value: T | None, field: str) -> T:
    """Return a value that OVH may leave out but that is needed here; raises `Unreadable` without it."""
    if value is None:
        _log.warning("ovh_unreadable", faults=[f"{field}: missing"])
        raise Unreadable
    return value


def _unreadable(error: ValidationError, kind: str) -> Unreadable:
    """Log where the answer differs, without its values: some are personal data or secrets."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)[:_MOST_FAULTS]
    _log.warning("ovh_unreadable", kind=kind, faults=[f"{'.'.join(map(str, f['loc']))}: {f['type']}" for f in faults])
    return Unreadable()


IDS = Shape[list[int]](list[Id], "numbers")
TEXTS = Shape[list[str]](list[Text], "texts")
WORD = Shape[str](Word, "word")
OBJECT = Shape[Json](Json, "object")
# Seconds since 1970: positive, and before the last year above.
_END = int(datetime(_LAST_YEAR, 1, 1, tzinfo=UTC).timestamp())
_CLOCK = Shape[int](Annotated[int, Strict(), Field(gt=0, lt=_END)], "clock")
