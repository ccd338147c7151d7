"""A board's link over TLS, on a real MicroPython: `tls_board.py ROOT UMQTT SETTINGS`. Prints {"link", "works", "depth"} when it is up."""
import json
import sys
import time


def main(root, umqtt, settings):
    sys.path[:0] = [root, umqtt]
    from firmware.hal.busy import Busy
    from firmware.hal.mqtt_thread import MqttLink

    with open(settings) as file:
        found = json.load(file)
    found["tls"]["ca"] = bytes.fromhex(found["tls"]["ca"])
    busy = Busy(bool)
    link = MqttLink(found, "viewer", "backstop/v1/demo", ["status/+"], None, 1, busy=busy)
    link.start()
    for _ in range(1000):
        for event in link.take():
            if event[0] == "link":
                print(json.dumps({"link": event[1], "works": busy.epoch // 2, "depth": busy.depth}))
                return
        time.sleep(0.01)
    print(json.dumps(link.counts))


main(*sys.argv[1:])
