"""Settings that are whole, and what is reported where they are not."""

import re

import pytest

from bot.settings import SettingsError, read_settings

GOOD = {
    "SLACK_BOT_TOKEN": "xoxb-fake",
    "SLACK_APP_TOKEN": "xapp-fake",
    "OVH_APPLICATION_KEY": "fake-key",
    "OVH_APPLICATION_SECRET": "fake-secret",
    "OVH_CONSUMER_KEY": "fake-consumer",
    "DESK_APPROVERS": "U0CLEO, S0TEAM",
}
# For processes, which may run side by side: the system chooses a port that is free.
GOOD_PROCESS = GOOD | {"PORT": "0"}
PYDANTIC = re.compile(r"Input should|Value error|pydantic|Extra inputs|Field required|type=", re.IGNORECASE)


def faults() -> tuple[str, ...]:
    with pytest.raises(SettingsError) as error:
        read_settings()
    assert not PYDANTIC.search(str(error.value))
    assert all(line and "\n" not in line for line in error.value.lines)
    return error.value.lines


def fault() -> str:
    (line,) = faults()
    return line
