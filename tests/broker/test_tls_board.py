"""A real handshake of MicroPython's with a real broker, step by step. With certificates: no MicroPython on a PC has pre-shared keys."""
import datetime
import json
import subprocess
from pathlib import Path

import pytest

from tests.brokers import UMQTT, need
from tests.interpreters import MICROPYTHON, MICROPYTHON32, ROOT, find
from tools.broker import authority
from tools.broker.clients import settings

pytestmark = pytest.mark.broker
BOTH = pytest.mark.parametrize("interpreter", [MICROPYTHON, MICROPYTHON32])
NOW = datetime.datetime.now(datetime.UTC)


def spoken(live, interpreter, name="viewer", **changes) -> dict:
    """What the link of a client says, on a real MicroPython. changes: of its TLS settings."""
    need(UMQTT, "umqtt")
    need(Path(find(interpreter) or "no such file"), interpreter)
    found = settings(live.out, name)
    found["tls"] |= changes
    file = live.folder / "tls_board.json"
    file.write_text(json.dumps(found))
    command = [find(interpreter), str(ROOT / "tests/broker/tls_board.py"), str(ROOT), str(UMQTT), str(file), name]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


@BOTH
def test_a_link_comes_up_over_tls_and_each_step_was_announced(live, interpreter):
    said = spoken(live, interpreter)
    # At least one before the broker's answer and one after it; how many more depends on how the answer comes.
    assert said["link"] is True and said["works"] >= 2 and said["depth"] == 0, said


@BOTH
def test_who_has_a_certificate_is_let_in_by_it_and_only_by_it(live, interpreter):
    assert spoken(live, interpreter, "console")["link"] is True
    assert spoken(live, interpreter, "console", cert=None)["failures"] == 1


@BOTH
def test_a_broker_of_another_authority_is_not_believed(live, interpreter, tmp_path):
    other = tmp_path / "other.crt"
    other.write_bytes(authority.pem(authority.new_authority("demo", NOW).certificate))
    assert spoken(live, interpreter, ca=str(other))["failures"] == 1
