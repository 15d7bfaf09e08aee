"""The image is made by steps that work in an empty folder, and its bot runs without a place to write but /data."""

import asyncio
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from sandbox.stage import Stage
from tests.bot.commands import inherited, without_privilege
from tests.packaging.image import DOCKERFILE, ROOT, build, stages
from tools.bill_of_materials import shipped

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def image(tmp_path_factory) -> Path:
    """The image's /opt/domain-desk, which nobody may write to."""
    built = build(tmp_path_factory.mktemp("image"))
    for path in [built, *built.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & ~0o222)
    return built


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    return folder


def run(image: Path, data: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the image's entry point as its user would: root's privilege is dropped, so that modes of files count."""
    return subprocess.run(
        [*without_privilege(), image / "bin" / "domain-desk", *arguments],
        cwd=data,
        env={"PATH": f"{image / 'bin'}:/usr/bin:/bin", **final_environment(), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def final_environment() -> dict[str, str]:
    (told,) = (step.text for step in stages()[""] if step.name == "ENV")
    return {name: value for name, _, value in (each.partition("=") for each in told.split()) if name != "PATH"}


def test_hadolint_finds_nothing():
    """The linter for such files knows what goes wrong in them."""
    done = subprocess.run([Path(sys.executable).parent / "hadolint", DOCKERFILE], capture_output=True, check=False)
    assert (done.returncode, done.stdout.decode()) == (0, "")


def test_it_runs_as_nobody_in_particular():
    """A user by number, as Kubernetes' runAsNonRoot wants it, one folder to write to, and an exec form."""
    told = {step.name: step.text for step in stages()[""]}
    assert told["USER"] == "10001:10001"
    assert told["VOLUME"] == told["WORKDIR"] == "/data"
    assert told["ENTRYPOINT"] == '["domain-desk"]'
    assert told["CMD"] == '["run"]'
    assert "/opt/domain-desk/healthcheck.py" in told["HEALTHCHECK"]


def test_it_has_every_package_of_the_bot():
    """A package that is added to the wheel is copied, and the builder is sent nothing else."""
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    copied = [
        source
        for step in stages()["build"]
        if step.name == "COPY" and not step.text.startswith("--from")
        for source in step.text.split()[:-1]
    ]
    assert {*wheel["packages"]} <= {*copied}
    let_in = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert sorted(let_in) == sorted(copied)


def test_its_commands_work(image, data):
    """In an empty folder: the version, the schema, a backup, the audit."""
    assert run(image, data, "--version").stdout.startswith("domain-desk 2026.")
    assert run(image, data, "migrate").returncode == 0
    assert run(image, data, "backup", "copy.db").returncode == 0
    assert run(image, data, "verify").stdout.startswith("The record is whole")
    assert {path.name for path in data.iterdir()} == {"copy.db", "desk.db", "desk.db-lock"}


def test_it_knows_postgresql(image, data):
    """The image has the extra for it."""
    refused = run(image, data, "migrate", DATABASE_URL="postgresql://desk@127.0.0.1:1/desk")
    assert "PostgreSQL does not answer at 127.0.0.1:1" in refused.stderr


def test_it_has_no_tools_of_developers(image):
    """It holds the bot and the libraries of packaging/licences.md, and nothing else."""
    found = (path.name.removesuffix(".dist-info") for path in image.glob("lib/python*/site-packages/*.dist-info"))
    installed = {
        name.replace("_", "-").lower(): version for name, _, version in (each.partition("-") for each in found)
    }
    assert installed.pop("domain-desk")
    assert installed == shipped()


async def test_its_bot_is_healthy_until_it_ends(image, data):
    """The health check says 0 while the bot lives, and 1 with the page once it is gone."""
    stage, before = Stage(data), {*image.rglob("*")}
    await stage.open()
    environment = inherited() | stage.environment | {"PATH": f"{image / 'bin'}:/usr/bin:/bin"} | final_environment()
    process = await asyncio.create_subprocess_exec(
        *without_privilege(), image / "bin" / "domain-desk", "run", cwd=data, env=environment,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(60):
            while (await health(image, environment))[0] != 0:  # noqa: ASYNC110 - another process tells nobody
                await asyncio.sleep(0.2)
    finally:
        process.terminate()
        assert await process.wait() == 0
        await stage.close()
    code, said = await health(image, environment)
    assert code == 1
    assert said.startswith(f"http://127.0.0.1:{stage.port}/livez: ")
    assert {*image.rglob("*")} == before


async def health(image: Path, environment: dict[str, str]) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        image / "bin" / "python", image / "healthcheck.py", env=environment, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode()


@pytest.mark.parametrize(
    ("settings", "port"),
    [
        ({}, "3000"),
        ({"PORT": "80"}, "80"),
        ({"PORT": "80", "DESK_OPS_PORT": "81"}, "81"),
        ({"DESK_OPS_PORT": "none"}, "3000"),
    ],
)
def test_the_health_check_finds_the_port(settings, port):
    """As the bot reads it, where nothing listens."""
    script = f"import runpy; print(runpy.run_path({str(ROOT / 'packaging/healthcheck.py')!r})['_port']())"
    done = subprocess.run([sys.executable, "-c", script], env=settings, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == port
