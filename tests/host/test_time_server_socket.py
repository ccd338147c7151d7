"""The time from a server over a real socket: MicroPython does not tell which port it was given, so on CPython alone."""

import socket
import threading

from firmware.hal.time_server import TimeServer
from tests.hal.test_time_server import UNIX_S, Time, answer


def test_over_a_real_socket():
    there = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    there.bind(("127.0.0.1", 0))
    time = Time()

    def serve():
        data, who = there.recvfrom(48)
        there.sendto(answer(data[40:48]), who)

    thread = threading.Thread(target=serve)
    thread.start()
    server = TimeServer("127.0.0.1", socket, time.now_ms, time.sleep_ms, there.getsockname()[1])
    assert server.query() == UNIX_S * 1000 + 500
    thread.join()
    there.close()
