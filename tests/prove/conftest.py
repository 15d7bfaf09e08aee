"""What tests of the proof share."""

import logging
from collections.abc import Iterator

import pytest
import structlog

from prove.explorer.search import be_quiet


@pytest.fixture(scope="module")
def quiet() -> Iterator[None]:
    """Log nothing: pictures of tracebacks take longer than a whole search."""
    before = structlog.get_config()
    be_quiet()
    yield
    structlog.configure(**before)
    logging.disable(logging.NOTSET)
