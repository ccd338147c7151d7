"""Words and event types of packed events. A storage format: append only, never reorder, never remove.

Layout: a word's code is its place in `_WORDS`: the first 64 are one byte as values, the first 128 one byte as keys.
A type's code is its place in `_TYPES`, counted from 1; 0 is any other type. After its name come the fields that it
usually has and, behind `-`, those it sometimes has; `no` is kept in the head. Any other field is spelled with its key.
A board leaves both constants in the flash: a text is cut out of them when it is needed.
"""

from array import array

from firmware.const import const

_WORDS = (
    # Values.
    b" in out off soft deny hard double_entrance double_exit exit_without_entrance skipped_entrance in_violation area_full"
    b" needs_companion isolated bad_read unknown_credential inactive lockdown no_access outside_schedule bad_pin interlock"
    b" access rex operator schedule emergency time silenced expiry healed reset late_event settings removed moved"
    b" unknown never either entrance entry grant enforce keep always fire tamper mains battery other site_admin"
    b" site_manager viewer power_on power watchdog software brown_out length parity facts notes site update"
    # Keys.
    b" area door reader user card judge after violates reason areas because confirmed unverified exempt pardoned at since"
    b" expires ends of kind mode late by nonce presence why peer input output source sources doors controllers"
    b" configuration version reset_cause boot up_ms was offset entrances exits anti_passback after_emergency capacity"
    b" confirm_grants confirm_ms exempt_groups first_use minimum moves_on parent presence_timeout_s reset_at"
    b" violation_timeout_s when_isolated count lost egress"
    # Both, of two bytes.
    b" type controller inc stream seq stamp at_ms err_ms no fault credential action error rows origin from to"
    b" office_hours holidays readers users groups inc_ms clear move pass set unlock silence release retire restore"
    b" duplicate staff security visitor main "
)

_TYPES = (
    b"\naccess.granted user door reader card judge after - violates confirmed unverified pardoned exempt"
    b"\naccess.denied user door reader card reason - judge after areas because violates confirmed unverified count"
    b"\naccess.entered user door reader - lost"
    b"\naccess.not_used user door reader - lost"
    b"\napb.violation user area reader kind mode of - late"
    b"\napb.suspected user area reader kind mode of late"
    b"\napb.cleared user area by of - operator reason nonce"
    b"\napb.reset area by operator reason nonce"
    b"\napb.moved user area presence by operator reason nonce"
    b"\napb.passed user area by operator reason nonce"
    b"\napb.unjudged user area of"
    b"\narea.set area settings - configuration operator reason nonce"
    b"\nclock.set boot offset"
    b"\ndoor.unlocked door why - operator reason nonce"
    b"\ndoor.locked door why - operator reason nonce"
    b"\ndoor.opened door"
    b"\ndoor.closed door"
    b"\ndoor.forced door egress"
    b"\ndoor.held door"
    b"\ndoor.restored door"
    b"\nrex.pressed door"
    b"\nrex.released door"
    b"\ninput.on input kind"
    b"\ninput.off input kind"
    b"\noutput.on output why - operator reason nonce"
    b"\noutput.off output why - operator reason nonce"
    b"\nemergency.started source sources - operator reason nonce"
    b"\nemergency.ended ends source sources - operator reason nonce"
    b"\nlockdown.started doors operator reason nonce"
    b"\nlockdown.ended doors operator reason nonce"
    b"\ncontroller.retired peer operator reason nonce"
    b"\ncontroller.restored peer operator reason nonce"
    b"\narea.isolated area controllers"
    b"\narea.joined area controllers"
    b"\nreader.offline reader"
    b"\nreader.online reader"
    b"\nreader.tamper reader"
    b"\nreader.paired reader"
    b"\nkeypad.locked reader"
    b"\ncontroller.started version reset_cause configuration"
    b"\ncontroller.offline peer"
    b"\ncontroller.online peer"
    b"\ncontroller.duplicate peer"
    b"\nconfig.applied version - reason"
    b"\nconfig.refused version reason"
    b"\nupdate.staged version - reason"
    b"\nupdate.confirmed version - reason"
    b"\nupdate.rolled_back version - reason"
    b"\nclock.error peer error"
    b"\ncommand.refused operator action reason - count"
    b"\ntable.repaired area rows"
    b"\nlog.lost origin of from to"
    b"\nupdate.paused version\n"
)

STREAMS = ("site", "facts", "notes")
# Values of these fields are seldom seen twice: they are spelled where they stand. None but the last two are words.
ONCE = ("user", "nonce", "credential", "reason", "error")
OFTEN_WORDS = ("reason", "error")
NO_KIND = (0, "", (), ())
_KINDS_MAX = const(12)  # types at hand in RAM
_STEP = const(8)  # from one entry whose place is known to the next: all places would take half a kilobyte of a board's heap


def _starts(table: bytes, mark: bytes) -> array:
    """Return where every eighth entry begins, each after a mark."""
    starts, at, index = array("H"), table.find(mark), 0
    while at >= 0:
        if index % _STEP == 0:
            starts.append(at + 1)
        at, index = table.find(mark, at + 1), index + 1
    return starts


WORD_COUNT = _WORDS.count(b" ") - 1
TYPE_COUNT = _TYPES.count(b"\n")  # with 0
_word_starts = _starts(_WORDS, b" ")
_type_starts = _starts(_TYPES, b"\n")
_kinds = {}  # code and name -> kind, of those met lately


def word(code: int) -> str:
    """Return a word.

    Raises: IndexError.
    """
    if code >= WORD_COUNT:
        raise IndexError
    return _entry(_WORDS, b" ", _word_starts, code)


def code_of_word(text: str) -> int | None:
    at = -1 if " " in text else _WORDS.find(b" " + text.encode() + b" ")
    return None if at < 0 else _WORDS.count(b" ", 0, at)


def kind(code: int) -> tuple:
    """Return (code, name, fields that are usually there, fields that sometimes are) of a type.

    Raises: IndexError.
    """
    found = _kinds.get(code) if code else NO_KIND
    if found is None:
        found = _read_kind(code)
        if len(_kinds) >= 2 * _KINDS_MAX:
            _kinds.clear()
        _kinds[code] = _kinds[found[1]] = found
    return found


def kind_of(name: str) -> tuple | None:
    """Return the same by name; None where the table has no such type."""
    found = _kinds.get(name)
    if found is None:
        code = code_of_type(name)
        found = kind(code) if code else None
    return found


def code_of_type(name: str) -> int:
    """Return 0 where the table has no such type."""
    at = -1 if " " in name or "\n" in name else _TYPES.find(b"\n" + name.encode() + b" ")
    return 0 if at < 0 else _TYPES.count(b"\n", 0, at) + 1


def _read_kind(code: int) -> tuple:
    if code >= TYPE_COUNT:
        raise IndexError
    usual, _, seldom = _entry(_TYPES, b"\n", _type_starts, code - 1).partition(" -")
    usual = usual.split()
    return (code, usual[0], tuple(usual[1:]), tuple(seldom.split()))


def _entry(table: bytes, mark: bytes, starts: array, index: int) -> str:
    at = starts[index // _STEP]
    for _ in range(index % _STEP):
        at = table.find(mark, at) + 1
    return str(table[at : table.find(mark, at)], "utf-8")
