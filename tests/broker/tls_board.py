"""A board's link over TLS, on a real MicroPython: `tls_board.py ROOT UMQTT SETTINGS NAME`.

Prints {"link", "works", "depth"} when it is up, and what it counted when it has failed.
"""
import json
import sys
import time


def main(root, umqtt, settings, name):
    sys.path[:0] = [root, umqtt]
    from firmware.hal.busy import Busy
    from firmware.hal.mqtt_thread import MqttLink

    with open(settings) as file:
        found = json.load(file)
    busy = Busy(bool)
    link = MqttLink(found, name, "backstop/v1/demo", ["status/+"], None, 1, busy=busy)
    link.start()
    while not link.counts["failures"]:
        for event in link.take():
            if event == ("link", True):
                print(json.dumps({"link": True, "works": busy.epoch // 2, "depth": busy.depth}))
                return
        time.sleep(0.01)
    print(json.dumps(link.counts))


main(*sys.argv[1:])
