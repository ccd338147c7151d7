"""`python -m tools.osdp`."""

from tools.osdp.cli import main

if __name__ == "__main__":
    main()
