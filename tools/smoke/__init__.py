"""Five minutes with a board: what nobody could measure without one, each figure beside what was expected of it.

The controller is stopped meanwhile and started afterwards. Its outputs stay as they are without power, unless RELAYS=1 is given;
its log, files and keys are left alone.
"""
