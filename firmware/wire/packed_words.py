"""Words and event types of packed events. A storage format: append only, never reorder, never remove.

Layout: a word's code is its place in `WORDS`: the first 64 are one byte as values, the first 128 one byte as keys.
A type's code is its place in `_TYPES`, counted from 1; 0 is any other type. Of its fields the first group is
there usually, the second sometimes; `no` is kept in the head. Fields of neither group are spelled with their keys.
"""

WORDS = (
    # Values.
    "in out off soft deny hard double_entrance double_exit exit_without_entrance skipped_entrance in_violation area_full"
    " needs_companion isolated bad_read unknown_credential inactive lockdown no_access outside_schedule bad_pin interlock"
    " access rex operator schedule emergency time silenced expiry healed reset late_event settings removed moved"
    " unknown never either entrance entry grant enforce keep always fire tamper mains battery other site_admin"
    " site_manager viewer power_on power watchdog software brown_out length parity facts notes site update"
    # Keys.
    " area door reader user card judge after violates reason areas because confirmed unverified exempt pardoned at since"
    " expires ends of kind mode late by nonce presence why peer input output source sources doors controllers"
    " configuration version reset_cause boot up_ms was offset entrances exits anti_passback after_emergency capacity"
    " confirm_grants confirm_ms exempt_groups first_use minimum moves_on parent presence_timeout_s reset_at"
    " violation_timeout_s when_isolated count lost egress"
    # Both, of two bytes.
    " type controller inc stream seq stamp at_ms err_ms no fault credential action error rows origin from to"
    " office_hours holidays readers users groups inc_ms clear move pass set unlock silence release retire restore"
    " duplicate staff security visitor main"
).split()

_TYPES = (
    ("access.granted", "user door reader card judge after", "violates confirmed unverified pardoned exempt"),
    ("access.denied", "user door reader card reason", "judge after areas because violates confirmed unverified count"),
    ("access.entered", "user door reader", "lost"),
    ("access.not_used", "user door reader", "lost"),
    ("apb.violation", "user area reader kind mode of", "late"),
    ("apb.suspected", "user area reader kind mode of late", ""),
    ("apb.cleared", "user area by of", "operator reason nonce"),
    ("apb.reset", "area by operator reason nonce", ""),
    ("apb.moved", "user area presence by operator reason nonce", ""),
    ("apb.passed", "user area by operator reason nonce", ""),
    ("apb.unjudged", "user area of", ""),
    ("area.set", "area settings", "configuration operator reason nonce"),
    ("clock.set", "boot offset", ""),
    ("door.unlocked", "door why", "operator reason nonce"),
    ("door.locked", "door why", "operator reason nonce"),
    ("door.opened", "door", ""),
    ("door.closed", "door", ""),
    ("door.forced", "door egress", ""),
    ("door.held", "door", ""),
    ("door.restored", "door", ""),
    ("rex.pressed", "door", ""),
    ("rex.released", "door", ""),
    ("input.on", "input kind", ""),
    ("input.off", "input kind", ""),
    ("output.on", "output why", "operator reason nonce"),
    ("output.off", "output why", "operator reason nonce"),
    ("emergency.started", "source sources", "operator reason nonce"),
    ("emergency.ended", "ends source sources", "operator reason nonce"),
    ("lockdown.started", "doors operator reason nonce", ""),
    ("lockdown.ended", "doors operator reason nonce", ""),
    ("controller.retired", "peer operator reason nonce", ""),
    ("controller.restored", "peer operator reason nonce", ""),
    ("area.isolated", "area controllers", ""),
    ("area.joined", "area controllers", ""),
    ("reader.offline", "reader", ""),
    ("reader.online", "reader", ""),
    ("reader.tamper", "reader", ""),
    ("reader.paired", "reader", ""),
    ("keypad.locked", "reader", ""),
    ("controller.started", "version reset_cause configuration", ""),
    ("controller.offline", "peer", ""),
    ("controller.online", "peer", ""),
    ("controller.duplicate", "peer", ""),
    ("config.applied", "version", "reason"),
    ("config.refused", "version reason", ""),
    ("update.staged", "version", "reason"),
    ("update.confirmed", "version", "reason"),
    ("update.rolled_back", "version", "reason"),
    ("clock.error", "peer error", ""),
    ("command.refused", "operator action reason", "count"),
    ("table.repaired", "area rows", ""),
    ("log.lost", "origin of from to", ""),
)

STREAMS = ("site", "facts", "notes")
# Values of these fields are seldom seen twice: they are spelled where they stand.
ONCE = ("nonce", "reason", "credential", "error")

TYPES = ("",) + tuple(entry[0] for entry in _TYPES)
USUAL = ((),) + tuple(tuple(entry[1].split()) for entry in _TYPES)
SELDOM = ((),) + tuple(tuple(entry[2].split()) for entry in _TYPES)

CODE_OF_WORD = {}
for _code in range(len(WORDS)):
    CODE_OF_WORD[WORDS[_code]] = _code
CODE_OF_TYPE = {}
for _code in range(1, len(TYPES)):
    CODE_OF_TYPE[TYPES[_code]] = _code
