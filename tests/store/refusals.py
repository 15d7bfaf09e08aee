"""What a database that cannot be used is refused with."""

from contextlib import closing

import pytest

from store.engine import open_engines
from store.errors import DatabaseError
from store.migrate import migrate

PASSWORD = "obviously-fake-password"


def refused(url: str, action=migrate) -> DatabaseError:
    with pytest.raises(DatabaseError) as error, closing(open_engines(url)) as engines:
        action(engines)
    assert PASSWORD not in str(error.value)
    assert len(str(error.value).splitlines()) == 1
    return error.value
