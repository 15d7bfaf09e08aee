"""Nothing of a secret's value or shape reaches the log."""

import pytest

from bot.logs import Redactor


@pytest.mark.parametrize(
    "text",
    [
        "token=xoxb-123-obviously-fake",
        "https://order.example/display-order?orderId=1&orderPassword=OBVIOUSLYFAKE",
        "postgresql+psycopg://desk:obviouslyfake@db/desk",
        "the key is obviously-fake-consumer-key",
        '{"password": "OBVIOUSLYFAKE"}',
    ],
)
def test_secrets_are_blanked(text):
    cleaned = Redactor(["obviously-fake-consumer-key"]).clean(text)
    assert "obviously" not in cleaned.lower()
    assert "***" in cleaned


def test_other_text_stays_as_it_is():
    assert Redactor(["short"]).clean("order 256900123 for name.ovh, short") == "order 256900123 for name.ovh, short"


def test_values_that_are_not_text_are_cleaned_too():
    event = Redactor([])(None, "info", {"event": "x", "error": ValueError("xapp-1-fake"), "count": 3})
    assert event == {"event": "x", "error": "***", "count": 3}
