"""Who presented what: cards, PINs and people, looked up in the pages of the configuration.

Pages stay where they are (heap or flash): a lookup copies single records, so its memory does not grow with the site.
Cards and PINs are there as salted hashes only.
Layout: all records little-endian, whole records per page, every page but the last one full.
    people  flags, group set, valid_from_s, valid_until_s, uses (u8, u16, u32, u32, u16); the index is the person's number
    ids     ASCII padded with zeros, by the person's number
    cards   key, person (u16), which of the person's cards (u8); sorted by key
    pins    key, person; sorted by key
"""

import hashlib

from firmware.const import const

_PAGE_BYTES = const(4096)
_PERSON_BYTES = const(16)
_ID_BYTES = const(24)
_KEYED_BYTES = const(12)
_KEY_BYTES = const(8)
_PIECE_BYTES = const(144)  # of whole records of both kinds: where pages lie in files each costs a read, and no heap has long ones
_GUESSES = const(8)
_PIN_ROUNDS = const(200)

_EXISTS = const(1)
_ACTIVE = const(2)
_EXTENDED = const(4)
_HAS_PIN = const(8)
_NO_END = const(0xFFFFFFFF)
_ANY_NUMBER = const(0xFFFF)


class Person:
    """What the configuration says of one person. valid_until_s and uses are None where there is no limit."""

    def __init__(self, no: int, flags: int, groups: list, valid_from_s: int, valid_until_s: int, uses: int):
        self.no = no
        self.is_active = (flags & _ACTIVE) != 0
        self.is_extended = (flags & _EXTENDED) != 0
        self.has_pin = (flags & _HAS_PIN) != 0
        self.groups = groups
        self.valid_from_s = valid_from_s
        self.valid_until_s = None if valid_until_s == _NO_END else valid_until_s
        self.uses = None if uses == _ANY_NUMBER else uses


class Table:
    """Fixed records over a sequence of pages (bytes or memoryview)."""

    def __init__(self, pages, record_bytes: int):
        self.pages = pages
        self.record_bytes = record_bytes
        self.per_page = _PAGE_BYTES // record_bytes
        last = len(pages) - 1
        self.count = last * self.per_page + len(pages[last]) // record_bytes if pages else 0

    def __len__(self) -> int:
        return self.count

    def record(self, index: int) -> bytes:
        page = self.pages[index // self.per_page]
        start = index % self.per_page * self.record_bytes
        return bytes(page[start : start + self.record_bytes])

    def first_from(self, key: bytes) -> int:
        """The index of the first record whose key is not below this one."""
        pages, per_page, record_bytes, guesses = self.pages, self.per_page, self.record_bytes, _GUESSES
        low, high, start = 0, self.count, key[0] << 8 | key[1]
        least, most = 0, 0x10000  # two bytes of the keys below `low`, and from `high` on
        while low < high:
            middle = (low + high) // 2
            if guesses and least < most:
                # Keys are hashes: one lies about where it says. If they are none, halving finds them, too.
                middle = low + (high - low - 1) * (start - least) // (most - least)
                guesses -= 1
            page, at = pages[middle // per_page], middle % per_page * record_bytes
            # Two bytes tell most keys apart; a slice would take heap at each step.
            found = page[at] << 8 | page[at + 1]
            if found < start or (found == start and bytes(page[at : at + _KEY_BYTES]) < key):
                low, least = middle + 1, found
            else:
                high, most = middle, found
        return low

    def with_key(self, key: bytes) -> list:
        """All records of one key."""
        found = []
        for index in range(self.first_from(key), self.count):
            record = self.record(index)
            if record[:_KEY_BYTES] != key:
                break
            found.append(record)
        return found


class People:
    """All people of the site, as one controller's configuration holds them."""

    def __init__(self, tables: dict, salt: bytes, group_sets: list):
        self.people = Table(tables["people"], _PERSON_BYTES)
        self.ids = Table(tables["ids"], _ID_BYTES)
        self.cards = Table(tables["cards"], _KEYED_BYTES)
        self.pins = Table(tables["pins"], _KEYED_BYTES)
        self.salt = salt
        self.group_sets = group_sets

    def find_card(self, text: str) -> tuple | None:
        """(person, which of the person's cards) of a card such as "H10301:118:1603"."""
        key, cards = card_key(self.salt, text), self.cards
        index = cards.first_from(key)
        record = cards.record(index) if index < cards.count else b""
        return (record[8] | record[9] << 8, record[10]) if record[:_KEY_BYTES] == key else None

    def find_pin(self, digits: str) -> list:
        """Everybody with this PIN: several people may share one where a card comes first."""
        found = self.pins.with_key(pin_key(self.salt, digits))
        return [record[8] | record[9] << 8 for record in found]

    def missing(self, end: int):
        """Yield the numbers below `end` of those who are not, or no longer, in the site."""
        for no, record in _records(self.people):
            if no < end and not record[0] & _EXISTS:
                yield no
        for no in range(self.people.count, end):
            yield no

    def person(self, no: int) -> Person | None:
        if not 0 <= no < self.people.count:
            return None
        row = self.people.record(no)  # struct.unpack_from takes longer than all that follows
        if not row[0] & _EXISTS:
            return None
        groups, uses = self.group_sets[row[1] | row[2] << 8], row[11] | row[12] << 8
        from_s, until_s = int.from_bytes(row[3:7], "little"), int.from_bytes(row[7:11], "little")
        return Person(no, row[0], groups, from_s, until_s, uses)

    def id_of(self, no: int) -> str:
        """The id of a person; of one who is no longer in the site, the number."""
        text = self.ids.record(no).rstrip(b"\0").decode() if 0 <= no < self.ids.count else ""
        return text or str(no)

    def number_of(self, id: str) -> int | None:
        """The number of a person. Reads every id: for commands, not for badges."""
        wanted = id.encode()
        wanted += bytes(_ID_BYTES - len(wanted)) if 0 < len(wanted) <= _ID_BYTES else b""
        for no, record in _records(self.ids):
            if record == wanted:
                return no
        return None


def _records(table: Table):
    """Yield (index, record) of all."""
    for number in range(len(table.pages)):
        page, index = table.pages[number], number * table.per_page
        for start in range(0, len(page), _PIECE_BYTES):
            piece = bytes(page[start : start + _PIECE_BYTES])
            for at in range(0, len(piece), table.record_bytes):
                yield index, piece[at : at + table.record_bytes]
                index += 1


def people_count(tables: dict) -> int:
    """Return a number above that of everybody in the tables of a site."""
    return len(Table(tables["people"], _PERSON_BYTES))


def card_key(salt: bytes, text: str) -> bytes:
    """The key under which a card is kept: 8 bytes."""
    return hashlib.sha256(salt + b"card:" + text.encode()).digest()[:_KEY_BYTES]


def pin_key(salt: bytes, digits: str) -> bytes:
    """The key under which a PIN is kept: 8 bytes, stretched because PINs are short."""
    digest = hashlib.sha256(salt + b"pin:" + digits.encode()).digest()
    for _ in range(_PIN_ROUNDS):
        digest = hashlib.sha256(digest + salt).digest()
    return digest[:_KEY_BYTES]
