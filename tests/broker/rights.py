"""Who may do what on the broker of the test's site, by hand: topic -> (who publishes, who reads)."""

from tests.broker.live import ROOT

CONTROLLERS = "c1 c2"
ALL = "c1 c2 console viewer"
PEERS = "c1 c2 console"
_OWN = {f"{kind}/{name}": (name, PEERS) for kind in ("log", "have", "want") for name in PEERS.split()}
_STATUS = {f"status/{name}": (name, ALL) for name in PEERS.split()}
_TOPICS = _OWN | _STATUS | {
    "status/viewer": ("", ALL),
    "log/viewer": ("", PEERS),
    # c2 has no reader of the vault, and the office does not lie in it.
    "ask/office": (CONTROLLERS, CONTROLLERS),
    "ask/vault": ("c1", "c1"),
    "ask/nowhere": ("", ""),
    "door/lobby": ("c1", "console viewer"),
    "door/vault": ("c1", "console viewer"),
    "door/gate": ("c2", "console viewer"),
    "door/nowhere": ("", "console viewer"),
    "output/strobe": ("c2", "console viewer"),
    "area/office": (CONTROLLERS, "console viewer"),
    "area/vault": ("c1", "console viewer"),
    "reply/ada": (CONTROLLERS, "console"),
    "echo/c1": ("c1", "c1"),
    "echo/c2": ("c2", "c2"),
    "echo/console": ("", ""),
    "command/c1": ("console", "c1"),
    "command/c2": ("console", "c2"),
    "config/c1": ("console", "c1 console"),
    "config/c2": ("console", "c2 console"),
    "log/c1/deeper": ("", ""),
    "log": ("", ""),
    "": ("", ""),
}
RIGHTS = {ROOT + topic: rights for topic, rights in _TOPICS.items()} | {
    "homeassistant/lock/demo_lobby/config": (CONTROLLERS, "viewer"),
    "backstop/v1/other/log/c1": ("", ""),
    "log/c1": ("", ""),
}


def writers(topic: str) -> list[str]:
    return RIGHTS[topic][0].split()


def readers(topic: str) -> list[str]:
    return RIGHTS[topic][1].split()
