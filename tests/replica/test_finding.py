"""Events are found in a long log by a look at few of its sectors, and as surely as by a look at all of them."""

import random

from firmware.hal.nor import NorRam
from firmware.replica.shelf import FACTS, NOTES
from firmware.wire import packed
from tests.replica.test_log import event, filled, opened

PER_SLICE = 8
OTHERS = ("c2", "c3", "c4")


class Reads:
    """How often a chip is read, from now on."""

    def __init__(self, chip):
        self.count, self._readblocks = 0, chip.readblocks
        chip.readblocks = self._read

    def _read(self, *args):
        self.count += 1
        return self._readblocks(*args)

    def taken(self):
        count, self.count = self.count, 0
        return count


def long_log(chip):
    """3,000 facts of four boards, side by side in 28 sectors; a record takes two reads."""
    log = opened(chip)
    for seq in range(1, 751):
        for name in ("c1",) + OTHERS:
            made = event(seq, name, no=seq % 50)
            assert log.add(made) and log.store(made)
    assert len(log.shelf.flash.sectors(FACTS)) == 28
    return log


def test_what_is_served_in_slices_is_read_from_where_the_last_slice_ended():
    chip = NorRam(60)
    long_log(chip)
    log, reads = opened(chip), Reads(chip)
    reads.taken()
    for name in ("c1", "c3"):
        taken = []
        for first in range(1, 745, PER_SLICE):
            assert [each["seq"] for each in log.between(name, 1, "facts", first, first + 7)] == list(range(first, first + 8))
            taken.append(reads.taken())
        # All of a sector at most twice, where its names are to be learned; to look at everything would take 6,000.
        assert max(taken) < 700 and sum(taken) / len(taken) < 200, taken


def test_an_event_anywhere_in_a_long_log_is_found_by_halving():
    chip = NorRam(60)
    long_log(chip)
    log, reads, taken = opened(chip), Reads(chip), []
    reads.taken()
    for place in range(60):
        seq = 1 + place * 389 % 750
        assert log.same_as_known(event(seq, OTHERS[place % 3], no=seq % 50))
        taken.append(reads.taken())
    assert max(taken) < 700 and sum(taken) / len(taken) < 400, taken
    assert not log.same_as_known(event(377, "c2", no=8)), "it is compared, not only found"


class Judged:
    """A log to which odd things happen, and what is in its flash by a look at everything."""

    def __init__(self, seed):
        self.luck, self.chip = random.Random(seed) if hasattr(random, "Random") else seeded(seed), NorRam(40)
        self.log = opened(self.chip)
        self.heads = {}  # (controller, stream) -> highest seq
        self.kept_back = []
        self.made = 0  # so that no two are the same

    def event(self, seq, *args, **fields):
        self.made += 1
        return event(seq, *args, err_ms=self.made, **fields)

    def write(self):
        """Events of one board, of which some come late."""
        name, stream = self.luck.choice(("c1",) + OTHERS), self.luck.choice(("facts", "facts", "notes", "site"))
        for _ in range(self.luck.randrange(1, 40)):
            seq = self.heads[name, stream] = self.heads.get((name, stream), 0) + 1
            made = self.event(seq, name, stream, no=seq % 9 if stream == "facts" else None)
            if name != "c1" and self.luck.randrange(4) == 0:
                self.kept_back.append(made)
            else:
                self.take(made)

    def come_late(self):
        count = self.luck.randrange(1, 30)
        late, self.kept_back = self.kept_back[:count], self.kept_back[count:]
        for made in late:
            self.take(made)

    def write_before_the_clock_is_set(self):
        seq = self.heads["c1", "facts"] = self.heads.get(("c1", "facts"), 0) + 1
        self.take(self.event(seq, "c1", no=seq % 9, boot=1, up_ms=seq))
        self.write()
        made = self.event(seq, "c1", no=seq % 9)
        self.log.rewrite(made, 1)
        self.store(made)

    def give_up(self):
        """Others know other events under names of ours."""
        head = self.heads.get(("c1", "facts"), 0)
        seq = self.heads["c1", "facts"] = max(head - self.luck.randrange(1, 30), 0)
        self.log.disown(1, "facts", seq)

    def rename(self):
        head = self.heads.get(("c2", "facts"), 0)
        if head and not self.kept_back:
            was = self.luck.randrange(1, head + 1)
            self.heads["c2", "facts"] += 1
            made = self.event(head + 1, "c2", no=1, instead=[1, was])
            self.take(made)
            self.log.replace(made)

    def drop(self):
        kind = self.luck.choice((FACTS, NOTES))
        sectors = self.log.shelf.flash.sectors(kind)
        if len(sectors) > 4:
            self.log.forget_sector(kind, sectors[0])
            self.log.shelf.flash.drop(sectors[0])

    def restart(self):
        self.log = opened(self.chip)
        for name, stream in self.heads:
            if name == "c1":
                self.heads[name, stream] = self.log.highest(name, 1, stream)  # what was given up and lies there counts again

    def take(self, made):
        if self.log.add(made):
            self.store(made)

    def store(self, made):
        while len(self.log.shelf.flash.sectors(FACTS)) + len(self.log.shelf.flash.sectors(NOTES)) > 30:
            self.drop()
        while self.log.shelf.flash.erase_ahead():
            pass
        assert self.log.store(made)

    def by_a_look_at_all(self, key, first, last):
        kind, places = NOTES if key[2] == "notes" else FACTS, {}
        for sector in self.log.shelf.flash.sectors(kind):
            for address, head, mark in self.log.shelf.heads(kind, sector):
                is_asked = address != "ceiling" and head[:3] == key and first <= head[3] <= last
                if is_asked and not self.log._is_renamed(head[:4], head[4]):
                    places[head[3]] = address
        return [self.log.shelf.event_at(kind, places[seq]) for seq in sorted(places)]

    def check(self):
        for name in ("c1",) + OTHERS:
            for stream in ("facts", "notes", "site"):
                highest = self.heads.get((name, stream), 0)
                first = self.luck.randrange(1, highest + 2)
                for last in (first, first + 7, highest):
                    expected = self.by_a_look_at_all((name, 1, stream), first, last)
                    assert self.log.between(name, 1, stream, first, last) == expected, (name, stream, first, last)


def seeded(seed):
    random.seed(seed)
    return random


def test_whatever_happened_to_a_log_an_event_is_found_as_by_a_look_at_everything():
    for seed in range(6):
        judged = Judged(seed)
        steps = (judged.write, judged.write, judged.come_late, judged.write_before_the_clock_is_set, judged.give_up, judged.rename)
        for _ in range(40):
            judged.luck.choice(steps + (judged.drop, judged.restart))()
            judged.check()


def test_a_fact_in_a_sector_that_was_not_read_lately_costs_a_look_at_its_bytes_and_at_few_of_its_records():
    chip = NorRam(60)
    long_log(chip)
    log = opened(chip)
    sectors = log.shelf.flash.sectors(FACTS)
    last = {sector: [address for address, _, _ in log.shelf.heads(FACTS, sector)][-1] for sector in sectors}
    reads = Reads(chip)
    for sector in sectors:
        assert log.shelf.get(last[sector])[1]["type"] == "access.granted"
        assert reads.taken() < 60, "32 pieces of 128 bytes, and the records that spell names; its 107 records take 214"


def test_of_a_chain_that_many_share_only_the_facts_about_one_person_are_unpacked():
    chip, unpacked = NorRam(60), []
    log = filled(opened(chip), [event(seq, no=(7, 7 + 512)[seq % 5 > 0]) for seq in range(1, 501)])
    class Codec(packed.Codec):
        @staticmethod
        def unpack(data, names):
            unpacked.append(data)
            return packed.unpack(data, names)

    log.shelf._codec = Codec
    base, facts = log.story(7, lambda fact: True)
    assert base is None and len(facts) == 100 == len(unpacked)
    assert [facts[place]["seq"] for place in range(4)] == [5, 10, 15, 20] and len(unpacked) == 100, "the first are at hand"
