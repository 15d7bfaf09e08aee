"""Settings of our own in every test that reads them."""

import os

import pytest

from bot.settings import Settings
from tests.bot.faults import GOOD


@pytest.fixture
def clean(monkeypatch, tmp_path):
    """An empty folder, and no setting from this machine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("ovh.config.CONFIG_PATH", [str(tmp_path / "etc.conf"), str(tmp_path / "ovh.conf")])
    for name in list(os.environ):
        if name.startswith(("SLACK_", "OVH_", "DESK_")) or name.lower() in Settings.model_fields:
            monkeypatch.delenv(name)


@pytest.fixture
def good(clean, monkeypatch):
    """Settings that are whole, in the environment."""
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
