"""From main.py to the controller: count the start, see whether it may be a whole one, and run.

What runs is `firmware.wiring.run(machine, installed, cause, mode)`: it returns when the board is to start again, and whether its
doors are to pause for a release then. In minimal mode it runs firmware/minimal.py, and takes a new release; where even that has
crashed, firmware/minimal.py alone.
"""

import time

from firmware.restarts import ALONE, CRASHES, PAUSED, WHOLE, Restarts


def run(machine, installed: dict, load=None) -> bool:
    """Run the controller to its end. Returns whether the board is to start again, or has nothing to run. `load`: for tests."""
    restarts = Restarts(machine.RTC().memory)
    cause = restarts.begin(machine.reset_cause() == machine.PWRON_RESET, int(time.time()))
    is_trial = "trial" in installed
    cause = "update" if is_trial else cause
    print("start.py: start", restarts.count, "after", cause)
    mode = restarts.begin_mode(not is_trial)  # a release on trial is another one than what has crashed
    if mode == PAUSED:
        print("start.py: DOORS PAUSE for an update: REX, fire, fail-safe rules, network and update, once")
    elif mode != WHOLE:
        what = "REX, fire and fail-safe rules, nothing else" if mode == ALONE else "REX, fire, fail-safe rules, network and update"
        print("start.py: MINIMAL MODE after", CRASHES, "crashes within ten minutes:", what)
    try:
        wired = (load or _load)()
        if wired is None:
            print("start.py: nothing in this release joins the firmware to a board: every output stays in its safe state")
            restarts.end()
            return False
        is_to_pause = wired(machine, installed, cause, mode)
    except KeyboardInterrupt:
        restarts.end()
        raise
    restarts.end(is_to_pause)
    return True


def _load():
    """Return what runs a controller, or None where this release has nothing that does."""
    try:
        import firmware.wiring as wiring
    except ImportError as error:
        if not str(error).endswith("'firmware.wiring'"):
            raise
        return None
    return getattr(wiring, "run", None)
