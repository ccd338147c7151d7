"""Cards, PINs and people looked up in pages, as bytes and as views of bytes."""

import hashlib
import struct

from firmware.core.credentials import People, Table, card_key, pin_key

SALT = bytes(range(16))
ANY, NO_END = 0xFFFF, 0xFFFFFFFF
SETS = [[], ["staff"], ["security", "staff"]]


def paged(records, size):
    """Whole records per page of at most 4096 bytes."""
    step = 4096 // size
    return [b"".join(records[start : start + step]) for start in range(0, len(records), step)]


def entry(key, person, index=0):
    """One record of a table sorted by key."""
    return struct.pack("<8sHBB", key, person, index, 0)


def tables(people, ids, cards, pins=()):
    """people: 5-tuples, ids: str, cards: (text, person, index), pins: (digits, person)."""
    return {
        "people": paged([struct.pack("<BHIIH", *row) + bytes(3) for row in people], 16),
        "ids": paged([id.encode() + bytes(24 - len(id)) for id in ids], 24),
        "cards": paged(sorted([entry(card_key(SALT, text), person, index) for text, person, index in cards]), 12),
        "pins": paged(sorted([entry(pin_key(SALT, digits), person) for digits, person in pins]), 12),
    }


def small():
    return tables(
        people=((3, 1, 0, NO_END, ANY), (15, 2, 1000, 2000, 5), (0, 0, 0, 0, 0), (1, 0, 0, NO_END, 0)),
        ids=("kim", "lee", "", "a-name_of-24-characters0"),
        cards=(("H10301:12:3456", 0, 1), ("RAW:34:0123456789", 0, 2), ("C1000-35:1200:70001", 1, 1)),
        pins=(("2468", 1), ("2468", 0), ("0", 3)),
    )


def both():
    """The same people over pages of bytes and over views of flash."""
    made = small()
    views = {name: [memoryview(page) for page in pages] for name, pages in made.items()}
    return [People(made, SALT, SETS), People(views, SALT, SETS)]


def test_a_card_names_its_person_and_which_card_it_is():
    for people in both():
        assert people.find_card("H10301:12:3456") == (0, 1)
        assert people.find_card("RAW:34:0123456789") == (0, 2)
        assert people.find_card("C1000-35:1200:70001") == (1, 1)


def test_an_unknown_card_is_nobodys():
    for people in both():
        for text in ("H10301:12:3457", "", "2468", "h10301:12:3456", "H10301:12:3456 "):
            assert people.find_card(text) is None


def test_a_pin_names_everybody_who_has_it():
    for people in both():
        assert sorted(people.find_pin("2468")) == [0, 1]
        assert people.find_pin("0") == [3]
        for digits in ("", "246", "24680", "00"):
            assert people.find_pin(digits) == []


def test_a_person_is_read_as_written():
    for people in both():
        kim, lee = people.person(0), people.person(1)
        assert (kim.no, kim.groups) == (0, ["staff"])
        assert (kim.is_active, kim.is_extended, kim.has_pin) == (True, False, False)
        assert (kim.valid_from_s, kim.valid_until_s, kim.uses) == (0, None, None)
        assert (lee.no, lee.groups) == (1, ["security", "staff"])
        assert (lee.is_active, lee.is_extended, lee.has_pin) == (True, True, True)
        assert (lee.valid_from_s, lee.valid_until_s, lee.uses) == (1000, 2000, 5)
        assert not people.person(3).is_active and people.person(3).uses == 0


def test_a_number_without_a_person_is_nobody():
    for people in both():
        for no in (2, 4, -1, 70000):
            assert people.person(no) is None


def test_ids_and_numbers_agree():
    for people in both():
        for no, id in ((0, "kim"), (1, "lee"), (3, "a-name_of-24-characters0")):
            assert people.id_of(no) == id and people.number_of(id) == no
        for id in ("", "ki", "kimm", "a-name_of-24-characters", "a-name_of-24-characters01"):
            assert people.number_of(id) is None


def test_a_site_without_people_finds_nobody():
    people = People({"people": [], "ids": [], "cards": [], "pins": []}, SALT, [])
    assert people.find_card("H10301:1:1") is None and people.find_pin("1") == []
    assert people.person(0) is None and people.number_of("kim") is None


def test_keys_are_salted_and_tell_cards_from_pins():
    assert card_key(SALT, "1") != card_key(bytes(16), "1") and pin_key(SALT, "1") != pin_key(bytes(16), "1")
    assert card_key(SALT, "H10301:118:1603") == hashlib.sha256(SALT + b"card:H10301:118:1603").digest()[:8]
    digest = hashlib.sha256(SALT + b"pin:2468").digest()
    for _ in range(200):
        digest = hashlib.sha256(digest + SALT).digest()
    assert pin_key(SALT, "2468") == digest[:8]


def test_every_place_of_a_sorted_table_is_found():
    # Sizes around the ends of pages: a page holds 341 records.
    for count in (1, 2, 340, 341, 342, 682, 683):
        made = Table(paged([entry(odd_key(place), place) for place in range(count)], 12), 12)
        assert len(made) == count
        for place in (0, 1 % count, count // 2, min(340, count - 1), count - 1):
            assert made.first_from(odd_key(place)) == place
            assert persons(made.with_key(odd_key(place))) == [place]
            assert made.with_key(struct.pack(">Q", 2 * place)) == []
        assert made.first_from(b"\xff" * 8) == count


def test_equal_keys_over_a_page_boundary_are_all_found():
    before, after = [entry(b"a" * 8, 7)] * 339, [entry(b"c" * 8, 9)] * 3
    made = Table(paged(before + [entry(b"b" * 8, person) for person in range(5)] + after, 12), 12)
    assert persons(made.with_key(b"b" * 8)) == [0, 1, 2, 3, 4]


def test_two_thousand_cards_are_found():
    records = [entry(card_key(SALT, "H10301:1:%d" % no), no, 1) for no in range(2000)]
    records.sort()
    people = People({"people": [], "ids": [], "cards": paged(records, 12), "pins": []}, SALT, SETS)
    for no in list(range(0, 2000, 97)) + [340, 341, 1999]:
        assert people.find_card("H10301:1:%d" % no) == (no, 1)
    assert people.find_card("H10301:1:2000") is None


def test_two_thousand_people_are_found():
    rows = [struct.pack("<BHIIH", 3, no % 3, 0, NO_END, no) + bytes(3) for no in range(256)]
    people = [b"".join(rows)] * 7 + [b"".join(rows[:208])]
    ids = paged([b"person-%04d" % no + bytes(13) for no in range(2000)], 24)
    made = People({"people": people, "ids": ids, "cards": [], "pins": []}, SALT, SETS)
    for no in (0, 169, 170, 255, 256, 1791, 1792, 1999):
        assert made.id_of(no) == "person-%04d" % no and made.person(no).uses == no % 256
        assert made.number_of(made.id_of(no)) == no
    assert made.person(2000) is None and made.number_of("person-2000") is None


def odd_key(place):
    return struct.pack(">Q", 2 * place + 1)


def persons(records):
    return [struct.unpack_from("<H", record, 8)[0] for record in records]
