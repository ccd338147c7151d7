"""`python -m tools.backstop`, and with the script beside this file on the PATH `backstop`."""

from tools.backstop.cli import cli

if __name__ == "__main__":
    cli(prog_name="backstop")
