"""The options that all commands of the console share, and the commands."""

from pathlib import Path

import click

from tools.backstop.station import Given, Station
from tools.console.accounts.accounts import Accounts, Refusal
from tools.console.history import Trouble, opened
from tools.console.history.database import Unusable
from tools.console.sitefile import SiteFile
from tools.site.errors import SiteError
from tools.web.port import in_use, is_free

_FILE = click.Path(path_type=Path)
_FAILED = 2
_BY = "command line"


@click.group(context_settings={"auto_envvar_prefix": "BACKSTOP"})
@click.option("--site", required=True, type=click.Path(path_type=Path), help="The site file.")
@click.option("--database", metavar="URL", help="Default: <site>.sqlite beside the site file; or postgresql://…")
@click.pass_context
def cli(ctx: click.Context, site: Path, database: str | None) -> None:
    """The operators' console of a site."""
    ctx.obj = (site, database)


@cli.command()
@click.option("--client", type=_FILE, help="The mqtt.json of a console, as tools.broker writes it.")
@click.option("--broker", metavar="URL", help="mqtt://[USER:PASSWORD@]HOST[:PORT] instead. Default: the site file's.")
@click.option("--keys", type=_FILE, help="The keys of the site. Default: <site>.keys beside the site file.")
@click.option("--name", metavar="NAME", help="Which console of the site file this is. Default: the client's name, or the first.")
@click.option("--port", type=click.IntRange(1, 65535), default=8090, show_default=True)
@click.option("--no-open", is_flag=True, help="Do not open the page in a browser.")
@click.pass_obj
def run(given: tuple[Path, str | None], client: Path | None, broker: str | None, keys: Path | None, name: str | None,
        port: int, no_open: bool) -> None:  # fmt: skip
    """Open the console: a page on 127.0.0.1 for those who are signed in."""
    from tools.console.house import House  # here, so that `password` need not wait for it
    from tools.console.web.server import serve

    site, database = given
    if not is_free(port):
        raise _failure(in_use(port, 8090))
    try:
        file = SiteFile(site)
        station = Station(Given(site, broker, client, name, keys, None))
        with House(file, site, station, database or _beside(site, file)) as house:
            serve(house, port, not no_open)
    except (SiteError, OSError, Trouble, Unusable) as error:
        raise _failure(str(error)) from None


@cli.command()
@click.argument("name")
@click.pass_obj
def password(given: tuple[Path, str | None], name: str) -> None:
    """Set the password of an operator of the site file. It ends all of his sessions."""
    accounts = _accounts(*given)
    if name not in accounts.operators():
        raise _failure(f"the site file names no operator {name!r}")
    typed = click.prompt(f"New password for {name}", hide_input=True, confirmation_prompt=True)
    try:
        refusal = accounts.set_password(name, typed, _BY)
    except Trouble as trouble:
        raise _failure(f"the database cannot be used: {trouble}") from None
    if isinstance(refusal, Refusal):
        raise _failure(refusal.words)
    click.echo(f"{name} can sign in with it now")


def _accounts(site: Path, database: str | None) -> Accounts:
    try:
        file = SiteFile(site)
        return Accounts(opened(database or _beside(site, file)), file)
    except (SiteError, OSError, Trouble, Unusable) as error:
        raise _failure(str(error)) from None


def _beside(site: Path, file: SiteFile) -> str:
    return str(site.parent / f"{file().site}.sqlite")


def _failure(words: str) -> click.ClickException:
    found = click.ClickException(words)
    found.exit_code = _FAILED
    return found
