"""A PostgreSQL that cannot be used is explained in one sentence that holds no secret."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from alembic import command
from sqlalchemy import make_url, text

from store.diagnosis import explained
from store.engine import open_engines
from store.errors import DatabaseAway, DatabaseUnusable
from store.migrate import migrate, newest, require_newest
from tests.store.refusals import PASSWORD, refused

# A true server


def test_reports_a_missing_database(postgres_url):
    """The name is repeated, for it may be misspelt."""
    error = refused(postgres_url.replace("/desk_", "/no_such_desk_"))
    assert isinstance(error, DatabaseUnusable)
    assert "does not exist. Create it" in str(error)


@pytest.mark.parametrize("action", [migrate, require_newest])
def test_reports_a_role_without_rights(postgres_url, action):
    """A role that may log in, but read and create nothing."""
    engines = open_engines(postgres_url)
    with engines.write.begin() as connection:
        connection.execute(text(f"DROP ROLE IF EXISTS {ROLE}"))
        connection.execute(text(f"CREATE ROLE {ROLE} LOGIN"))
    engines.close()
    error = refused(as_role(postgres_url), action)
    assert isinstance(error, DatabaseUnusable)
    assert "lacks rights" in str(error)
    drop_role(postgres_url)


def test_reports_a_role_that_may_only_read(postgres_url):
    """The start refuses it: nothing could be recorded."""
    engines = open_engines(postgres_url)
    with engines.write.begin() as connection:
        connection.execute(text(f"DROP ROLE IF EXISTS {ROLE}"))
        connection.execute(text(f"CREATE ROLE {ROLE} LOGIN"))
        connection.execute(text(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {ROLE}"))
    engines.close()
    assert "lacks rights on tables" in str(refused(as_role(postgres_url)))
    with_rights = open_engines(as_role(postgres_url))
    require_newest(with_rights)  # to read, it is enough
    with_rights.close()
    drop_role(postgres_url)


ROLE = "desk_without_rights"


def as_role(url: str) -> str:
    return make_url(url).set(username=ROLE).render_as_string(hide_password=False)


def drop_role(url: str) -> None:
    engines = open_engines(url)
    with engines.write.begin() as connection:
        connection.execute(text(f"DROP OWNED BY {ROLE}"))
        connection.execute(text(f"DROP ROLE {ROLE}"))
    engines.close()


@pytest.mark.parametrize("is_new", [True, False])
def test_reports_a_read_only_server(request, is_new):
    """A standby, or a server that an administrator set to read-only, before and after the first migration."""
    url = request.getfixturevalue("empty_postgres_url" if is_new else "postgres_url")
    engines = open_engines(url)
    with engines.write.begin() as connection:
        name = connection.scalar(text("SELECT current_database()"))
        connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
    engines.close()
    error = refused(url)
    assert isinstance(error, DatabaseUnusable)
    assert "is read-only" in str(error)


def test_a_locked_table_ends_the_wait(postgres_url, monkeypatch):
    """A session that holds a lock delays a statement by the lock time-out, not indefinitely."""
    monkeypatch.setattr("store.engine._LOCK_SECONDS", 1)
    engines = open_engines(postgres_url)
    with engines.write.connect() as holder, engines.read.connect() as reader:
        holder.execute(text("LOCK TABLE carts IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(DatabaseAway, match="locked by another session"), explained(engines.read):
            reader.execute(text("SELECT * FROM carts"))
    engines.close()


def test_a_statement_ends_after_its_time(postgres_url):
    """Nothing waits for a statement longer than the caller's patience."""
    engines = open_engines(postgres_url, patience=1)
    reader = engines.read.connect()
    with pytest.raises(DatabaseAway, match="took too long"), explained(engines.read):
        reader.execute(text("SELECT pg_sleep(30)"))
    reader.close()
    engines.close()


def test_options_of_the_url_are_kept(postgres_url):
    """An operator's own options are kept next to ours."""
    engines = open_engines(f"{postgres_url}&options=-csearch_path%3Dpg_catalog&connect_timeout=7")
    with engines.read.connect() as reader:
        assert reader.scalar(text("SHOW search_path")) == "pg_catalog"
        assert reader.scalar(text("SHOW lock_timeout")) == "10s"
        assert reader.scalar(text("SHOW idle_in_transaction_session_timeout")) == "20s"
    engines.close()


def test_a_migration_may_take_longer_than_a_statement(empty_postgres_url, monkeypatch):
    """The statement time-out of every day does not stop a long migration."""
    seen = []
    upgrade = command.upgrade

    def slow(config, target):
        seen.append(config.attributes["connection"].scalar(text("SHOW statement_timeout")))
        upgrade(config, target)

    monkeypatch.setattr(command, "upgrade", slow)
    engines = open_engines(empty_postgres_url, patience=1)
    migrate(engines)
    engines.close()
    assert seen == ["30min"]


def test_a_wrong_password_is_refused(postgres_with_passwords):
    """A true server that asks for a password; the sentence names the setting, not the password."""
    url = postgres_with_passwords(PASSWORD)
    engines = open_engines(url)
    assert migrate(engines) == newest()
    engines.close()
    for wrong in (url.replace(PASSWORD, "wrong"), url.replace(f":{PASSWORD}", "")):
        error = refused(wrong)
        assert isinstance(error, DatabaseUnusable)
        assert "refuses the user or the password" in str(error)


@pytest.fixture
def postgres_with_passwords(postgres, postgres_url):
    """Let one role in by its password only; returns its URL."""
    role = "desk_with_password"
    with psycopg.connect(postgres, autocommit=True) as connection:
        ((hba,),) = connection.execute("SHOW hba_file").fetchall()
        connection.execute(f"DROP ROLE IF EXISTS {role}")
        connection.execute(f"CREATE ROLE {role} LOGIN SUPERUSER PASSWORD '{PASSWORD}'".encode())
        kept = Path(hba).read_text()
        Path(hba).write_text(f"local all {role} scram-sha-256\n{kept}")
        connection.execute("SELECT pg_reload_conf()")
    yield (
        lambda password: (
            make_url(postgres_url).set(username=role, password=password).render_as_string(hide_password=False)
        )
    )
    Path(hba).write_text(kept)
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("SELECT pg_reload_conf()")


# What only a server in trouble says, from a socket that answers like one


@contextmanager
def server_that_says(words: str, state: str = "XX000", *, asks_password: bool = False) -> Iterator[str]:
    """Answer each connection with one fatal error, as the protocol's ErrorResponse; without TLS."""
    body = b"SFATAL\0VFATAL\0C" + state.encode() + b"\0M" + words.encode() + b"\0\0"
    error = b"E" + struct.pack("!I", len(body) + 4) + body
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with closing(connection):
                    while (code := connection.recv(1000)[4:8]) in {b"\x04\xd2\x16/", b"\x04\xd2\x160"}:
                        connection.sendall(b"N")  # neither TLS nor GSSAPI
                    if not code:
                        continue  # a client that requires TLS has left
                    if asks_password:
                        connection.sendall(b"R" + struct.pack("!II", 8, 3))
                        connection.recv(1000)
                    connection.sendall(error)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"postgresql+psycopg://desk:{PASSWORD}@127.0.0.1:{listening.getsockname()[1]}/desk"
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(5)


@pytest.mark.parametrize("action", [migrate, require_newest])
@pytest.mark.parametrize(
    ("words", "kind", "sentence"),
    [
        ("the database system is starting up", DatabaseAway, "still starting"),
        ("the database system is shutting down", DatabaseAway, "still starting or stopping"),
        ("the database system is not yet accepting connections", DatabaseAway, "still starting"),
        ("sorry, too many clients already", DatabaseAway, "no free connection"),
        ("remaining connection slots are reserved for roles with SUPERUSER", DatabaseAway, "no free connection"),
        ('password authentication failed for user "desk"', DatabaseUnusable, "refuses the user or the password"),
        ('role "desk" does not exist', DatabaseUnusable, "refuses the user or the password"),
        ('database "desk" does not exist', DatabaseUnusable, "does not exist"),
        ('no pg_hba.conf entry for host "10.0.0.1", user "desk", no encryption', DatabaseUnusable, "requires TLS"),
        ('no pg_hba.conf entry for host "10.0.0.1", user "desk", SSL encryption', DatabaseUnusable, "pg_hba.conf"),
        ('permission denied for database "desk"', DatabaseUnusable, "lacks rights"),
    ],
)
def test_explains_what_a_server_says(action, words, kind, sentence):
    """The words of PostgreSQL 18 at a failed connection, where libpq gives no code."""
    with server_that_says(words) as url:
        error = refused(url, action)
    assert isinstance(error, kind)
    assert sentence in str(error)


def test_understands_a_server_in_another_language():
    """It asked for a password and refused: waiting would not help."""
    with server_that_says("authentification par mot de passe échouée", "28P01", asks_password=True) as url:
        assert isinstance(refused(url), DatabaseUnusable)


@pytest.mark.parametrize("address", ["127.0.0.1:1", "nowhere.invalid:5432"])
def test_a_server_that_is_away_may_come_back(address):
    """Nothing listens, or the name is not known yet."""
    error = refused(f"postgresql+psycopg://desk:{PASSWORD}@{address}/desk")
    assert isinstance(error, DatabaseAway)
    assert address.split(":")[0] in str(error)


def test_a_server_without_an_answer_may_come_back(monkeypatch):
    """A connection that hangs ends by the connect time-out."""
    monkeypatch.setattr("store.engine._CONNECT_SECONDS", 2)
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        error = refused(f"postgresql+psycopg://desk:{PASSWORD}@127.0.0.1:{silent.getsockname()[1]}/desk")
    assert isinstance(error, DatabaseAway)


@pytest.mark.parametrize(
    "query",
    ["foo=bar", "sslmod=require", "obviously-fake-password=1", "autocommit=1", "row_factory=x", "prepare_threshold=x",
     "conninfo=x", "connect_timeout=abc", "connect_timeout=inf", "connect_timeout=5&connect_timeout=6",
     "port=obviously", "host=a:1&host=b:2&port=3"],
)  # fmt: skip
def test_an_unknown_option_of_the_url_is_refused(query):
    """Before anything is opened: psycopg would take some of them as its own arguments."""
    with pytest.raises(ValueError, match=r"^DATABASE_URL(:| holds)") as error:
        open_engines(f"postgresql+psycopg://desk:{PASSWORD}@127.0.0.1:1/desk?{query}")
    assert "obviously" not in str(error.value)
    if query.startswith("sslmod"):
        assert str(error.value).endswith("did you mean sslmode?")


@pytest.mark.parametrize(
    "query",
    ["sslmode=obviously", "keepalives=obviously", "tcp_user_timeout=obviously", "target_session_attrs=obviously",
     "gssencmode=obviously", "channel_binding=obviously", "service=obviously",
     "ssl_min_protocol_version=obviously", "load_balance_hosts=obviously", "require_auth=obviously"],
)  # fmt: skip
@pytest.mark.parametrize("action", [migrate, require_newest])
def test_a_wrong_option_of_the_url_is_explained(query, action):
    """Waiting does not help. The value is not repeated: it may be a part of the password."""
    error = refused(f"postgresql+psycopg://desk:{PASSWORD}@127.0.0.1:1/desk?{query}", action)
    assert isinstance(error, DatabaseUnusable)
    assert "has a wrong option" in str(error)
    assert "obviously" not in str(error)


@pytest.mark.parametrize("options", ["-c%20nonsense%3D1", "-c%20work_mem%3Dmuch", "--nonsense", "-Z"])
def test_options_that_the_server_refuses_are_explained(postgres_url, options):
    """They reach the server with the connection, which then has no SQLSTATE."""
    error = refused(f"{postgres_url}&options={options}")
    assert isinstance(error, DatabaseUnusable)
    assert "has a wrong option" in str(error)


def test_a_server_without_tls_where_it_is_required():
    """`sslmode=require` against a server that has none."""
    with server_that_says("unused") as url:
        assert "offers no TLS" in str(refused(f"{url}?sslmode=require"))


@pytest.mark.parametrize("state", ["40001", "40P01", "40003"])
def test_a_collision_of_two_writes_is_tried_again(postgres_url, state):
    """A deadlock or a serialization failure: PostgreSQL undid this one, and the same step can be made again."""
    raises = f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$"
    with closing(open_engines(postgres_url)) as engines:

        def collides() -> None:
            with explained(engines.write), engines.write.begin() as connection:
                connection.execute(text(raises))

        with pytest.raises(DatabaseAway, match="undid a write"):
            collides()
