"""Reports: what this controller has to say about violations, each thing once, by one author.

The fold tells which violations there are; here is kept what has been told of them. A violation is a
suspicion until it is sure: confirmed by all, or everybody heard from beyond its badge.
"""

import struct

from firmware.const import const
from firmware.core.beside import REPORTED, SPOKEN, TOLD
from firmware.core.digested import Digested

# Violations that are told to have ended, the newest 148 (4 pages of 37). They are known for the sake of a late event, so that a
# fold that finds them again does not tell them twice.
_CLOSED_PAGES = const(4)
# Ends that an operator's own fact shows, unless the violation was reported only after it; then as what.
_SHOWN = {"operator": "operator", "moved": "operator", "command": "reset"}
_CLOSED = const(("cleared", "lifted"))
# Layout of what was told of somebody, one after the other, big-endian: numbers of controller and word u16; inc u32, seq u32, at_ms u64.
_TELL = const(">HHIIQ")
_TELL_BYTES = const(20)


class Reports:
    """Whoever writes a report that `review` asks for hands it back to `take`, like those of others."""

    def __init__(self, presence, peers):
        self._presence = presence
        self._peers = peers
        self._beside = presence.beside
        self.closed = Digested(1, _CLOSED_PAGES)  # area and of -> first letter of "cleared", or "lifted": a suspicion that ended
        self._fresh = {}  # (area, of) -> at_ms until which a violation found at the door may still become sure
        self._vouched = set()  # (area, of) that were sure at the verdict

    def found(self, area: str, of: tuple, until_ms: int) -> None:
        """Take note that our own verdict found the violation of this badge."""
        self._fresh[(area, of)] = until_ms

    def drop_due(self, at_ms: int) -> None:
        """Forget what was found up to a time: it has become a report by now, or a suspicion."""
        self._fresh = {key: until_ms for key, until_ms in self._fresh.items() if until_ms > at_ms}

    def vouch(self, area: str, of: tuple) -> None:
        """Take note that all who could contradict had answered before the verdict."""
        self._vouched.add((area, of))

    def take(self, report: dict) -> None:
        """Take a report, ours or another's."""
        if report["area"] not in self._presence.rules:
            return
        area, no, of, word = report["area"], report["no"], tuple(report["of"]), report["type"][4:]
        told = self._state(area, no, of)
        if word == "cleared":
            self._put(area, no, of, "cleared" if told in ("violation", "cleared") else "lifted", report["at_ms"])
        elif word == "violation" or told != "violation":
            self._put(area, no, of, word, report["at_ms"])
            if word == "violation":
                self._vouched.discard((area, of))

    def keep(self):
        """Yield what was told and has not ended, in short parts."""
        for area, no in self._beside.places(SPOKEN):
            for of, (word, at_ms) in sorted(self._told(area, no).items()):
                yield ("%d\0%d\0%d\0%d\0%s\0%s\0%s" % (no, of[1], of[2], at_ms, word, of[0], area)).encode()

    def restore(self, parts) -> None:
        """Take up what `keep` gave."""
        for part in parts:
            no, inc, seq, at_ms, word, controller, area = bytes(part).decode().split("\0")
            if area in self._presence.rules:
                self._put(area, int(no), (controller, int(inc), int(seq)), word, int(at_ms))

    def rename(self, controller: str, inc: int) -> None:
        """Take note that what a controller wrote before its incarnation was drawn has it now."""
        for area, no in self._beside.places(SPOKEN):
            told = self._told(area, no)
            if any([of[1] == 0 for of in told]):
                self._set_told(area, no, {})
                for of, (word, at_ms) in told.items():
                    self._put(area, no, _drawn(of, controller, inc), word, at_ms)
        self._fresh = {(area, _drawn(of, controller, inc)): until for (area, of), until in self._fresh.items()}
        self._vouched = {(area, _drawn(of, controller, inc)) for area, of in self._vouched}

    def is_sure(self, area: str, no: int, violation) -> bool:
        """Say whether a violation is more than a suspicion."""
        if violation.is_confirmed or (area, violation.of) in self._vouched:
            return True
        if self._state(area, no, violation.of) == "violation":
            return True
        return self._peers.all_beyond(self._presence.watchers(area), violation.stamp)

    def review(self, area: str, no: int, at_ms: int) -> list:
        """Return [(type, fields)] that are due for one person in one area."""
        standing = self._presence.view(no, at_ms)[area]
        due, keep, seen = [], [], set()
        for violation, by, at_ended_ms in standing.ended:
            seen.add(violation.of)
            keep.append(not self._end(due, area, no, violation, by, at_ended_ms))
        if standing.violation:
            seen.add(standing.violation.of)
            self._stand(due, area, no, standing.violation, at_ms)
        self._withdraw(due, area, no, seen)
        if standing.ended and not any(keep):
            self._presence.drop_ended(area, no)
        return due

    def unsettled(self, area: str, no: int) -> list:
        """Return (area, no, stamp) of every violation of one person in one area that is not sure yet."""
        standing = self._presence.standing(area, no)
        pending = [entry[0] for entry in standing.ended]
        pending += [standing.violation] if standing.violation else []
        return [(area, no, each.stamp) for each in pending if not self.is_sure(area, no, each)]

    def next_deadline_at_ms(self, after_ms: int) -> int | None:
        """Return the first wall-clock moment after one looked at, at which what was found at a door is no longer fresh."""
        moments = [moment for moment in self._fresh.values() if moment > after_ms]
        return min(moments) if moments else None

    # --------------------------------------------------------------------------------------------

    def _state(self, area: str, no: int, of: tuple) -> str | None:
        told = self._told(area, no).get(of)
        if told is not None:
            return told[0]
        return {None: None, b"c": "cleared", b"l": "lifted"}[self.closed.get(_of_area(area, of))]

    def _is_ours(self, area: str, of: tuple) -> bool:
        controllers = self._presence.rules[area]["controllers"]
        return self._peers.author(of[0], controllers) == self._peers.name

    def _stand(self, due: list, area: str, no: int, violation, at_ms: int) -> None:
        """A violation stands: report it when sure, suspect it when that takes too long."""
        told, fresh_ms = self._state(area, no, violation.of), self._fresh.get((area, violation.of))
        if told == "violation" or not self._is_ours(area, violation.of):
            return
        if self.is_sure(area, no, violation):
            due.append(self._report("violation", area, no, violation, told is not None or fresh_ms is None))
            self._fresh.pop((area, violation.of), None)
        elif told is None and (fresh_ms is None or fresh_ms <= at_ms):
            due.append(self._report("suspected", area, no, violation, True))
            self._fresh.pop((area, violation.of), None)

    def _end(self, due: list, area: str, no: int, violation, by: str, ended_ms: int) -> bool:
        """A violation ended. Returns whether nothing more is to be said of it.

        A suspicion may end before it is sure; that it was a passback is said when it is.
        """
        told = self._state(area, no, violation.of)
        if told == "cleared":
            return True
        if not self._is_ours(area, violation.of):
            return by in _SHOWN and self._close(area, no, violation.of, "cleared")
        is_sure = self.is_sure(area, no, violation)
        if told in (None, "lifted") and not is_sure:
            return False
        if told != "violation" and is_sure:
            due.append(self._report("violation", area, no, violation, (area, violation.of) not in self._fresh))
        self._fresh.pop((area, violation.of), None)
        was_shown = by in _SHOWN and told == "violation" and self._told(area, no)[violation.of][1] <= ended_ms
        if was_shown:
            return self._close(area, no, violation.of, "cleared")
        due.append(_cleared(area, no, _SHOWN.get(by, by), violation.of))
        return is_sure

    def _withdraw(self, due: list, area: str, no: int, seen: set) -> None:
        """What was told and is no longer there has been disproved by a late event."""
        told = self._told(area, no)
        for of in sorted(told):
            if told[of][0] not in _CLOSED and of not in seen and self._is_ours(area, of):
                due.append(_cleared(area, no, "late_event", of))

    def _report(self, word: str, area: str, no: int, violation, is_late: bool) -> tuple:
        fields = {
            "area": area,
            "no": no,
            "reader": violation.reader,
            "kind": violation.kind,
            "mode": violation.mode,
            "of": list(violation.of),
        }
        if is_late:
            fields["late"] = True
        return ("apb." + word, fields)

    def _put(self, area: str, no: int, of: tuple, word: str, at_ms: int) -> None:
        if word in _CLOSED:
            self._close(area, no, of, word)
        else:
            told = self._told(area, no)
            told[of] = (word, at_ms)
            self._set_told(area, no, told)

    def _close(self, area: str, no: int, of: tuple, word: str) -> bool:
        """Take note that nothing more is to be said of a violation."""
        told = self._told(area, no)
        told.pop(of, None)
        if not of[1]:
            told[of] = (word, 0)  # no incarnation is drawn yet: `rename` gives it the name to keep it under
        self._set_told(area, no, told)
        if of[1]:
            self.closed.put(_of_area(area, of), word[:1].encode())
        return True


    def _told(self, area: str, no: int) -> dict:
        """Return {of: (word, at_ms of its newest report)} of what was told of somebody."""
        body, names, told = self._beside.parts(area, no)[TOLD], self._beside.names, {}
        for at in range(0, len(body), _TELL_BYTES):
            controller, word, inc, seq, at_ms = struct.unpack_from(_TELL, body, at)
            told[names[controller], inc, seq] = (names[word], at_ms)
        return told

    def _set_told(self, area: str, no: int, told: dict) -> None:
        number_of, parts, marks = self._beside.number_of, [], 0
        for (controller, inc, seq), (word, at_ms) in told.items():
            parts.append(struct.pack(_TELL, number_of(controller), number_of(word), inc & 0xFFFFFFFF, seq & 0xFFFFFFFF, at_ms & 0xFFFFFFFFFFFFFFFF))
            marks |= SPOKEN | REPORTED if word == "violation" else SPOKEN
        self._beside.put(area, no, TOLD, b"".join(parts), marks)


def _of_area(area: str, of: tuple) -> str:
    return "%s %s %d %d" % ((area,) + of)


def _drawn(of: tuple, controller: str, inc: int) -> tuple:
    return (controller, inc, of[2]) if of[:2] == (controller, 0) else of


def _cleared(area: str, no: int, by: str, of: tuple) -> tuple:
    return ("apb.cleared", {"area": area, "no": no, "by": by, "of": list(of)})
