"""Pages of a part: nothing is lost between settings and pages, and no page is larger than a board can hold."""

from firmware.wire.part import PAGE_BYTES, Part, read_settings
from firmware.wire.part_pages import record_pages, settings_pages


def _round_trip(settings):
    pages = settings_pages(settings)
    assert all(0 < len(page) <= PAGE_BYTES for page in pages)
    assert read_settings(pages) == settings
    return pages


def test_scalars_lists_and_objects_come_back():
    _round_trip({"site": "hq", "version": 7, "on": True, "none": None, "list": [], "empty": {}, "zone": [[0, 3600]]})
    _round_trip({"doors": {"lobby": {"unlock_ms": 5000, "interlock": [], "sensor": True}}, "groups": {"staff": {}}})


def test_no_settings_make_no_pages():
    assert settings_pages({}) == []
    assert read_settings([]) == {}


def test_a_list_longer_than_a_page_comes_in_pieces():
    pages = _round_trip({"controllers": ["controller-%04d" % number for number in range(1000)]})
    assert len(pages) > 4


def test_a_deep_object_longer_than_a_page_comes_in_pieces():
    holidays = {str(20000 + day): [[480, 1110], [1200, 1440]] for day in range(600)}
    spec = {"weekly": [[[0, 1440]]] * 7, "holidays": holidays}
    pages = _round_trip({"schedules": {"office": spec, "other": {"weekly": [[]] * 7, "holidays": {}}}})
    assert len(pages) > 2


def test_many_small_lines_fill_their_pages():
    pages = _round_trip({"operators": {"operator-%d" % number: "viewer" for number in range(500)}})
    assert all(len(page) > PAGE_BYTES - 64 for page in pages[:-1])


def test_pages_hold_whole_lines():
    for page in _round_trip({"numbers": {"reader-%d" % number: number for number in range(700)}}):
        assert page.endswith(b"\n")


def test_pages_may_be_memoryviews():
    pages = [memoryview(page) for page in settings_pages({"site": "hq", "zone": [[0, 0]]})]
    assert read_settings(pages) == {"site": "hq", "zone": [[0, 0]]}


def test_records_never_straddle_pages():
    for size, per_page in ((16, 256), (24, 170), (12, 341)):
        records = [bytes([number % 251]) * size for number in range(per_page * 2 + 3)]
        pages = record_pages(records, size)
        assert [len(page) for page in pages] == [per_page * size, per_page * size, 3 * size]
        assert b"".join(pages) == b"".join(records)
    assert record_pages([], 16) == []


def test_a_part_is_its_settings_and_tables():
    part = Part({"site": "hq"}, {"people": [b"\0" * 16]})
    assert part.settings["site"] == "hq"
    assert part.tables["people"][0] == bytes(16)
