"""Runs on the board, with the firmware that is installed there: a badge from its last bit to the lock, the network, the broker.

`installed` is in aboard_chip.py.
"""

import gc
import json
import time

_BADGES = 5
_SILENCE_MS = 40


def badge(folder, reader, door, bits):
    """(ms from the end of a frame to the order for the lock: of the first badge, and of the slowest later one; bytes left beside a node)"""
    installed()
    from firmware.config.loading import read_part
    from firmware.hal.part_folder import PartFolder
    from firmware.node import Node

    node = Node(read_part(PartFolder(folder)), None, {door: False}, 0, 0, "smoke", 1, b"smoke")
    node.resume()
    node.start(0)
    gc.collect()
    left, spent = gc.mem_free(), []
    for number in range(_BADGES):
        spent.append(_present(node, reader, door, bits, 60_000 * (number + 1)) / 1000)
        gc.collect()
    return spent[0], max(spent[1:]), left


def _present(node, reader, door, bits, now_ms):
    for bit in bits:
        node.handle(("bit", reader, int(bit)), now_ms)
        now_ms += 1
    begin = time.ticks_us()
    actions = node.tick(now_ms + _SILENCE_MS)
    spent = time.ticks_diff(time.ticks_us(), begin)
    if ("lock", door, False) not in [action[:3] for action in actions]:
        raise ValueError("the badge opened nothing: " + repr(actions))
    while node.next_deadline_ms() is not None and node.next_deadline_ms() < now_ms + 30_000:
        node.tick(node.next_deadline_ms())
    return spent


def link_s(patience_s):
    """Seconds until the network has a link."""
    told = installed()
    import machine
    import network

    from firmware.config.loading import read_part
    from firmware.hal.clock import Clock
    from firmware.hal.net import of_board
    from firmware.hal.part_folder import PartFolder

    board = __import__("firmware.boards." + told["board"].replace("-", "_"), None, None, ("NAME",))
    settings = read_part(PartFolder("/" + told["own"] + "/part")).settings.get("network", {})
    net, clock = of_board(*board.NETWORK, settings, machine, network, time.sleep_ms), Clock()
    while clock.now_ms() < patience_s * 1000:
        net.tick(clock.now_ms())
        if net.is_up:
            return clock.now_ms() / 1000
        time.sleep_ms(50)
    raise ValueError("no link within %d s; %d faults of the driver" % (patience_s, net.failures))


def broker_ms():
    """(ms until the broker takes a connection, of which TLS)"""
    told = installed()
    from firmware.hal.busy import Busy
    from firmware.hal.mqtt_client import Client
    from firmware.hal.mqtt_thread import Libraries

    try:
        with open("/" + told["own"] + "/mqtt.json") as file:
            settings = json.load(file)
    except OSError:
        raise ValueError("no mqtt.json was deployed")
    handshake = _handshake_ms(settings) if settings.get("tls") else 0
    client = Client(Libraries(), settings, b"smoke", None, 20, Busy(bool))
    begin = time.ticks_us()
    try:
        client.connect()
        return time.ticks_diff(time.ticks_us(), begin) / 1000, handshake
    finally:
        client.close()


def _handshake_ms(settings):
    import socket

    from firmware.hal.mqtt_thread import Libraries

    line = socket.socket()
    line.settimeout(5)
    line.connect(socket.getaddrinfo(settings["host"], settings["port"])[0][-1])
    begin = time.ticks_us()
    stream = Libraries.tls(settings["tls"]).wrap_socket(line, server_hostname=settings["host"])
    spent = time.ticks_diff(time.ticks_us(), begin) / 1000
    stream.close()
    return spent
