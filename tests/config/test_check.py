"""What a board cannot read is refused before it is in force: whoever signed it may have another version of the firmware."""

# Compiling import within import takes more stack than a 32-bit MicroPython has: the inner parts come first.
from firmware.wire import packed_words, packed_fields, packed, storable, messages  # noqa: F401, I001
from firmware.config.check import Check
from firmware.wire.part import Part
from firmware.wire.part_pages import settings_pages
from tests.config.desk import Console, Fetcher, changed
from tests.core.parts import keys, paged, settings, tables


def fault(a_part):
    """Fetch a part; returns why it was refused, or None."""
    board = Fetcher()
    board.fetch(Console(a_part))
    assert board.restarts == (not board.refused) and (board.files.size("current") is None) == bool(board.refused)
    board.start()
    assert board.part.settings["version"] == (1 if board.refused else 2)
    return board.refused[0][2] if board.refused else None


def test_a_right_one_is_read_to_its_end():
    assert fault(changed(2)) is None
    assert fault(changed(2, tuple([0] * 700))) is None
    assert fault(changed(2, (0,), doors={}, readers={}, areas={}, links=[])) is None


def test_each_section_without_which_no_controller_starts_is_missed():
    for name in sorted(settings()):
        made = settings()
        made.pop(name)
        check = read(settings_pages(made))
        read(paged(keys("c1")), "keys", check)
        assert check.end() == "settings without a right '%s'" % name
    for name in ("doors", "areas", "zone", "salt", "home_assistant"):
        assert fault(changed(2, **{name: 5})) == "settings without a right '%s'" % name


def test_what_is_for_another_site_controller_or_version_is_refused_though_its_manifest_says_otherwise():
    for field, value in (("site", "elsewhere"), ("controller", "c2")):
        assert fault(changed(2, **{field: value})) == "it says %s %s" % (field, value)
    board = Fetcher()
    board.fetch(Console(changed(2), version=3))
    assert not board.restarts
    board = Fetcher()
    lying = Console(changed(2), version=3)
    lying.version = 3
    board.fetch(lying)
    assert board.refused[0][2] == "it says version 2"


def read(pages, table="settings", check=None):
    check = check or Check(settings(), 1)
    for number, page in enumerate(pages):
        blocks = [page[at : at + 7] for at in range(0, len(page), 7)]
        check.page(table, number == len(pages) - 1, iter(blocks))
    return check


def test_settings_that_are_none_are_refused():
    right = settings_pages(settings())[0]
    assert read([right]).fault is None
    for line in (b"{", b"5", b"null", b"[]", b'["a","b"]', b'["","a",5', b"\xff", b'[5,"a",1]', b'["",5,1]', b'["","doors",5]'):
        assert read([right + line + b"\n"]).fault is not None, line
    assert read([right + b'["","more",5]']).fault == "settings end in the middle of a line"
    assert read([b"[" * 4096]).fault is not None


def test_tables_are_whole_records():
    for table, record in (("people", 16), ("ids", 24), ("cards", 12), ("pins", 12), ("keys", 56)):
        full = bytes(4096 - 4096 % record)
        assert read([full, bytes(record)], table).fault is None
        for pages in ([full[:-1]], [full[record:], full], [bytes(1)], [full, bytes(record + 1)]):
            assert read(pages, table).fault == "table '%s' is no table" % table, (table, [len(page) for page in pages])


def test_without_its_keys_a_board_would_never_hear_of_the_next_one():
    for gone in range(5):
        made = tables([0])
        page = made["keys"][0]
        made["keys"] = [page[: gone * 56] + page[gone * 56 + 56 :]]
        is_needed = gone in (0, 4)
        assert fault(Part(settings(version=2), made)) == ("a key is missing" if is_needed else None)
