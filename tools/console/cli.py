"""The options that all commands of the console share, and the commands."""

from pathlib import Path

import click

from tools.console.accounts.accounts import Accounts, Refusal
from tools.console.history import Trouble, opened
from tools.console.history.database import Unusable
from tools.console.sitefile import SiteFile
from tools.site.errors import SiteError

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
        return Accounts(opened(database or str(site.parent / f"{file().site}.sqlite")), file)
    except (SiteError, OSError, Trouble, Unusable) as error:
        raise _failure(str(error)) from None


def _failure(words: str) -> click.ClickException:
    found = click.ClickException(words)
    found.exit_code = _FAILED
    return found
