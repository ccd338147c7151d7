"""The log in flash against a plain list: any order of stores, drops, erases, restarts, power cuts and sectors gone bad."""
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from firmware.hal.flash_log import RECORD_BYTES_MAX, FlashLog
from firmware.hal.nor import PowerCut, small_draw
from tests.hal.chips import SECTOR_BYTES, SECTORS, Story, blank, cut_draw, visible
from tests.hal.test_flash_log_cuts import go_on, tell

KINDS = st.integers(0, 2)
RECORDS = st.binary(min_size=1, max_size=420) | st.integers(1, 60).map(lambda size: b"\xff" * size)
GOOD_SECTORS_MIN = 4


class Life(RuleBasedStateMachine):
    """A chip and the story of what was accepted on it. Each step may lose power; then the next one finds the log mounted."""

    @initialize(seed=st.integers(0, 1 << 29))
    def start(self, seed):
        self.story = Story(blank(draw=small_draw(seed)))

    def run(self, step, *arguments):
        try:
            step(*arguments)
        except PowerCut:
            self.story.remount()

    @rule(after=st.integers(1, 12))
    def lose_power_soon(self, after):
        self.story.nor.cut_at = self.story.nor.operations + after

    @rule(kind=KINDS, record=RECORDS)
    def append(self, kind, record):
        self.run(self.story.append, kind, record)

    @rule(kind=KINDS, records=st.lists(RECORDS, min_size=1, max_size=12))
    def append_many(self, kind, records):
        for record in records:
            self.run(self.story.append, kind, record)

    @rule(kind=KINDS)
    def open(self, kind):
        self.story.open(kind)

    @rule(kind=KINDS, newest=st.booleans())
    def drop(self, kind, newest):
        numbers = self.story.log.sectors(kind)
        if numbers:
            self.run(self.story.drop, numbers[-1 if newest else 0])

    @rule()
    def drop_all(self):
        for kind in range(3):
            for number in self.story.log.sectors(kind):
                self.run(self.story.drop, number)

    @rule(times=st.integers(1, SECTORS))
    def erase_ahead(self, times):
        for _ in range(times):
            self.run(self.story.erase)

    @rule()
    def restart(self):
        self.story.remount()

    @precondition(lambda self: len(self.story.nor.bad) < SECTORS - GOOD_SECTORS_MIN)
    @rule(index=st.integers(0, SECTORS - 1))
    def go_bad(self, index):
        self.story.nor.bad.add(index)

    @invariant()
    def what_was_accepted_is_there(self):
        assert visible(self.story.log) == self.story.kept
        assert set(self.story.log.bad_sectors()) <= self.story.nor.bad
        assert self.story.nor.bad_programs == 0

    def teardown(self):
        if hasattr(self, "story"):
            self.story.remount()
            self.drop_all()
            for number in range(9):
                self.story.store(number % 3, bytes(300))
            self.story.remount()


Life.TestCase.settings = settings(max_examples=300, stateful_step_count=40, deadline=None)
test_a_log_lives_as_a_plain_list = pytest.mark.slow(Life.TestCase)


def images():
    """Chips with a past: stored, then changed here and there, sectors copied over others."""
    story = Story(blank())
    tell(story)
    return story.nor.snapshot(), story.kept


IMAGE, KEPT = images()
PATCHES = st.lists(st.tuples(st.integers(0, len(IMAGE) - 1), st.binary(min_size=1, max_size=80)), max_size=8)
COPIES = st.lists(st.tuples(st.integers(0, SECTORS - 1), st.integers(0, SECTORS - 1)), max_size=4)


@settings(max_examples=500, deadline=None)
@given(PATCHES, COPIES)
def test_any_change_of_an_image_shows_only_what_was_stored(patches, copies):
    image = bytearray(IMAGE)
    for source, target in copies:
        at, to = source * SECTOR_BYTES, target * SECTOR_BYTES
        image[to:to + SECTOR_BYTES] = image[at:at + SECTOR_BYTES]
    for at, patch in patches:
        image[at:at + len(patch)] = patch[:len(image) - at]
    nor = blank()
    nor.load(image)
    log = FlashLog(nor)
    for key, records in visible(log).items():
        assert records == KEPT[key][:len(records)]
    while log.erase_ahead():
        assert nor.erases <= SECTORS
    if log.open(1):
        number, at = log.append(1, b"works")
        assert log.read(number, at) == b"works"


@given(st.lists(st.binary(max_size=SECTOR_BYTES), min_size=SECTORS, max_size=SECTORS))
def test_any_bytes_mount(sectors):
    nor = blank()
    nor.load(b"".join(content.ljust(SECTOR_BYTES, b"\xff") for content in sectors))
    log = FlashLog(nor)
    assert visible(log) == {} and log.erased() == 0
    while log.erase_ahead():
        assert nor.erases <= SECTORS
    assert log.open(1) and log.append(1, bytes(min(log.room(1), RECORD_BYTES_MAX)))


def operations_of_the_story():
    """(operation, what it may leave): each prefix of each program, each blank part of each erase, on both sides."""
    story, sizes = Story(blank()), defaultdict(int)
    before, write = story.nor.operations, story.nor.writeblocks

    def note(block, data, offset):
        write(block, data, offset)
        sizes[story.nor.operations - before] = len(data)

    story.nor.writeblocks = note
    tell(story)
    return [(operation, side, size) for operation in range(1, story.nor.operations - before + 1)
            for side in (0, 1) for size in range((sizes[operation] or SECTOR_BYTES) + 1)
            if side == 0 or sizes[operation] in (0, 1)]


@pytest.mark.slow
def test_a_cut_of_any_size_in_any_operation_loses_nothing():
    cuts = operations_of_the_story()
    assert len(cuts) > 15_000
    for operation, side, size in cuts:
        story = Story(blank())
        story.nor.draw = cut_draw(side, size)
        story.nor.cut_at = story.nor.operations + operation
        with pytest.raises(PowerCut):
            tell(story)
        story.remount()
        if size % 16 == 0:
            go_on(story)
