"""One release on its way to one controller, which is the real receiving half; the network and the clock are the test's."""

import pytest

from tests.config.desk import KEY
from tests.update.desk import FILES_NEW, FILES_OLD, MPY, NOW_S, OLD, Receiver, aboard, held
from tools.backstop import updating
from tools.backstop.shipment import Build, Shipment
from tools.backstop.updating import Step, Update
from tools.build import rom

BUILD = Build("0.2.0", MPY, FILES_NEW, None)
NEW = Shipment(BUILD, False).name
WRONG_KEY = b"another site's key, 32 bytes long"


class Line:
    """Between a console and the board c1. `patience_s` of whoever listens in vain is time that passes. `asked`: pages.

    `on_take(line)`: what else happens, each time somebody listens.
    """

    def __init__(self, fails: str = ""):
        self.now_s, self.board, self.status, self.asked, self.sent = 0.0, Receiver(), {}, [], 0
        self.is_on, self.fails, self.on_take = True, fails, lambda line: None
        self._coming: list[tuple] = []  # on its way
        self._waiting: list[tuple] = []  # for whoever listens
        self.told = {"release": OLD, "firmware": "0.1.0"}
        self.tell()

    def tell(self, **fields) -> None:
        self.told |= fields
        self.status["c1"] = {"t": "status", "online": True, **self.told}

    def link(self, is_up: bool) -> None:
        self.is_on = is_up
        self._waiting.append(("link", is_up))
        if is_up:
            self.board.updating.link(self.board.now_ms)
            self.board.rest(1)
            self._note()

    def send(self, topic: str, payload: bytes, is_retained: bool = False) -> None:
        assert topic == "config/c1" and not is_retained
        self.sent += 1
        if self.is_on:
            self.board.take(payload)
            self._note()

    def _note(self) -> None:
        """Tell what the board does, as its node would."""
        for kind, *what in self.board.results:
            if kind == "refused":
                self.tell(refused_update=[what[1], what[2]])
            elif kind == "staged":
                self.tell(staged=what[0])
        while self.board.wants:
            want = self.board.wants.pop(0)
            self.asked.append(want["page"])
            self._coming.append(("want/c1", {"t": "want", "from": "c1", **want}))

    def start_trial(self) -> None:
        """The board starts anew with what it has got."""
        (staged,) = [what for kind, *what in self.board.results if kind == "staged"]
        self.told = {"release": NEW, "firmware": "0.2.0", "trial": True}
        self.tell()
        self.board.results.clear()
        self.version = staged[0]

    def end_trial(self) -> None:
        if self.fails:
            self.told = {"release": OLD, "firmware": "0.1.0"}
            self.tell(rolled_back=[self.version, self.fails])
        else:
            del self.told["trial"]
            self.tell()

    def take(self, patience_s: float = 0) -> list[tuple]:
        self.on_take(self)
        if not self._waiting:
            self.now_s += patience_s
        if self.board.is_staged():
            self.start_trial()
        elif self.told.get("trial"):
            self.end_trial()
        found, self._waiting, self._coming = self._waiting, self._coming, []
        return found


@pytest.fixture
def run(monkeypatch):
    def to_the_end(line: Line, build: Build = BUILD, is_rom: bool = False, key: bytes = KEY, seconds: float = 1800, version: int = NOW_S,
                   may_pause: bool = False) -> list[Step]:  # fmt: skip
        monkeypatch.setattr(updating.time, "monotonic", lambda: line.now_s)
        shipment = Shipment(build, is_rom)
        served = shipment.served("c1", "small", "console", "ada", version, key, may_pause)
        return list(Update(line, served, shipment.name, may_pause).run(seconds))

    return to_the_end


def test_it_is_fetched_staged_tried_and_runs(run):
    line = Line()
    steps = run(line)
    whats = list(dict.fromkeys(step.what for step in steps))
    assert whats == ["fetching", "staged", "trial", "updated"] and held(line.board.tree, NEW) == FILES_NEW
    done = [step.done for step in steps if step.what == "fetching"]
    assert done == sorted(done) and run(line) == [Step("same")]


def test_one_that_does_not_work_is_gone_and_says_why(run):
    assert run(Line("self-test: no link"))[-1] == Step("rolled back", reason="self-test: no link")


@pytest.mark.parametrize(
    ("build", "is_rom", "key", "why"),
    [
        (BUILD, False, WRONG_KEY, "wrong seal"),
        (BUILD._replace(mpy=MPY + 1), False, KEY, "its code is of .mpy version 7, and this MicroPython takes 6"),
        (BUILD._replace(rom=rom.compressed(b"x" * 9000)), True, KEY, "an image of 9000 bytes, and for one the board has 0"),
        (BUILD._replace(files={"firmware/start.py": b"#"}), False, KEY, "'firmware/start.py' is no path of a release"),
    ],
)
def test_what_a_board_cannot_take_is_refused_at_once_and_nothing_of_it_stays(run, build, is_rom, key, why):
    line = Line()
    before = dict(line.board.tree._files)
    step = run(line, build, is_rom, key)[-1]
    assert step == Step("refused", reason=why) and line.now_s < updating._AGAIN_S
    assert line.board.tree._files == before and "files" not in [table for table, _ in line.asked]


def test_one_that_was_signed_before_what_was_tried_is_refused(run):
    line = Line("broken")
    run(line)
    line.board.start(aboard())
    assert run(line, BUILD._replace(files=FILES_OLD), version=NOW_S - 1)[-1].reason == "this board has tried it, or one that was signed later"


def test_what_a_board_refused_of_somebody_else_before_does_not_count(run):
    for earlier in ({"refused_update": [None, "wrong seal"]}, {"refused": [None, "not enough memory"]}, {"refused_update": [7, "no room"]},
                    {"rolled_back": [7, "broken"]}):  # fmt: skip
        line = Line()
        line.tell(**earlier)
        assert run(line)[-1] == Step("updated"), earlier


def test_nor_does_it_where_a_board_has_all_of_it_and_asks_for_nothing(run):
    line = Line()
    line.board.is_calm = False
    run(line, seconds=60)
    line.board.start(aboard())
    line.told, line.asked = {"release": OLD, "firmware": "0.1.0", "refused_update": [None, "wrong seal"]}, []
    line.tell()
    steps = run(line, seconds=60, version=NOW_S + 1)
    assert [step.what for step in steps] == ["staged", "late"] and line.asked == []


def test_the_same_refusal_again_counts(run):
    line = Line()
    line.tell(refused_update=[None, "wrong seal"])
    assert run(line, key=WRONG_KEY)[-1] == Step("refused", reason="wrong seal") and line.now_s < updating._AGAIN_S


@pytest.mark.parametrize("is_told_again", [True, False])
def test_without_memory_for_it_a_board_says_what_helps(run, is_told_again):
    line = Line()
    line.tell(refused=[None, "not enough memory"])
    line.board.take = lambda payload: line.tell() if is_told_again else None
    step = run(line)[-1]
    assert step.what == "refused" and "--pause-doors" in step.reason and line.now_s < 2 * updating._SILENT_S


def test_of_a_version_it_says_the_same(run):
    line = Line()
    line.board.take = lambda payload: line.tell(refused_update=[NOW_S, "not enough memory"])
    assert "--pause-doors" in run(line)[-1].reason and line.now_s < updating._AGAIN_S


def test_where_doors_cannot_pause_it_says_so_and_not_at_once(run):
    line = Line()
    line.board.take = lambda payload: line.tell(refused=[None, "not enough memory"])
    step = run(line, may_pause=True)[-1]
    assert step.what == "refused" and "cannot pause" in step.reason and "--pause-doors" not in step.reason
    assert updating._SHORT_S <= line.now_s < 2 * updating._SHORT_S


def minimal(line):
    """The doors pause."""
    line.status["c1"] = {"t": "status", "online": False, "minimal": True, **line.told}


def test_doors_wait_and_pause_and_then_it_comes(run):
    line = Line()
    real, line.board.take = line.board.take, lambda payload: line.tell(pause=NOW_S) if b'"pause":true' in payload else None

    def begin(line):
        if line.now_s > 300:
            line.board.take, line.on_take = real, lambda line: None
            minimal(line)

    line.on_take = begin
    steps = run(line, may_pause=True)
    assert list(dict.fromkeys(step.what for step in steps)) == ["waits", "pauses", "fetching", "staged", "trial", "updated"]
    assert line.sent > 300 / updating._AGAIN_S * 0.8, "a board waits as long as somebody says so again"


def test_doors_that_pause_in_vain_are_told_of(run):
    line = Line()
    line.board.take = lambda payload: line.tell(pause=NOW_S)

    def fail(line):
        line.told = {"release": OLD, "firmware": "0.1.0", "refused_update": [NOW_S, "doors have paused for it"]}
        line.tell()

    line.on_take = lambda line: (minimal if line.now_s < 30 else fail)(line) if "pause" in line.told else None
    assert run(line, may_pause=True)[-1] == Step("refused", reason="doors have paused for it")


def test_a_pause_for_another_release_is_none_for_this(run):
    line = Line()
    line.tell(pause=NOW_S - 1)
    assert "waits" not in [step.what for step in run(line, may_pause=True)]


def test_whoever_never_asks_for_it_runs_what_it_ran(run):
    line = Line()
    line.board.take = lambda payload: None
    (step,) = run(line)
    assert step.what == "silent" and "It runs what it ran" in step.reason and line.sent > updating._SILENT_S / updating._AGAIN_S / 2


def test_whoever_is_gone_after_the_last_page_may_run_the_one_or_the_other(run):
    line = Line()

    def vanish():
        line.status["c1"] = {"t": "status", "online": False}
        line.board.results.clear()

    line.start_trial = vanish
    step = run(line)[-1]
    assert step.what == "silent" and "the release before, or the new one" in step.reason


def test_whoever_falls_silent_in_its_trial_may_run_the_one_or_the_other(run):
    line = Line()
    line.end_trial = lambda: None
    step = run(line)[-1]
    assert step.what == "silent" and "the release before, or the new one" in step.reason


def test_a_time_that_is_over_ends_it(run):
    line = Line()
    line.board.is_calm = False
    step = run(line, seconds=600)[-1]
    assert step.what == "late" and "tries it when nobody needs its doors" in step.reason
    assert 600 < line.now_s < 610, "whoever only waits for a calm moment is not silent"


def at_page(number: int, what):
    """Do something once, when so many pages were asked for."""
    done = []

    def look(line):
        if len(line.asked) >= number and not done:
            done.append(True)
            what(line)

    return look


def test_a_broker_that_comes_back_half_way_costs_time_alone(run):
    line = Line()

    def back(line):
        if line.now_s > 60:
            line.on_take = lambda line: None
            line.link(True)

    def away(line):
        line.on_take = back
        line.link(False)

    line.on_take = at_page(40, away)
    assert run(line)[-1] == Step("updated") and line.now_s > 60 and held(line.board.tree, NEW) == FILES_NEW


def test_a_broker_that_stays_away_ends_it_and_says_so(run):
    line = Line()
    line.on_take = at_page(40, lambda line: line.link(False))
    step = run(line)[-1]
    assert step.what == "cut off" and "the release before, or the new one" in step.reason and line.now_s > updating._SILENT_S
    assert held(line.board.tree, OLD) == FILES_OLD and line.board.tree.size("trial.json") is None


def test_a_board_that_loses_power_before_its_trial_is_asked_anew(run):
    line = Line()
    line.board.is_calm = False

    def cut(line):
        if "staged" in line.told:
            line.board.start(aboard())
            line.board.is_calm, line.told, line.on_take = True, {"release": OLD, "firmware": "0.1.0"}, lambda line: None
            line.tell()

    line.on_take = cut
    assert run(line)[-1] == Step("updated")


def test_a_board_in_minimal_mode_asks_by_its_status(run):
    line = Line()
    plain = line._note

    def ask_by_status():
        plain()
        wants, line._coming = [message for _, message in line._coming], []
        for want in wants:
            line.status["c1"] = {"t": "status", "online": False, "minimal": True, **line.told, "want": want}

    line._note = ask_by_status
    assert run(line)[-1] == Step("updated")
    assert len(line.asked) > 50 and line.now_s < 10, "each piece would have waited for a message"
