"""What the broker's tool writes for the small site."""

from tests.tools.sites import changed

FILES = {
    "options.json", "ca/ca.crt", "ca/ca.key",
    *(f"broker/{name}" for name in ("mosquitto.conf", "acl", "psk", "passwords")),
    *(f"broker/{name}" for name in ("ca.crt", "crl.pem", "server.crt", "server.key")),
    "clients/c1/mqtt.json", "clients/c2/mqtt.json", "clients/viewer/mqtt.json", "clients/viewer/ca.crt",
    *(f"clients/console/{name}" for name in ("mqtt.json", "ca.crt", "client.crt", "client.key")),
}


def files(folder) -> dict:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def without(name: str) -> dict:
    """The small site without a controller and what hangs on it."""
    return changed(("controllers", name, ...), ("doors", "gate", ...), ("readers", "gate_in", ...), ("outputs", {}))
