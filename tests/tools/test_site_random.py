"""Two thousand random site files, valid and broken: parts or faults, never a traceback."""

import json
import random
from pathlib import Path

import pytest

from firmware.wire.part import PAGE_BYTES, read_settings
from firmware.wire.part_pages import settings_pages
from tests.tools import random_sites
from tools.site import SiteError, load, parse, parts

pytestmark = pytest.mark.slow

_2026_S = 1767225600
_BATCH = 100
_HQ = Path("host_sim/sites/hq.toml").read_bytes()


def _outcome(call, *args) -> str:
    """What became of a site: its parts fit a board, or each of its faults says where, what and what to do."""
    try:
        site = call(*args)
    except SiteError as error:
        assert error.faults and all(fault.message and fault.remedy and not fault.is_warning for fault in error.faults)
        return "faults"
    for part in parts(site, start_s=_2026_S).values():
        pages = settings_pages(part.settings)
        assert read_settings(pages) == part.settings
        assert all(len(page) <= PAGE_BYTES for table in [pages, *part.tables.values()] for page in table)
    return "parts"


@pytest.mark.parametrize("batch", range(5))
def test_random_valid_sites_become_parts(batch):
    for seed in range(batch * _BATCH, (batch + 1) * _BATCH):
        assert _outcome(parse, random_sites.valid(seed), f"seed {seed}") == "parts"


@pytest.mark.parametrize("batch", range(10))
def test_random_broken_sites_become_parts_or_faults(batch):
    outcomes = [_outcome(parse, random_sites.broken(seed)) for seed in range(batch * _BATCH, (batch + 1) * _BATCH)]
    assert outcomes.count("faults") > _BATCH // 2


@pytest.mark.parametrize("batch", range(5))
def test_random_files_become_parts_or_faults(batch, tmp_path):
    for seed in range(batch * _BATCH, (batch + 1) * _BATCH):
        pick = random.Random(seed)
        path = tmp_path / f"{seed}.{pick.choice(('toml', 'json'))}"
        path.write_bytes(_damaged(pick, path.suffix))
        _outcome(load, path)


def _damaged(pick: random.Random, suffix: str) -> bytes:
    """A good file with some bytes changed, cut out, doubled or replaced by noise."""
    data = bytearray(_HQ if suffix == ".toml" else json.dumps(random_sites.valid(pick.randrange(100))).encode())
    for _ in range(pick.randint(0, 4)):
        start = pick.randrange(len(data))
        end = start + pick.choice((1, 1, 3, 200))
        data[start:end] = pick.choice(
            (b"", b'"', b"]", b"{", b"9" * 30, bytes([pick.randrange(256)]), data[start:end] * 2)
        )
        data = data or bytearray(b"x")
    return bytes(data)
