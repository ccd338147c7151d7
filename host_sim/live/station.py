"""One controller of a live site, as the simulator sees it: what hangs on its pins, and the process that has them."""

from firmware.wire.part import Part

from host_sim.live.process import Process
from host_sim.views import WorldError

_ANSWER_S = 20
_SAID_MAX = 2000


class Station:
    """A controller. `site`: the LiveSite; `log`: where its processes say what they have to say. `command` starts one."""

    def __init__(self, name: str, part: Part, site, log):
        self.name, self.part = name, part
        self.command: list[str] = []
        self.contacts = {name: False for name in [*part.settings["doors"], *part.settings["inputs"]]}
        self.rex = {name: False for name in part.settings["doors"]}
        self.signals: dict[str, tuple[str, int]] = {}
        self.offset_ms = 0
        self.has_power = self.is_ready = self.has_link = False
        self.told: set[tuple] = set()  # (inc, stream, seq) of its events
        self._site = site
        self._hardware = f"{name}-{site.token}"
        self._boots = self._asked = 0
        self._answers: dict[int, object] = {}
        self._locked: dict[str, bool] = {}
        self._outputs: dict[str, bool] = {}
        self.process = Process(site.time, log, self._hear, self._failed)

    # -- what can be seen and asked --------------------------------------------------------------

    def is_locked(self, door: str) -> bool:
        """Return the lock's real state: without power a fail-safe lock is free, a fail-secure one shut."""
        if not self._locked:
            return self.part.settings["doors"][door]["lock"] == "fail_secure"
        return self._locked[door]

    def is_on(self, output: str) -> bool:
        return self._outputs.get(output, False)

    def ask(self, *words):
        """Ask the process something and return the answer."""
        number = self.put(*words)
        if not self._site.time.wait_for(lambda: self.has_answered(number), _ANSWER_S):
            raise WorldError(f"controller '{self.name}' does not answer: {self.log()}")
        return self._answers.pop(number, None)

    def put(self, *words) -> int:
        """Ask, and do not wait."""
        self._asked += 1
        self.process.say("ask", self._asked, *words)
        return self._asked

    def has_answered(self, number: int) -> bool:
        return number in self._answers or not self.has_power

    def log(self) -> str:
        """Return the end of what its newest process said; nothing is well."""
        return self.process.said()[-_SAID_MAX:]

    # -- power -----------------------------------------------------------------------------------

    def launch(self) -> None:
        """Start a process that waits for power."""
        self.process.start(self.command)

    def power_on(self, misses: list | None) -> None:
        """Give it power. It begins to work at once, but the first time: then with `go`."""
        self.has_power, self.is_ready, self.has_link = True, False, False
        self._boots += 1
        random = self._site.random
        boot = {"contacts": self.contacts, "hardware": self._hardware, "seed": random.randrange(1 << 30)}
        boot |= {"entropy": f"{self._hardware} {random.randrange(1 << 60)}", "misses": misses}
        self.process.say("boot", boot | {"told": sorted(self.told), "start_ms": self._site.start_ms})
        if self._boots > 1:
            self.go("power_on")

    def go(self, cause: str, at_ms: int | None = None) -> None:
        """Let it work. `at_ms`: the time of day, where it knows that."""
        self._locked = {door: True for door in self.part.settings["doors"]}
        self.process.say("go", {"cause": cause, "at_ms": at_ms})
        for door, is_pressed in self.rex.items():
            if is_pressed:
                self.process.say("rex", door, True)

    def power_off(self) -> None:
        """The mains are gone: RAM and relays with them. The next process waits for power."""
        self._without_power()
        self.process.kill()
        self.launch()

    def start_again(self) -> None:
        """Start a process in the place of one that has failed."""
        self.process.start([*self.command, "crash"])
        self.power_on(self._site.misses(self.name))

    def _without_power(self) -> None:
        self.has_power = self.is_ready = self.has_link = False
        self._locked, self._outputs, self.signals = {}, {}, {}

    def handle(self, event: tuple) -> None:
        """Let something happen to it, if it has power."""
        if self.has_power:
            self.process.say(*event)

    # -- what the process says -------------------------------------------------------------------

    def _hear(self, line: list) -> None:
        getattr(self, "_hear_" + line[0])(*line[1:])

    def _hear_ready(self, kept: list) -> None:
        self.told = {tuple(name) for name in kept}
        self.is_ready = True

    def _hear_link(self, is_up: bool) -> None:
        self.has_link = is_up

    def _hear_lock(self, door: str, is_locked: bool) -> None:
        self._locked[door] = is_locked
        self._site.lock_moved(door, is_locked)

    def _hear_output(self, output: str, is_on: bool) -> None:
        self._outputs[output] = is_on

    def _hear_signal(self, reader: str, pattern: str) -> None:
        self.signals[reader] = (pattern, self._site.now_ms)
        self._site.signal_shown(reader, pattern)

    def _hear_write(self, bus: str, data: str) -> None:
        self._site.lines.write(self.name, bus, bytes.fromhex(data))

    def _hear_safe(self) -> None:
        self._locked, self._outputs = {}, {}

    def _hear_synchronise(self) -> None:
        self._site.asked_for_time(self)

    def _hear_took(self, *name) -> None:
        self._site.taken(self.name, name)

    def _hear_answer(self, number: int, value) -> None:
        self._answers[number] = value

    def _hear_event(self, event: dict) -> None:
        name = (event["inc"], event["stream"], event["seq"])
        if name in self.told:
            return
        self.told.add(name)
        if event["inc"] and (0, *name[1:]) in self.told:
            # Told already, when nobody knew yet which incarnation its board is.
            self.told.remove((0, *name[1:]))
            return
        self._site.written(event)

    def _failed(self, status: int) -> None:
        """The process has ended by itself."""
        self._without_power()
        self._site.crashed(self, status)
