"""Code that is seldom needed: whoever needs it imports it then, and now and then it is let go, for it takes heap."""

import sys

_FOLDERS = ("firmware.core.", "firmware.replica.", "firmware.wire.", "firmware.config.", "firmware.update.")


def let_go() -> None:
    """Forget the modules beside the joined one. What somebody still has of theirs stays.

    Where nothing is joined, each module is one that others need.
    """
    if "firmware.joined" not in sys.modules:
        return
    for name in list(sys.modules):
        if name.startswith(_FOLDERS):
            folder, own = name.rsplit(".", 1)
            del sys.modules[name]
            delattr(sys.modules[folder], own)
