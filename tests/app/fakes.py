"""What a shell is handed, small enough to see through."""


class Clock:
    def __init__(self):
        self.ms = 0

    def now_ms(self):
        return self.ms


class Log:
    """`room`: how many writes there is room for."""

    def __init__(self, room):
        self.room = room
        self.stored = []

    def store(self, what):
        if not self.room:
            return False
        self.room -= 1
        self.stored.append(what)
        return True

    store_ceiling = store


class Node:
    """Writes down what it is handed. `plan`: {event or "start" or "tick": its actions}."""

    name = "c1"

    def __init__(self, plan=None, room=100):
        self.plan = plan or {}
        self.calls = []
        self.log = Log(room)
        self.due_ms = None
        self.chores = 0
        self.left = 0  # events of the last message

    def drive_locks(self, lock):
        self.lock = lock

    def start(self, now_ms, cause):
        self.calls.append(("start", cause, now_ms))
        return self.plan.get("start", [])

    def handle(self, event, now_ms):
        self.calls.append((event, now_ms))
        actions = self.plan.get(event, [])
        if isinstance(actions, Exception):
            raise actions
        return actions

    def tick(self, now_ms):
        self.calls.append(("tick", now_ms))
        self.due_ms = None
        return self.plan.get("tick", [])

    def next_deadline_ms(self):
        return self.due_ms

    def go_on(self, now_ms):
        self.calls.append(("go on", now_ms))
        self.left -= 1
        return []

    def is_sweeping(self):
        return False

    def has_chores(self):
        return self.chores > 0

    def chore(self, now_ms):
        self.calls.append(("chore", now_ms))
        self.chores -= 1
        self.log.room += 1
        return []


class Link:
    def __init__(self):
        self.is_running = False
        self.starts = 0
        self.sent, self.inbox = [], []

    def start(self):
        self.is_running = True
        self.starts += 1

    def stop(self):
        self.is_running = False

    def put(self, topic, payload, is_retained):
        self.sent.append((topic, payload, is_retained))

    def take(self):
        found, self.inbox = self.inbox, []
        return found


class Pins:
    def __init__(self):
        self.inputs = []
        self.done = []
        self.reads_until_ms = 0
        self.waits = []

    def take(self, now_ms):
        found, self.inputs = self.inputs, []
        return found

    def next_ms(self):
        return None

    def is_reading(self, now_ms):
        return now_ms < self.reads_until_ms

    def lock(self, door, is_locked):
        self.done.append(("lock", door, is_locked))

    def output(self, name, is_on):
        self.done.append(("output", name, is_on))

    def signal(self, reader, pattern):
        self.done.append(("signal", reader, pattern))

    def safe(self):
        self.done.append(("safe",))

    def synchronise(self):
        self.done.append(("synchronise",))

    async def wait(self, ms):
        self.waits.append(ms)
