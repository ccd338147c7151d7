"""Start the controller, once there is a hardware layer to drive. Until then no output is ever energised."""
import sys


def is_board() -> bool:
    """MicroPython also runs on a PC, where `sys.platform` is that of the PC."""
    return sys.implementation.name == "micropython" and sys.platform not in ("linux", "darwin", "win32")


def main() -> int:
    if is_board():
        print("This release has no hardware layer: every output stays de-energised.")
        return 0
    print("main.py runs on a board; on a PC, `make sim` runs the simulator.")
    return 2


# Leaving a board's main.py by SystemExit would restart it for ever.
if __name__ == "__main__" and main():
    sys.exit(2)
