"""Keys of readers in files: what was put is there, what is damaged is not, and a power cut leaves the old ones or the new ones."""

from firmware.hal.keyring import Keyring
from firmware.hal.nor import PowerCut
from firmware.hal.ram_files import RamFiles

KEY, OTHER = bytes(range(16)), bytes(range(50, 66))
WHO = b"whoever it is."


def test_what_was_put_is_there_and_what_was_not_is_none():
    files = RamFiles()
    ring = Keyring(files)
    assert ring.get("in") is None
    for record in ((KEY, OTHER, WHO), (KEY, None, WHO), (KEY, None, None), (None, None, None)):
        assert ring.put("in", *record)
        assert Keyring(files).get("in") == record
        assert ring.get("out") is None
    assert list(files.names()) == ["in.key"]


def test_a_file_that_is_damaged_holds_no_key():
    files = RamFiles()
    Keyring(files).put("in", KEY, None, WHO)
    whole = files.read("in.key", 0, 100)
    for place in range(len(whole)):
        for data in (whole[:place], whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :]):
            files.write("in.key", [data])
            assert Keyring(files).get("in") is None
    files.write("in.key", [whole + b"x"])
    assert Keyring(files).get("in") is None


def test_a_power_cut_leaves_the_old_keys_or_the_new_ones():
    for cut in (1, 2):
        for torn in (0, 500, 1000):
            files = RamFiles()
            ring = Keyring(files)
            ring.put("in", KEY)
            files.cut_at, files.torn = files.operations + cut, torn
            try:
                ring.put("in", OTHER, KEY, WHO)
            except PowerCut:
                files.restore()
            is_new = (cut, torn) == (2, 1000)
            assert ring.get("in") == ((OTHER, KEY, WHO) if is_new else (KEY, None, None)), (cut, torn)
            assert ring.put("in", OTHER) and ring.get("in") == (OTHER, None, None)


def test_where_there_is_no_room_nothing_changes():
    files = RamFiles(60)
    ring = Keyring(files)
    assert ring.put("in", KEY)
    assert not ring.put("in", OTHER, KEY, WHO) and ring.get("in") == (KEY, None, None)
