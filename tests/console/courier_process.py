"""A courier in a process of its own, to be killed: python -m tests.console.courier_process DATABASE URL"""

import sys
import time

from tools.console.alerts.addresses import Addresses
from tools.console.alerts.courier import Courier
from tools.console.alerts.outbox import Outbox
from tools.console.alerts.sender import Sender
from tools.console.clock import unix_ms
from tools.console.history import opened

if __name__ == "__main__":
    database, url = sys.argv[1:]
    known = Addresses([url])
    Courier(Outbox(opened(database)), lambda: known, Sender().send, unix_ms).start()
    time.sleep(60)
