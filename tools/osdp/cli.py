"""A control panel for one OSDP reader.

\b
Prints one JSON object a line: id, capabilities, online, offline, refused, card, keys, tamper, power, input, output,
done and failed commands, and stats at the end.

\b
The key, one of these:
  --key-file FILE   a file that --pair has made, or that holds the 32 hex digits of a key. Who the reader is is kept in it,
                    too: from then on another one is refused.
  --key HEX         32 hex digits; other users of this machine can see them in its list of processes
  --pair            the reader has no key yet: give it a new, random one. The first reader without a key that answers within
                    60 seconds gets it, so do this at a desk, where nobody else is on the line. The key is kept in
                    --key-file FILE, which must not exist yet, or in osdp-reader-ADDRESS-TIME.key in this folder.
  --allow-plain     no key at all: everybody on the wire can read the cards, and forge them

\b
Commands, one a line on the standard input:
  led PATTERN       buzzer PATTERN       text WORDS       output NUMBER on|off
  rotate            give the reader a new key, which is kept first: in the key file, or in a new one
  stats             print what there is to count
  quit              end, once the commands before it are done; so does the end of the input
Without an input (</dev/null) it watches until Ctrl-C or SIGTERM. A command waits 10 seconds for the reader, at most.

\b
Examples:
  python -m tools.osdp --port /dev/ttyUSB0 --address 0 --pair --key-file front-door.key
  python -m tools.osdp --port /dev/ttyUSB0 --address 0 --key-file front-door.key
  echo "output 0 on" | python -m tools.osdp --port tcp://10.0.0.7:4000 --address 0 --key-file front-door.key

\b
Exit status: 0; 1 where something that was asked for was not done; 2 where the words of the command line, the key or the
port are of no use, and nothing was done.
"""

import json
import os
import sys
import time
from pathlib import Path

import click

from firmware.hal.clock import Clock
from firmware.hal.rs485 import Rs485
from firmware.wire.osdp_commands import BAUDS
from firmware.wire.wiegand_cards import RAW
from firmware.wire.wiegand_formats import format_names
from tools.osdp.key_file import KeyFile, key_of, read
from tools.osdp.reader_keys import ReaderKeys
from tools.osdp.loop import run
from tools.osdp.opening import is_remote, opened
from tools.osdp.orders import HELP
from tools.osdp.panel import Panel
from tools.osdp.people import Input, Signals
from tools.osdp.tcp import DELAY_MS
from tools.osdp.unusable import Unusable

_UNDONE, _UNUSABLE, _INTERRUPTED = 1, 2, 130
_NO_KEY = """There is no key, so this reader would speak in plain: everybody on the wire could read the cards, and forge them.
  --key-file FILE or --key HEX   where the reader has a key
  --pair                         to give it one
  --allow-plain                  to do without, knowing that
More: python -m tools.osdp --help"""


@click.command(help=__doc__, context_settings={"max_content_width": 120})
@click.option("--port", required=True, metavar="PATH|tcp://HOST:PORT", help="A serial port, or a serial server.")
@click.option("--address", required=True, type=click.IntRange(0, 126), help="Of the reader, on its bus.")
@click.option("--baud", type=click.Choice([str(baud) for baud in BAUDS]), default="9600", show_default=True)
@click.option("--key", metavar="HEX", help="The reader's key.")
@click.option("--key-file", type=Path, metavar="FILE", help="The file with the reader's key; with --pair, where it goes.")
@click.option("--pair", is_flag=True, help="Give a reader without a key a new one.")
@click.option("--allow-plain", is_flag=True, help="Do without a key. With one it changes nothing.")
@click.option("--show-key", is_flag=True, help="Print the key when the reader has taken it.")
@click.option("--format", "formats", multiple=True, type=click.Choice([*format_names(), RAW]), metavar="NAME",
              help=f"A format whose cards get a `credential`: {', '.join([*format_names(), RAW])}. Several are possible. Default: H10301.")
def cli(**given) -> None:
    sys.exit(_run(**given))


def main() -> None:
    """Run, and say in one line what is wrong with the words of the command line."""
    try:
        cli(standalone_mode=False, prog_name="python -m tools.osdp", args=sys.argv[1:] or ["--help"])
    except click.ClickException as error:
        _end(f"{error.format_message()} More: python -m tools.osdp --help")
    except Unusable as error:
        _end(str(error))
    except (click.Abort, KeyboardInterrupt):
        sys.exit(_INTERRUPTED)
    except BrokenPipeError:  # nobody reads what we say
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(_UNDONE)


def _run(port: str, address: int, baud: str, pair: bool, allow_plain: bool, formats: tuple, **given) -> int:
    keys = _keys(address, pair, allow_plain, **given)
    clock = Clock()
    end = opened(port, int(baud))
    try:
        panel = Panel(address, int(baud), DELAY_MS if is_remote(port) else 0, keys, os.urandom, allow_plain, list(formats) or ["H10301"])
        people = [Input(panel), Signals(panel)]
        if sys.stdin and sys.stdin.isatty():
            print(f"Commands: {HELP}", file=sys.stderr)
        if pair:
            _pair(panel, clock.now_ms())
        run(panel, end, Rs485(end, int(baud)), people, clock.now_ms, _show)
    finally:
        end.close()
    _show(panel.stats(clock.now_ms()))
    return _UNDONE if panel.has_failed else 0


def _show(one: dict) -> None:
    print(json.dumps(one), flush=True)


def _pair(panel: Panel, now_ms: int) -> None:
    try:
        for _, one in panel.pair(now_ms):
            _show(one)
    except FileExistsError as error:
        raise Unusable(f"{error.filename}: this file is there already, and may hold a reader's key: name another one") from error
    except OSError as error:
        raise Unusable(f"{error.filename}: a key cannot be kept there: {error.strerror}") from error


def _keys(address: int, pair: bool, allow_plain: bool, key: str | None, key_file: Path | None, show_key: bool) -> ReaderKeys:
    """Find the key. Raises: Unusable."""
    if key and (pair or key_file):
        raise Unusable("--key stands for itself: leave out --pair and --key-file")
    if not (key or key_file or pair or allow_plain):
        raise Unusable(_NO_KEY)
    is_there = bool(key_file) and not pair
    known, identity = read(key_file) if is_there else ([], None)
    if key:
        known = [key_of(key, "--key")]
    place = key_file or Path(f"osdp-reader-{address}-{time.strftime('%Y%m%d-%H%M%S')}.key")
    return ReaderKeys(known, identity, KeyFile(place, address, is_there, show_key), os.urandom)


def _end(words: str) -> None:
    print(words, file=sys.stderr)
    sys.exit(_UNUSABLE)
