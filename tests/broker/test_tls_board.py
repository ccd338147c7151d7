"""A real handshake of MicroPython's with a real broker, step by step. With certificates: no MicroPython on a PC has pre-shared keys."""
import json
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tests.brokers import UMQTT, need
from tests.interpreters import MICROPYTHON, MICROPYTHON32, ROOT, find
from tools.broker.clients import settings

pytestmark = pytest.mark.broker


def spoken(live, interpreter, **changes) -> dict:
    """What the board says of its link."""
    need(UMQTT, "umqtt")
    found = settings(live.out, "viewer")
    authority = x509.load_pem_x509_certificate((live.out / "ca/ca.crt").read_bytes())
    found["tls"] = {"ca": authority.public_bytes(Encoding.DER).hex()}
    file = live.folder / "tls_board.json"
    file.write_text(json.dumps(found | changes))
    command = [find(interpreter), str(ROOT / "tests/broker/tls_board.py"), str(ROOT), str(UMQTT), str(file)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


@pytest.mark.parametrize("interpreter", [MICROPYTHON, MICROPYTHON32])
def test_a_link_comes_up_over_tls_and_each_step_was_announced(live, interpreter):
    need(Path(find(interpreter) or "no such file"), interpreter)
    said = spoken(live, interpreter)
    # At least one before the broker's answer and one after it; how many more depends on how the answer comes.
    assert said["link"] is True and said["works"] >= 2 and said["depth"] == 0, said
