"""What somebody downloaded: taken apart, or refused with the reason."""

import subprocess
import sys

import pytest
from esp_idf_defs import ImageMetadata

from tests.flash import images
from tests.flash.images import CHIP_IDS, app, bootloader, described, download, image
from tools.deploy.problem import Problem
from tools.flash import image as reader
from tools.flash import tables

CHIPS = pytest.mark.parametrize("chip", ["esp32", "esp32s3"])


@CHIPS
def test_a_download_is_taken_apart(chip):
    found = reader.take_apart(download(chip))
    assert found == (chip, "v1.29.0", bootloader(chip), app(chip), True)


@CHIPS
def test_the_images_of_these_tests_are_what_others_take_for_whole(chip, tmp_path):
    for whole in (bootloader(chip), app(chip)):
        read = ImageMetadata.from_bytes(whole)
        assert read.header.chip_id == CHIP_IDS[chip]
        (tmp_path / "image.bin").write_bytes(whole)
        command = [sys.executable, "-m", "esptool", "image-info", str(tmp_path / "image.bin")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0 and done.stdout.count("(valid)") == 2, done.stdout


def test_an_application_without_a_hash_is_taken_by_its_checksum():
    assert reader.take_apart(download("esp32s3", application=PLAIN)).app == PLAIN


def test_a_micropython_without_rom_file_systems_is_told_from_one_with_them():
    plain = image("esp32", described() + b"VfsLfs2\0")
    assert not reader.take_apart(download("esp32", application=plain)).has_rom


S3 = download("esp32s3")
PLAIN = image("esp32s3", described(), is_hashed=False)
BAD = [
    (b"", "this is no image for an ESP32"),
    (b"<!DOCTYPE html><html>404", "this is no image for an ESP32"),
    (b"UF2\n" + bytes(508), r"this is a \.uf2"),
    (app("esp32s3"), r"an application alone \(\.app-bin\)"),
    (app("esp32c3"), r"an application alone"),
    (download("esp32c3"), "this is for esp32c3; boards here have esp32 or esp32s3"),
    (bootloader("esp32s3"), "no partition table in it"),
    (download("esp32s3", table=tables.encode(images._STOCK[:2])), "no partition table in it"),
    (download("esp32s3", table=images.STOCK[:20] + b"\1" + images.STOCK[21:]), "no partition table in it"),
    (download("esp32s3", application=app("esp32s3", project="blink")), "its application is blink, and no MicroPython"),
    (download("esp32s3", application=image("esp32s3", bytes(400))), "its application is something unknown"),
    (S3[:-1], "its application is damaged or cut short"),
    (S3[:-40], "its application is damaged or cut short"),
    (S3[:0x10010], "its application is damaged or cut short"),
    (S3[:0x10100] + b"\x55" + S3[0x10101:], "its application is damaged or cut short"),
    (download("esp32s3", application=PLAIN[:-1] + bytes([PLAIN[-1] ^ 1])), "its application is damaged or cut short"),
    (S3[:0x100] + b"\x55" + S3[0x101:], "its bootloader is damaged or cut short"),
]


@pytest.mark.parametrize(("data", "complaint"), BAD, ids=[f"{number}: {row[1]}" for number, row in enumerate(BAD)])
def test_anything_else_is_refused_with_the_reason(data, complaint):
    with pytest.raises(Problem, match=complaint):
        reader.take_apart(data)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(Problem, match=r"no\.bin: cannot be read: No such file"):
        reader.read(tmp_path / "no.bin")
    (tmp_path / "x.bin").write_bytes(b"x")
    with pytest.raises(Problem, match=r"x\.bin: this is no image"):
        reader.read(tmp_path / "x.bin")
