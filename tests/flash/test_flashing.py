"""The real esptool on a chip behind a pty: what is written, what stays, and what is left when the cable is pulled."""

import random

import pytest
from click.testing import CliRunner
from esp_idf_defs import ImageMetadata, PartitionTable

from tests.flash import images
from tests.flash.rom_loader import FakeChip, Flash
from tools.deploy.problem import Problem
from tools.flash import flashing, image, tables
from tools.flash.__main__ import cli
from tools.flash.loader import Chip
from tools.flash.tables import MB, TABLES

CHIPS = pytest.mark.parametrize(("name", "mb"), [("esp32", 4), ("esp32s3", 8), ("esp32s3", 16)])
KEPT = ("nvs", "phy_init", "romfs", "log", "vfs")
_FLASH_SIZES = {4: 2, 8: 3, 16: 4}


@pytest.fixture(scope="module")
def downloads(tmp_path_factory):
    folder = tmp_path_factory.mktemp("downloads")
    for name in ("esp32", "esp32s3"):
        (folder / name).write_bytes(images.download(name))
    return folder


def flash(fake, downloads, *more, port=None):
    """Flash as the command line does."""
    words = ["--port", port or fake.port, "--image", str(downloads / fake.name), "--esptool=--connect-attempts=1", *more]
    return CliRunner().invoke(cli, words, catch_exceptions=False)


def used(name, mb):
    """A chip with our table, everything on it in use, and a MicroPython that is not whole."""
    made, draw = Flash(mb), random.Random(1)
    for row in TABLES[mb * MB]:
        if row.label in KEPT:
            made.data[row.at : row.at + row.size] = draw.randbytes(row.size)
    made.data[tables.AT : tables.AT + tables.BYTES] = tables.encode(TABLES[mb * MB])
    made.data[0xD000:0xD010] = b"\1" + bytes(15)
    return made


def kept(made, mb):
    return [bytes(made.data[row.at : row.at + row.size]) for row in TABLES[mb * MB] if row.label in KEPT]


def starts(made, name, mb):
    """Say whether the chip would start MicroPython from ota_0, as its ROM and the bootloader look at a flash."""
    boot_at, read = images.BOOT_AT[name], bytes(made.data)
    try:
        boot = ImageMetadata.from_bytes(read[boot_at : tables.AT])
        app = ImageMetadata.from_bytes(read[0x10000:0x200000])
        table = PartitionTable.from_binary(read[tables.AT : tables.AT + tables.BYTES])
    except ValueError:
        return False
    assert [row.offset for row in table if row.name == "ota_0"] == [0x10000]
    assert boot.header.spi_size == _FLASH_SIZES[mb]  # else the bootloader takes partitions for lying beyond the flash
    assert not read[0xD000:0xF000].strip(b"\xff")
    return app.digest.hex() in images.app(name).hex()


@pytest.mark.slow
@CHIPS
def test_a_blank_chip_is_erased_and_then_has_our_table_and_micropython(name, mb, downloads):
    made = Flash(mb)
    made.data[-100:] = bytes(100)  # what somebody left there
    with FakeChip(name, mb, made) as fake:
        result = flash(fake, downloads)
    assert result.exit_code == 0, result.output
    assert "MicroPython v1.29.0 is on the board" in result.output and "erased first" in result.output
    assert starts(made, name, mb) and not made.data[-100:].strip(b"\xff")


@pytest.mark.slow
@CHIPS
def test_with_our_table_there_only_micropython_is_new(name, mb, downloads):
    made = used(name, mb)
    before = kept(made, mb)
    with FakeChip(name, mb, made) as fake:
        result = flash(fake, downloads)
    assert result.exit_code == 0, result.output
    assert starts(made, name, mb) and kept(made, mb) == before and "erase_all" not in fake.requests


def test_another_table_is_left_alone_without_erase(downloads):
    made = Flash(4)
    made.data[tables.AT : tables.AT + len(images.STOCK)] = images.STOCK
    before = bytes(made.data)
    with FakeChip("esp32", 4, made) as fake:
        refused = flash(fake, downloads)
        assert refused.exit_code == 2 and bytes(made.data) == before
        assert "another partition table (nvs, phy_init, factory)" in refused.stderr and "ERASE=1" in refused.stderr
        assert flash(fake, downloads, "--erase").exit_code == 0
    assert starts(made, "esp32", 4)


def test_what_is_no_table_is_left_alone_without_erase(downloads):
    made = Flash(4)
    made.data[tables.AT + 5] = 0
    with FakeChip("esp32", 4, made) as fake:
        refused = flash(fake, downloads)
    assert refused.exit_code == 2 and "something that is no partition table" in refused.stderr


def test_an_image_for_another_chip_changes_nothing(downloads):
    with FakeChip("esp32s3", 16, used("esp32s3", 16)) as fake:
        before = bytes(fake.flash.data)
        fake.name = "esp32"
        words = ["--port", fake.port, "--image", str(downloads / "esp32")]
        fake.name = "esp32s3"
        refused = CliRunner().invoke(cli, words, catch_exceptions=False)
    assert refused.exit_code == 2 and "the image is for esp32, and the board has esp32s3. Nothing was changed" in refused.stderr
    assert bytes(fake.flash.data) == before


def test_a_board_of_another_chip_is_said_before_the_port_is_opened(downloads):
    words = ["--image", str(downloads / "esp32"), "--port", "/dev/no-such-port"]
    refused = CliRunner().invoke(cli, [*words, "--board", "kc868-a2v3"])
    assert refused.exit_code == 2 and "the image is for esp32, and kc868-a2v3 has esp32s3" in refused.stderr
    refused = CliRunner().invoke(cli, [*words, "--board", "kc868"])
    assert refused.exit_code == 2 and "there is no board kc868, only devkit, devkit-s3, kc868-a2, kc868-a2v3, olimex-esp32-evb, waveshare" in refused.stderr


def test_a_port_that_is_none_is_one_line(downloads):
    with FakeChip("esp32", 4) as fake:
        refused = flash(fake, downloads, port="/dev/no-such-port")
    assert refused.exit_code == 2 and refused.stderr.count("\n") == 1
    assert "cannot be opened" in refused.stderr and "Ports of this machine" in refused.stderr


def test_a_chip_that_does_not_answer_is_said(downloads):
    with FakeChip("esp32", 4) as fake:
        fake._take = lambda frame: None
        refused = flash(fake, downloads)
    assert refused.exit_code == 2 and "no ESP32 answers there. Hold BOOT" in refused.stderr


def test_a_micropython_without_rom_file_systems_is_flashed_and_said(downloads, tmp_path):
    plain = images.image("esp32", images.described() + b"VfsLfs2\0")
    (tmp_path / "esp32").write_bytes(images.download("esp32", application=plain))
    with FakeChip("esp32", 4) as fake:
        result = flash(fake, tmp_path)
    assert result.exit_code == 0 and "enough for a board with PSRAM, and for no other" in result.output


def _length(name, mb, downloads):
    """How many bytes go to a chip in a whole run."""
    with FakeChip(name, mb, used(name, mb)) as fake:
        assert flash(fake, downloads).exit_code == 0
        return fake.carried


def _survives(name, mb, downloads, cuts):
    """Pull the cable at each point: what is kept stays, and doing it again ends well. Returns how often it started in between."""
    length, started = _length(name, mb, downloads), 0
    for place in cuts:
        made = used(name, mb)
        before = kept(made, mb)
        with FakeChip(name, mb, made) as fake:
            fake.cut = int(place * length)
            result = flash(fake, downloads)
        assert result.exit_code == 2 and result.stderr.startswith("flash: "), result.output
        assert kept(made, mb) == before
        started += starts(made, name, mb)
        with FakeChip(name, mb, made) as fake:
            assert flash(fake, downloads).exit_code == 0
        assert starts(made, name, mb) and kept(made, mb) == before
    return started


@pytest.mark.slow  # each time esptool waits some seconds for the chip to come back
@pytest.mark.parametrize(("name", "mb", "cuts"), [("esp32", 4, (0.05, 0.3, 0.8)), ("esp32s3", 16, (0.4, 0.6, 0.99))])
def test_a_cable_pulled_at_any_moment_loses_nothing_and_the_same_again_ends_well(name, mb, cuts, downloads):
    assert _survives(name, mb, downloads, cuts) < len(cuts)


@pytest.mark.slow
def test_a_first_flashing_broken_off_at_any_moment_is_done_by_the_same_command(downloads):
    draw = random.Random(8)
    for _ in range(3):
        made = Flash(4)
        with FakeChip("esp32", 4, made) as fake:
            fake.cut = int(draw.random() * 60_000)
            flash(fake, downloads)
        with FakeChip("esp32", 4, made) as fake:
            assert flash(fake, downloads).exit_code == 0
        assert starts(made, "esp32", 4)


SMALL = image.take_apart(images.download("esp32"))


@pytest.mark.parametrize(("mb", "expected"), [(4, 4), (8, 8), (16, 16), (32, 16), (6, 4)])
def test_the_largest_table_that_fits_is_taken(mb, expected):
    assert flashing.table_for(mb * MB) is TABLES[expected * MB]


@pytest.mark.parametrize(
    ("changed", "chip", "complaint"),
    [
        ({"app": bytes(0x1F0001)}, Chip("esp32", 4 * MB), "of 2,031,617 bytes, and a flash of 4 MB has 2,031,616 for it"),
        ({}, Chip("esp32", 2 * MB), "a flash of 2 MB is too small: 4 MB is the least"),
        ({}, Chip("esp32s3", 4 * MB), "the image is for esp32, and the board has esp32s3"),
    ],
)
def test_what_does_not_fit_is_refused_whatever_may_be_erased(changed, chip, complaint):
    with pytest.raises(Problem, match=complaint):
        flashing.plan(SMALL._replace(**changed), chip, b"\xff" * tables.BYTES, may_erase=True)


def test_a_micropython_that_just_fits_is_taken():
    assert flashing.plan(SMALL._replace(app=bytes(0x1F0000)), Chip("esp32", 4 * MB), b"\xff", False).is_erased
