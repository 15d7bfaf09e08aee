"""A good set-up to make wrong."""

from collections.abc import AsyncIterator

import pytest

from tests.doctor.setup import SetUp, open_set_up


@pytest.fixture
async def set_up(tmp_path, monkeypatch) -> AsyncIterator[SetUp]:
    opened = await open_set_up(tmp_path, monkeypatch)
    yield opened
    await opened.stage.close()
