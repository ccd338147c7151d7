"""What a controller knows after a restart: the newest checkpoint, and what the log holds beyond it.

`log` gives `generations` (checkpoints, the newest first), `learned(address)` and the rest of replica/log.py.
"""


from binascii import crc32

from firmware.core.saved import CHUNK_PEOPLE


def _none() -> int:
    return 0


class Memory:
    """Keeps and recalls everything that events have taught. Also the table as a checkpoint asks for it."""

    def __init__(self, desk, log):
        self._desk = desk
        self._site = desk.site
        self._presence = desk.site.presence
        self._log = log
        self.heard_inc = _none  # says which incarnation of ours is the highest that others have told of
        log.consoles = desk.consoles.counts
        if log.checkpoints:
            self._presence.on_late_change = log.checkpoints.drop_from

    # -- for a checkpoint ------------------------------------------------------------------------

    def area_names(self) -> list:
        return sorted(self._site.settings["areas"])

    def people_max(self) -> int:
        return self._presence.people_max()

    def keep(self, no: int) -> tuple:
        return self._presence.keep(no)

    def cut(self) -> tuple:
        return self._presence.cut()

    def watch(self, keeper) -> None:
        """Let `keeper(no)` be told before somebody changes, `keeper(None)` before everybody does; None: no more."""
        self._presence.keeper = keeper

    def forget_changes(self, stamp: int) -> None:
        """Facts up to a stamp are let go: no fold will begin before it any more."""
        self._presence.forget_changes(stamp)

    def remembered(self):
        """Yield (place among those that know, a part of it). What was told comes before what ended: of what ends meanwhile one has it."""
        known = self._known()
        for index in (0, 1, 2, 4, 3):
            for part in known[index].keep():
                yield index, part

    def _known(self) -> tuple:
        """Return all who know something in parts, by digests most of them; checkpoints name them by their places."""
        reports = self._desk.reports
        return (self._presence.commands, self._presence.area_commands, self._desk.chronicle.commands, reports.closed, reports)

    def state(self) -> dict:
        """Return all else that events have taught, as plain values."""
        desk = self._desk
        state = {
            "site": self._site.keep(),
            "chronicle": desk.chronicle.keep(),
            "boot": desk.recorder.boot,
            "consoles": desk.consoles.keep(),
        }
        if not self._presence.is_sweeping():
            state["digests"] = [self._site.settings["version"], self._presence.digests()]
        return state

    # -- after a restart -------------------------------------------------------------------------

    def resume(self) -> None:
        """Take up the log as it was found."""
        boots = [self._take_up() if self._log.generations else 0]

        def learn(event):
            self._desk.chronicle.learn(event)
            if event["type"] == "clock.set" and event["controller"] == self._desk.name:
                boots.append(event["boot"])

        def learn_own(event):
            self._desk.chronicle.learn_folded(event)
            if event["type"] == "clock.set" and event["controller"] == self._desk.name:
                boots.append(event["boot"])

        self.recall(learn, learn_own)
        self._desk.recorder.resume(self._log, max(boots))

    def _take_up(self) -> int:
        """Take what a checkpoint tells beside the table. Returns the boot that it was written in."""
        kept = self._log.generations[0].state()["table"]
        self._learn_of_others(kept)
        if self._log.generations[0].is_taken:
            return 0
        self._desk.consoles.restore(kept.get("consoles", ()))
        return kept["boot"]

    def _learn_of_others(self, kept: dict) -> None:
        """Take what any checkpoint tells beside the table; whose doors are whose differs in another's."""
        is_taken = self._log.generations[0].is_taken
        open_grants = [list(grant) for grant in self._desk.chronicle.open_grants()] if is_taken else kept["chronicle"]["open"]
        self._desk.chronicle.restore({"open": open_grants, "nonces": kept["chronicle"].get("nonces", ())})
        for index in (2, 3, 4):
            self._known()[index].restore(self._log.generations[0].remembered(index))

    def adopt(self, can_repeat: bool) -> bool:
        """Begin anew with another's table. Says whether every fact of ours that is not in it found its place.

        Those older than the table do not; where it comes again, with them in it, that is not told yet.
        """
        self._learn_of_others(self._log.generations[0].state()["table"])
        before = len(self._presence.unjudged)
        self._desk.relearn()
        is_exact = len(self._presence.unjudged) == before
        if can_repeat:
            del self._presence.unjudged[before:]
        return is_exact

    def recall(self, learn, learn_folded=None) -> None:
        """Give `learn` every event beyond the newest checkpoint, which is restored first.

        `learn_folded` is given those that are in the checkpoint of another board.
        """
        for _, event in self._log.learned(self._restore()):
            if not self._log.is_folded(event):
                learn(event)
            elif learn_folded:
                learn_folded(event)

    def _restore(self) -> int:
        """Take up the newest checkpoint. Returns the address that it reaches up to."""
        if not self._log.generations:
            return 0
        kept = self._log.generations[0]
        state = kept.state()
        digests = state["table"].get("digests")
        # Those of another board, or from before a change of readers, are not ours.
        is_same = not kept.is_taken and digests is not None and digests[0] == self._site.settings["version"]
        for index, body in kept.bodies():
            no, rows = index * CHUNK_PEOPLE, kept.plain_rows(body)
            if not (is_same and rows is not None and self._presence.restore_rows(no, kept.areas, rows)):
                for place, cut in enumerate(kept.cuts_of(body)):
                    self._presence.restore(no + place, cut.base)
        if is_same:
            self._presence.restore_digests(digests[1])
        self._site.restore(state["table"]["site"])
        for index in (0, 1):
            self._known()[index].restore(kept.remembered(index))
        self._presence.forget_whereabouts(self._log.lacks_areas(self._site.settings["areas"]), self._site.at_ms())
        return state["address"]

    def next_inc(self, at_ms: int) -> int:
        """Return an incarnation above all that were ever seen, and not below Unix time."""
        return max(at_ms // 1000, self._log.highest_inc(self._desk.name) + 1, self.heard_inc() + 1)

    def kept(self, who: str, vector: list) -> None:
        """Take note of what somebody has in his flash of our own events."""
        kept = {(inc, stream): seq for controller, inc, stream, seq in vector if controller == self._desk.name}
        self._log.kept.setdefault(who, {}).update(kept)

    def vector_hash(self, controllers: list) -> int | None:
        """Return a hash of what is here that an area's table is folded from; None where something is missing."""
        rows = self._log.whole(controllers)
        return None if rows is None else crc32(" ".join(["%s %d %s %d" % row for row in rows]).encode())

    def rewrite(self, event: dict, was_inc: int) -> None:
        self._log.rewrite(event, was_inc)
