"""Reports: what this controller has to say about violations, each thing once, by one author.

The fold tells which violations there are; here is kept what has been told of them. A violation is a
suspicion until it is sure: confirmed by all, or everybody heard from beyond its badge.
"""

from firmware.const import const

_TOLD_MAX = const(320)  # a dict of more than 389 would be more than 4 kB in one piece
# Ends that an operator's own fact shows, unless the violation was reported only after it; then as what.
_SHOWN = {"operator": "operator", "moved": "operator", "command": "reset"}
_CLOSED = const(("cleared", "lifted"))


class Reports:
    """Whoever writes a report that `review` asks for hands it back to `take`, like those of others."""

    def __init__(self, presence, peers):
        self._presence = presence
        self._peers = peers
        self._told = {}  # (area, no) -> {of: "suspected", "violation", "cleared", or "lifted": a suspicion that ended}
        self._told_ms = {}  # of -> at_ms of its newest report
        self._cleared = []  # (area, no, of) of those that are cleared, the oldest first
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
        told = self._told.setdefault((report["area"], report["no"]), {})
        of, word = tuple(report["of"]), report["type"][4:]
        if word == "cleared":
            was_proved = told.get(of) in ("violation", "cleared")
            self._clear(report["area"], report["no"], of, "cleared" if was_proved else "lifted")
        elif word == "violation" or told.get(of) != "violation":
            told[of] = word
            self._told_ms[of] = report["at_ms"]
            if word == "violation":
                self._vouched.discard((report["area"], of))

    def keep(self) -> list:
        """Return what was told, as plain values."""
        return [
            [area, no, list(of), self._told[(area, no)][of], self._told_ms.get(of, 0)]
            for area, no in sorted(self._told)
            for of in sorted(self._told[(area, no)])
        ]

    def restore(self, kept: list) -> None:
        """Take up what `keep` gave."""
        for area, no, of, word, at_ms in kept:
            self._told_ms[tuple(of)] = at_ms
            self._told.setdefault((area, no), {})[tuple(of)] = word
            if word in _CLOSED:
                self._clear(area, no, tuple(of), word)

    def rename(self, controller: str, inc: int) -> None:
        """Take note that what a controller wrote before its incarnation was drawn has it now."""
        for key in self._told:
            self._told[key] = {_drawn(of, controller, inc): word for of, word in self._told[key].items()}
        self._told_ms = {_drawn(of, controller, inc): at_ms for of, at_ms in self._told_ms.items()}
        self._cleared = [(area, no, _drawn(of, controller, inc)) for area, no, of in self._cleared]
        self._fresh = {(area, _drawn(of, controller, inc)): until for (area, of), until in self._fresh.items()}
        self._vouched = {(area, _drawn(of, controller, inc)) for area, of in self._vouched}

    def concerns(self, area: str, no: int) -> bool:
        """Say whether anything was told of one person in one area."""
        return (area, no) in self._told

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

    def told_open(self) -> list:
        """Return (area, no) of everybody of whom a violation or suspicion was told, and no end."""
        return sorted(key for key, told in self._told.items() if any(word not in _CLOSED for word in told.values()))

    def unsettled(self) -> list:
        """Return (area, no, stamp) of every violation that is not sure yet."""
        found = []
        for area, no in self._presence.special():
            standing = self._presence.standing(area, no)
            pending = [entry[0] for entry in standing.ended]
            pending += [standing.violation] if standing.violation else []
            found += [(area, no, each.stamp) for each in pending if not self.is_sure(area, no, each)]
        return found

    def next_deadline_at_ms(self, after_ms: int) -> int | None:
        """Return the first wall-clock moment after one looked at, at which something changes by time alone."""
        moments = list(self._fresh.values())
        for area, no in self._presence.special():
            standing = self._presence.standing(area, no)
            if standing.violation:
                moments.append(standing.violation_ends_ms(self._presence.rules[area]))
        moments = [moment for moment in moments if moment is not None and moment > after_ms]
        return min(moments) if moments else None

    # --------------------------------------------------------------------------------------------

    def _state(self, area: str, no: int, of: tuple) -> str | None:
        return self._told.get((area, no), {}).get(of)

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
            return by in _SHOWN and self._clear(area, no, violation.of)
        is_sure = self.is_sure(area, no, violation)
        if told in (None, "lifted") and not is_sure:
            return False
        if told != "violation" and is_sure:
            due.append(self._report("violation", area, no, violation, (area, violation.of) not in self._fresh))
        self._fresh.pop((area, violation.of), None)
        was_shown = by in _SHOWN and told == "violation" and self._told_ms.get(violation.of, 0) <= ended_ms
        if was_shown:
            return self._clear(area, no, violation.of)
        due.append(_cleared(area, no, _SHOWN.get(by, by), violation.of))
        return is_sure

    def _withdraw(self, due: list, area: str, no: int, seen: set) -> None:
        """What was told and is no longer there has been disproved by a late event."""
        told = self._told.get((area, no), {})
        for of in sorted(told):
            if told[of] not in _CLOSED and of not in seen and self._is_ours(area, of):
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

    def _clear(self, area: str, no: int, of: tuple, word: str = "cleared") -> bool:
        self._told.setdefault((area, no), {})[of] = word
        self._cleared.append((area, no, of))
        if len(self._cleared) > _TOLD_MAX:
            self._forget(self._cleared.pop(0))
        return True

    def _forget(self, key: tuple) -> None:
        area, no, of = key
        told = self._told.get((area, no), {})
        if told.get(of) in _CLOSED:
            del told[of]
            self._told_ms.pop(of, None)
        if not told:
            self._told.pop((area, no), None)


def _drawn(of: tuple, controller: str, inc: int) -> tuple:
    return (controller, inc, of[2]) if of[:2] == (controller, 0) else of


def _cleared(area: str, no: int, by: str, of: tuple) -> tuple:
    return ("apb.cleared", {"area": area, "no": no, "by": by, "of": list(of)})
