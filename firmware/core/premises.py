"""The building: inputs, fire, and doors and outputs that follow emergency, lockdown and schedules."""


class Premises:
    """What one controller's doors and outputs obey. `desk` is the controller: it writes and carries out."""

    def __init__(self, desk):
        self._desk = desk
        self._site = desk.site
        self._fires = set()  # fire inputs that are active
        self._schedule_changes = {}  # door -> at_ms of its unlock schedule's next change

    def take_input(self, name: str, is_active: bool, is_boot: bool) -> None:
        kind = self._site.settings["inputs"][name]["kind"]
        if is_active or not is_boot:
            self._desk.write("input.on" if is_active else "input.off", {"input": name, "kind": kind})
        if kind == "fire":
            (self._fires.add if is_active else self._fires.discard)(name)
            self._take_fire(name, is_active)

    def _take_fire(self, name: str, is_active: bool) -> None:
        own = [source for source in self._site.emergency.sources() if source[:2] == (self._desk.name, name)]
        if is_active and not own:
            source = [self._desk.name, name, self._desk.recorder.seqs["site"] + 1]
            self.write_emergency("emergency.started", {"source": source})
        elif own and not is_active:
            self.write_emergency("emergency.ended", {"ends": [list(source) for source in own]})

    def write_emergency(self, kind: str, fields: dict) -> None:
        """Write a start (one source) or an end (the sources it ends), with the sources left."""
        named = [tuple(fields["source"])] if kind == "emergency.started" else []
        ended = [tuple(source) for source in fields.get("ends", [])]
        left = set(self._site.emergency.sources()) | set(named)
        if ended:
            fields["source"] = fields["ends"][0]
        fields["sources"] = [list(source) for source in sorted(left - set(ended), key=str)]
        self._desk.write(kind, fields)

    def obey_site(self) -> None:
        """Let doors and outputs follow emergency, lockdowns and schedules as they are now."""
        for name in sorted(self._fires):
            # Whoever ended it elsewhere: an input's source ends only at that input.
            self._take_fire(name, True)
        now_ms, is_emergency = self._site.now_ms, self._site.emergency.is_active()
        for name in sorted(self._site.doors):
            self._desk.follow(self._site.doors[name].set_emergency(is_emergency, now_ms))
            is_locked_down = self._site.lockdowns.is_on(name) and self._site.doors[name].can_lock_down()
            self._desk.follow(self._site.doors[name].set_lockdown(is_locked_down, now_ms))
        self._desk.follow(self._desk.outputs.set_emergency(is_emergency, now_ms))
        if is_emergency:
            self._desk.follow(self._desk.judge.release_all(now_ms))
        self._schedule_changes = {}
        self.follow_schedules()

    def follow_schedules(self) -> None:
        """Let the doors follow their unlock schedules; without a trusted clock none unlocks."""
        at_ms = self._site.at_ms()
        for name in sorted(self._site.doors):
            due_ms = self._schedule_changes.get(name, at_ms)
            if due_ms is not None and due_ms <= at_ms:
                schedule = self._site.schedules[self._site.settings["doors"][name]["unlock_schedule"]]
                is_active = self._site.is_clock_trusted() and schedule.is_active(at_ms)
                self._schedule_changes[name] = schedule.next_change_ms(at_ms)
                has_come = is_active and self._has_come(name, schedule, at_ms)
                self._desk.follow(self._site.doors[name].set_schedule(is_active, self._site.now_ms, has_come))

    def _has_come(self, door: str, schedule, at_ms: int) -> bool:
        """Say whether the newest grant at a door lies in the range of its schedule that runs now."""
        last_ms = self._site.last_grants.get(door)
        if last_ms is None or not schedule.is_active(last_ms):
            return False
        change_ms = schedule.next_change_ms(last_ms)
        return change_ms is None or change_ms > at_ms

    def clock_changed(self) -> None:
        """Look at the schedules anew: the wall clock has moved."""
        self._schedule_changes = {}
        self.follow_schedules()

    def next_deadlines_at_ms(self) -> list:
        """Return the wall-clock times of the unlock schedules' next changes."""
        return list(self._schedule_changes.values())
