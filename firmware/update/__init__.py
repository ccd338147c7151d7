"""A release that comes over the network: staged beside the one that runs, tried once, kept only if it proves itself.

All of it but this file is loaded when one comes, or has come. Files at the root of a board's flash:
    installed.json   {"tree", "own", "board"}: what counts
    trial.json       the same of a release that is to be tried, and "before": the tree that stages it, "firmware", "version".
                     main.py renames it before it runs that release: however the try ends, the next start is of what counts
    tried.json       what trial.json was, until what became of it is in the log
    failed.txt       why it failed, if somebody knows
    paused.json      {"version"} of the manifest of the newest release that doors paused for, and "config", Unix time of the newest order
                     by which they did for a configuration; "for" is the one of the two that was last
A release that has passed its self-test takes the place of installed.json, in one step.
"""

from firmware import VERSION

INSTALLED, TRIAL, TRIED, FAILED, PAUSED = "installed.json", "trial.json", "tried.json", "failed.txt", "paused.json"


class Releases:
    """What a board knows of its releases while none is on its way.

    `tree`: a hal Tree over the whole flash, `make_files()`: files of the folder `update`. `aboard`: "tree", "own" and "board" of
    what runs, "is_trial" where that is on trial, "mpy" of the .mpy files it takes, "rom_bytes" of its partition for them.
    `status`: what the controller's status tells of it: "release" and "firmware", its version; where that is so "rom", it runs in place,
    "trial", it is to prove itself, "staged", version of a manifest whose release waits for a moment, "pause", of one for which doors are
    to pause or do (of a configuration its order), "refused_update": [version of a manifest, why], "rolled_back": [version of one that was tried, why it is gone].
    `is_short`: the one on its way has not found enough memory. `wants_pause`: in the next life doors pause for one.
    """

    def __init__(self, make_files, tree, aboard: dict):
        self.make_files, self.tree, self.aboard = make_files, tree, aboard
        self.has_news = tree.size(TRIED) is not None
        self.is_short = self.wants_pause = False
        self.status = {"release": aboard["tree"], "firmware": VERSION}
        if tree.size(aboard["tree"] + "/rom.z"):
            self.status["rom"] = True
        if aboard["is_trial"]:
            self.status["trial"] = True

    def open(self):
        """Return a ReleaseStore."""
        from firmware.update.store import ReleaseStore

        return ReleaseStore(self.make_files(), self.tree, self.aboard)
