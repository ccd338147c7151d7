"""`python -m tools.console`."""

from tools.console.cli import cli

if __name__ == "__main__":
    cli(prog_name="console")
