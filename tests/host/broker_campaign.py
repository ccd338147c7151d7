"""People badge without end at a board whose broker is killed and started again and again: `python -m tests.host.broker_campaign FRAMES`.

The board is the 32-bit MicroPython on fake hardware, see tests/board/at_broker.py; the broker is a real mosquitto. Prints one JSON
line of counts. Exit status 1: somebody was let in who was not there.
"""

import contextlib
import json
import sys
import tempfile
import time
from pathlib import Path

import click

from firmware.hal.nor import small_draw
from tests.brokers import Mosquitto
from tests.host import board_process
from tests.host.board_console import Console
from tests.host.board_process import CARDS, Board

HEAP, LONG_HEAP = "240k", "288k"  # for minutes, and for hours; of which the fake hardware and what drives it take 14 kB; a board is sure of 160 kB
SEED = 11
PAUSE_MORE_MS, CALM_MS = 60, 5000  # from one frame of a reader to the next at most, besides the shortest
STOP_EACH = 400  # badges known


def is_online(console: Console) -> bool:
    """Whether the board has told how its door is."""
    return console.listener.online() == ["c1"] and bool(console.listener.state("door", "front"))


def campaign(board: Board, console: Console, broker: Mosquitto, frames: int, stop_each: int = STOP_EACH, more_ms: int = PAUSE_MORE_MS) -> dict:
    """Let so many frames come at both readers together, and stop the broker each time so many badges are known. Returns counts.

    Ctrl-C: no more frames than have come until then.
    """
    start_s, stops = time.monotonic(), []
    board.say("frames", frames // 2, SEED, CARDS, more_ms)
    with contextlib.suppress(KeyboardInterrupt):
        while live(board, console, stop_each):
            stop(console, broker)
            stops.append(console.granted)
            print(len(stops), "stops,", console.granted, "badges known", file=sys.stderr)
        console.present("inside", CARDS, lambda: f"p{CARDS}" in console.let_in("inside"), "the badge after all others is not known")
    told = board.reports("end")
    return counted(console, frames, told["left"]) | {"stops": len(stops), "seconds": round(time.monotonic() - start_s), "end": told}


def live(board: Board, console: Console, stop_each: int) -> bool:
    """Wait until so many more badges are known; False where all frames have come."""
    known = console.granted + stop_each
    console.wait(lambda: console.granted >= known or board.is_over(), f"{known} badges are not known")
    return not board.is_over()


def stop(console: Console, broker: Mosquitto) -> None:
    """Kill the broker, and start it when the console has noticed."""
    broker.kill()
    console.wait(lambda: not console.listener.is_up, "the broker is gone, and nobody notices")
    broker.start()
    console.wait(lambda: console.listener.is_up, "the broker is back, and nobody notices")


def counted(console: Console, frames: int, left: int) -> dict:
    """What became of the frames, as the console knows it. left: so many of them have not come."""
    right, wrong = 0, len(console.strange)
    for number, reader in enumerate(("inside", "outside")):
        draw, let_in = small_draw(SEED + number), [user for user in console.let_in(reader) if user != f"p{CARDS}"]
        right += len(let_in)
        wrong += not is_part(let_in, [f"p{draw(CARDS)}" for _ in range(frames // 2)])
    denied = console.of("access.denied")
    wrong += len([event for event in denied if event["reason"] != "bad_read"])
    bad_reads = sum(event.get("count", 1) for event in denied)
    return {"sent": frames - left, "right": right, "wrong": wrong, "lost": frames - left - right, "bad_reads": bad_reads}


def is_part(some: list, of: list) -> bool:
    """Say whether some are among others, in their order."""
    left = iter(of)
    return all(one in left for one in some)


@click.command()
@click.argument("frames", type=int)
@click.option("--speed", default=1, help="So many times as fast as the world, where the machine can.")
@click.option("--ungated", is_flag=True, help="Nothing waits for the end of a frame.")
@click.option("--calm", is_flag=True, help="A badge each 2.5 s at each reader.")
@click.option("--heap", default=LONG_HEAP)
def main(frames: int, speed: int, ungated: bool, calm: bool, heap: str) -> None:
    """Print what became of so many frames, at both readers together."""
    with tempfile.TemporaryDirectory() as folder:
        rom = board_process.rom(made(Path(folder, "rom")))
        with Mosquitto(made(Path(folder, "broker"))) as broker:
            place = board_process.place(broker.folder, broker.settings)
            with Board(rom, place, heap) as board, Console(place, broker, board) as console:
                console.wait(lambda: is_online(console), "c1 is not online")
                console.hasten(speed)
                if ungated:
                    board.say("ungated")
                counts = campaign(board, console, broker, frames, more_ms=CALM_MS if calm else PAUSE_MORE_MS)
    print(json.dumps(counts))
    sys.exit(bool(counts["wrong"]))


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder


if __name__ == "__main__":
    main()
