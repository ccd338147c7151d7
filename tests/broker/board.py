"""The door loop of a board that does nothing but talk, for any interpreter: `board.py ROOT UMQTT PORT NAME`.

It puts a numbered message each 20 ms and takes what comes each 2 ms, and measures how long both calls take.
Layout: prints JSON lines: {"link": is_up}, {"topic", "payload", "bytes", "is_retained"} for each message but its own,
    {"stats"} five times a second. A message on command/NAME makes it act: "put N" puts N messages in a row, "stop" ends the link.
"""
import json
import sys
import time

ROOT = "backstop/v1/hq"
SLOW_US = 1_000_000
PUT_EVERY_US = 20_000
STATS_EVERY_US = 200_000


def now_us():
    return time.time_ns() // 1000


def load_link():
    if sys.implementation.name == "micropython":
        from firmware.hal.mqtt_thread import MqttLink
    else:
        from tools.mqtt import MqttLink
    return MqttLink


class Board:
    def __init__(self, link, name):
        self.link = link
        self.name = name
        self.next_put_us = self.next_stats_us = self.number = self.heard = 0
        self.calls = {"put": [0, 0, 0], "take": [0, 0, 0]}  # count, longest in us, how many were slow

    def measured(self, verb, *arguments):
        began_us = now_us()
        found = getattr(self.link, verb)(*arguments)
        took_us = now_us() - began_us
        calls = self.calls[verb]
        calls[0], calls[1], calls[2] = calls[0] + 1, max(calls[1], took_us), calls[2] + (took_us > SLOW_US)
        return found

    def turn(self):
        if now_us() >= self.next_put_us:
            self.next_put_us = now_us() + PUT_EVERY_US
            self.number += 1
            self.measured("put", "have/" + self.name, b"%d" % self.number)
        for event in self.measured("take"):
            self.tell(event)
        if now_us() >= self.next_stats_us:
            self.next_stats_us = now_us() + STATS_EVERY_US
            print(json.dumps({"stats": self.link.counts, "calls": self.calls, "heard": self.heard}))

    def tell(self, event):
        if event[0] == "link":
            print(json.dumps({"link": event[1]}))
            return
        topic, payload, is_retained = event[1:]
        if topic == "command/" + self.name:
            self.obey(payload.decode().split())
        elif topic.startswith("log/"):
            self.heard += 1
        else:
            text = payload[:40].decode()
            print(json.dumps({"topic": topic, "payload": text, "bytes": len(payload), "is_retained": is_retained}))

    def obey(self, words):
        if words[0] == "put":
            for number in range(int(words[1])):
                self.measured("put", "log/" + self.name, b"%d " % number + b"x" * 200)
        elif words[0] == "keep":
            self.link.put(words[1], words[2].encode(), True)
        elif words[0] == "stop":
            self.link.stop()


def main(root, umqtt, port, name):
    sys.path[:0] = [root, umqtt]
    settings = {"host": "127.0.0.1", "port": int(port), "user": None, "password": None, "tls": None}
    subscriptions = ["log/test", "door/+", "command/" + name]
    link = load_link()(settings, name, ROOT, subscriptions, ("status/" + name, b"offline"), len(name))
    board = Board(link, name)
    link.start()
    while True:
        board.turn()
        time.sleep(0.002)


if __name__ == "__main__":
    main(*sys.argv[1:])
