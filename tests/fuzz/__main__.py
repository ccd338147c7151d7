"""Fuzz what a controller does with bytes from the network and from readers: `python -m tests.fuzz COMMAND`.

    run       fuzz each target for a while; finds and what breaks go to build/fuzz-messages
    merge     take the finds into the kept stories, tests/fuzz/<target>.kept, and let go what is spare
    replay    check one story in a file, or all that are kept
    compare   check that changed stories end alike on every interpreter that is here
Targets: decoder (one message, or an operator's command, until a node has it), node (a whole controller),
    osdp (a panel, its readers, and whoever else is on their wire).
"""

import argparse
import sys

from tests.fuzz import campaign, comparing, kept

TARGETS = ("decoder", "node", "osdp")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("run", "merge", "replay", "compare"):
        command = commands.add_parser(name)
        command.add_argument("--target", choices=TARGETS, help="only this one")
        if name == "run":
            command.add_argument("--minutes", type=float, default=10, help="for each target")
        if name == "replay":
            command.add_argument("file", nargs="?", help="a story; --target says for whom")
        if name == "compare":
            command.add_argument("--stories", type=int, default=2000)
            command.add_argument("--seed", type=int, default=1)
    return parser


def main(words: list[str] | None = None) -> int:
    options = _parser().parse_args(words)
    targets = (options.target,) if options.target else TARGETS
    if options.command == "run":
        return max(campaign.run(target, options.minutes) for target in targets)
    if options.command == "merge":
        return max(kept.merge(target) for target in targets)
    if options.command == "replay":
        return max(kept.replay(target, options.file) for target in targets)
    return max(comparing.compare(target, options.stories, options.seed) for target in targets)


if __name__ == "__main__":
    sys.exit(main())
