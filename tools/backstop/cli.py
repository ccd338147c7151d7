"""The options that all commands share, and the commands."""

import os
import sys
from pathlib import Path

import click

from tools.backstop import commands, config, looks, readers, update
from tools.backstop.station import Given, Station

_INTERRUPTED, _UNREAD = 130, 141
_FILE = click.Path(path_type=Path)
_HELP = """What a site says of itself, and commands to it, signed with your key.

\b
Ends with 0 when it is done, 1 when a controller refused, 2 when a file or an
option cannot be used, 3 when nobody could be reached or nobody answered.
Each option here can be set in the environment instead: BACKSTOP_SITE, ...
"""


class _Group(click.Group):
    """Ends as shells expect it where somebody has had enough: 1 would say that a controller has refused."""

    def invoke(self, ctx: click.Context):
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            sys.exit(_INTERRUPTED)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the last flush would complain
            sys.exit(_UNREAD)


@click.group(cls=_Group, help=_HELP, context_settings={"auto_envvar_prefix": "BACKSTOP"})
@click.option("--site", type=_FILE, help="The site file.")
@click.option("--client", type=_FILE, help="The mqtt.json of a console, as tools.broker writes it.")
@click.option("--broker", metavar="URL", help="mqtt://[USER:PASSWORD@]HOST[:PORT] instead, or URL,URL for the "
              "nodes of one broker. Default: the site file's.")  # fmt: skip
@click.option("--operator", metavar="NAME", help="Who you are in the site file; commands need it.")
@click.option("--keys", type=_FILE, help="The keys of the site. Default: <site>.keys beside the site file.")
@click.option("--console", metavar="NAME", help="The console that `log` asks as. Default: the client's name, or the first.")
@click.pass_context
def cli(ctx: click.Context, **given) -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")
    ctx.obj = Station(Given(**given))


for _command in (*looks.COMMANDS, *commands.COMMANDS, config.config, readers.readers, update.update):
    cli.add_command(_command)
