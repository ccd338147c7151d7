"""Somebody at the broker who follows one board as a console does, and gives it commands by the command line."""

import contextlib
import time

from click.testing import CliRunner

from firmware.wire import topics
from host_sim.bench.live.listener import Listener
from tests.brokers import Mosquitto, wait_for
from tests.host.board_process import Board, Place
from tools.backstop.cli import cli

PATIENCE_S = 120
_TRIES, _TRY_S = 4, 10


class Following(Listener):
    """It follows, and concludes nothing: a fold reads all that is known of a person, and here a few people badge for hours."""

    def __init__(self, *words):
        super().__init__(*words)
        self._follower.on_take = lambda event: None


class House:
    """What a listener has to know of its site. Its time is that of the world, or of a board that is faster."""

    def __init__(self, place: Place):
        self.site, self.secrets = place.made.site, place.made.keys
        self._board: Board | None = None
        self.start_ms = self.unix_ms()

    def follow(self, board: Board) -> None:
        """Take the time of a board from now on."""
        self._from_ms, self._board = self.unix_ms() - board.now_ms(), board

    def unix_ms(self) -> int:
        return self._from_ms + self._board.now_ms() if self._board else int(time.time() * 1000)

    @property
    def now_ms(self) -> int:
        return self.unix_ms() - self.start_ms


class Console:
    """`events`: what is known of the board's logs, each once and in order. `strange`: what it heard and did not believe."""

    def __init__(self, place: Place, broker: Mosquitto, board: Board):
        self.events: list[dict] = []
        self.granted = 0
        self.strange: list[tuple] = []
        self._place, self._broker, self._board = place, broker, board
        root = topics.root(place.made.site.site)
        self._house = House(place)
        self.listener = Following(self._house, place.made.parts, broker.settings, root, self._take, self)

    def _take(self, event: dict) -> None:
        self.events.append(event)
        self.granted += event["type"] == "access.granted"

    def __enter__(self) -> "Console":
        return self

    def __exit__(self, *_) -> None:
        self.listener.close(leaves_nothing=False)

    def count(self, *what: str) -> None:
        self.strange.append(what)

    def hasten(self, speed: int) -> None:
        """Let the board's time and that of this console go so many times as fast as that of the world, where the machine can."""
        self._board.say("speed", speed)
        wait_for(self._board.now_ms, "it does not say its time")
        self._house.follow(self._board)

    def present(self, reader: str, number: int, is_so, what: str) -> None:
        """Present a card until something is so: a frame that overlaps an erase is a bad read, and people present it again."""
        for _ in range(_TRIES):
            self._board.say("tap", reader, number)
            with contextlib.suppress(AssertionError):
                return self.wait(is_so, what, _TRY_S)
        raise AssertionError(f"{what}: {self.of('access.denied')}")

    def wait(self, is_so, what: str, patience_s: float = PATIENCE_S):
        """Listen until something is so, as long as the board lives."""

        def looked():
            self._board.check()
            self.listener.look()
            return is_so()

        return wait_for(looked, what, patience_s)

    def of(self, *kinds: str) -> list[dict]:
        return [event for event in self.events if event["type"] in kinds]

    def let_in(self, reader: str) -> list[str]:
        """Who was let in at a reader, in order."""
        return [event["user"] for event in self.of("access.granted") if event["reader"] == reader]

    def command(self, *words: str) -> str:
        """Give a command as a person does; returns what it says."""
        given = ["--site", self._place.file, "--broker", f"mqtt://127.0.0.1:{self._broker.port}", "--operator", "ada"]
        run = CliRunner().invoke(cli, [*map(str, given), *words])
        assert run.exit_code == 0, run.output
        return run.stdout
