"""Certificates and keys in files, as MicroPython's TLS wants them: bytes, in DER."""

from binascii import a2b_base64

_BEGIN, _END = b"-----BEGIN ", b"-----END "


def load(context, settings: dict) -> None:
    """Let a TLS context trust `ca` alone and, where there is one, be known by `cert` and its `key`: all paths. Raises: OSError, ValueError."""
    context.load_verify_locations(der(settings["ca"]))
    if settings.get("cert"):
        context.load_cert_chain(der(settings["cert"]), der(settings["key"]))


def der(path: str) -> bytes:
    """Return what a file holds; of one in PEM the first thing in it. Raises: OSError, ValueError."""
    with open(path, "rb") as file:
        data = file.read()
    begin = data.find(_BEGIN)
    if begin < 0:
        return data
    first, end = data.find(b"\n", begin), data.find(_END, begin)
    if not begin < first < end:
        raise ValueError(path)
    return a2b_base64(data[first:end])
