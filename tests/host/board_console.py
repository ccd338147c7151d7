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


class House:
    """What a listener has to know of its site."""

    def __init__(self, place: Place):
        self.site, self.secrets = place.made.site, place.made.keys
        self.start_ms = self.unix_ms()

    @staticmethod
    def unix_ms() -> int:
        return int(time.time() * 1000)

    @property
    def now_ms(self) -> int:
        return self.unix_ms() - self.start_ms


class Console:
    """`events`: what is known of the board's logs, each once and in order. `strange`: what it heard and did not believe."""

    def __init__(self, place: Place, broker: Mosquitto, board: Board):
        self.events: list[dict] = []
        self.strange: list[tuple] = []
        self._place, self._broker, self._board = place, broker, board
        root = topics.root(place.made.site.site)
        self.listener = Listener(House(place), place.made.parts, broker.settings, root, self.events.append, self)

    def __enter__(self) -> "Console":
        return self

    def __exit__(self, *_) -> None:
        self.listener.close(leaves_nothing=False)

    def count(self, *what: str) -> None:
        self.strange.append(what)

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
