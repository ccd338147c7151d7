"""The command line of the broker's tool, run in a folder of its own."""

import json

import pytest
from click.testing import CliRunner

from tools.broker.__main__ import cli


@pytest.fixture
def run_broker(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def call(*args, data=None, file="x.json", out="out"):
        if data is not None:
            (tmp_path / "x.json").write_text(json.dumps(data))
        return CliRunner().invoke(cli, [file, "--out", out, *args], catch_exceptions=False)

    return call
