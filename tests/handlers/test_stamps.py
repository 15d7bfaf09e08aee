"""What a button that decides carries, and that every one of them does."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import ActionsBlock, ButtonElement

from handlers.toolkit.action_ids import DECIDING, Act
from handlers.toolkit.payloads import Decision
from handlers.toolkit.stamps import stamped, without_events
from ordering.model.errors import CardOutdated, NotPossible
from ordering.model.ids import CartId
from ordering.model.recovery import Stamp

STAMP = Stamp("3f2a9c1b7d4e", 1_764_300_000, 512, "9f8e7d6c5b4a", 1_764_300_000_123)
_HEX = st.text("0123456789abcdef", min_size=12, max_size=12)


@given(_HEX, st.integers(0, 10**14), st.integers(1, 10**14), _HEX, st.integers(0, 10**14))
def test_a_stamp_is_read_as_it_was_written(database, epoch, number, digest, at):
    """Epoch, number and digest survive the way through Slack."""
    stamp = Stamp(database, epoch, number, digest, at)
    assert Stamp.parse(str(stamp)) == stamp
    assert stamp.happened_at.tzinfo is not None


def test_a_stamp_of_an_empty_database_is_read():
    """Before the first event there is no digest."""
    assert Stamp.parse(str(Stamp("3f2a9c1b7d4e"))) == Stamp("3f2a9c1b7d4e")


@pytest.mark.parametrize(
    "text",
    ["", "3fa29c", "€3.59", "3f2a9c1b7d4e.0.5..9", "3f2a9c1b7d4e.0.0.9f.9", f"{STAMP} ", "3f2a9c1b7d4e.-1.1.9f.9"],
)
def test_nothing_else_is_read_as_a_stamp(text):
    """What an older version put on a button is no stamp."""
    assert Stamp.parse(text) is None


@pytest.mark.parametrize("value", ["12", "12 3fa29c", "12 €3.59", "12 1.19 PLN", "12 3fa29c 3f2a9c1b7d4e.0.5..9"])
def test_a_button_without_a_stamp_is_outdated(value):
    """An older version rendered the card: it is refused once and rendered again."""
    with pytest.raises(CardOutdated):
        Decision.read(value)


def test_a_value_without_a_number_is_refused():
    """A value that names no request decides nothing."""
    with pytest.raises(NotPossible):
        Decision.read(f"twelve {STAMP}")


def test_the_seal_and_the_stamp_are_read_apart():
    """A decision names its cart, what was shown, and the stamp."""
    assert Decision.read(f"12 3fa29c {STAMP}") == Decision(CartId(12), "3fa29c", STAMP)
    assert Decision.read(f"12 {STAMP}") == Decision(CartId(12), "", STAMP)


@pytest.mark.parametrize("act", list(Act))
def test_exactly_the_buttons_that_decide_are_stamped(act):
    """Buttons that look, search or fill carts stay as they are."""
    button = ButtonElement(text="x", action_id=act, value="12 abc")
    assert len(stamped([ActionsBlock(elements=[button])], STAMP)) == 1
    assert button.value == (f"12 abc {STAMP}" if act in DECIDING else "12 abc")


def test_a_stamped_value_fits_slack():
    """Slack takes 2,000 characters; the longest stamp with the longest number stays far below."""
    longest = Stamp("f" * 12, 10**15 - 1, 10**15 - 1, "f" * 12, 10**15 - 1)
    assert len(f"{10**9 - 1} {'f' * 12} {longest}") < 100


def test_events_elsewhere_are_no_reason_to_publish_again():
    """A Home compares what it shows without the event, but with the epoch."""
    later = Stamp(STAMP.database, STAMP.epoch, 513, "0" * 12)
    recovered = Stamp(STAMP.database, STAMP.epoch + 1, 512, STAMP.digest)
    assert without_events(f"'12 {STAMP}'") == without_events(f"'12 {later}'")
    assert without_events(f"'12 {STAMP}'") != without_events(f"'12 {recovered}'")
    assert not re.search(r"512", without_events(f"'12 {STAMP}'"))
