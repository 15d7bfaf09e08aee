"""What a refusal is compared by: its class, its code and its parameters, or the sentence that the catalogue makes."""

from types import TracebackType
from typing import Any

import pytest

from handlers import messages
from handlers.text.mrkdwn import escape_markup
from ordering.model.errors import OrderingError


class refuses:  # noqa: N801 - it reads as a verb, like `pytest.raises`
    """Expect a refusal of this class with this code and, among others, these parameters."""

    def __init__(self, code: str, kind: type[OrderingError] = OrderingError, **params: object) -> None:
        self._code, self._params = code, params
        self._raises = pytest.raises(kind)

    def __enter__(self) -> pytest.ExceptionInfo[Any]:
        self._caught = self._raises.__enter__()
        return self._caught

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        expected = self._raises.__exit__(kind, error, trace)
        if expected:
            refusal = self._caught.value
            params = {name: refusal.params.get(name) for name in self._params}
            assert (refusal.code, params) == (self._code, self._params)
        return expected


def said(code: str, **params: Any) -> str:
    """Return what Slack shows of a refusal."""
    return escape_markup(messages.refusal(OrderingError(code=code, **params)).text)
