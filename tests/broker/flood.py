"""Somebody who has nothing to say, and says it often: `flood.py PORT TOPIC RATE SECONDS`. Prints how many messages it sent."""

import socket
import sys
import time

_PAYLOAD = b'{"t":"log","from":"stranger","entries":[],"mac":"' + b"0" * 32 + b'"}'
_EVERY_S = 0.01


def packet(kind: int, body: bytes) -> bytes:
    """An MQTT 3.1.1 packet, of less than 16,384 bytes."""
    size = len(body)
    return bytes([kind]) + (bytes([size]) if size < 128 else bytes([size % 128 | 128, size // 128])) + body


def text(value: bytes) -> bytes:
    return len(value).to_bytes(2, "big") + value


def main(port: str, topic: str, rate: str, seconds: str) -> None:
    with socket.create_connection(("127.0.0.1", int(port))) as connection:
        connection.sendall(packet(0x10, text(b"MQTT") + b"\x04\x02\x00\x3c" + text(b"stranger")))
        assert connection.recv(4)[3] == 0, "refused"
        message, start_s, sent = packet(0x30, text(topic.encode()) + _PAYLOAD), time.monotonic(), 0
        while (passed_s := time.monotonic() - start_s) < float(seconds):
            due = int(passed_s * int(rate)) - sent
            connection.sendall(message * due)
            sent += due
            time.sleep(_EVERY_S)
    print(sent)


if __name__ == "__main__":
    main(*sys.argv[1:])
