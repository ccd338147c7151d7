"""What `python -m tools.broker` writes, and keeps."""

import os
import stat
import subprocess
import sys
from collections import Counter

from cryptography import x509

from tests.tools.broker_files import FILES, files, without
from tests.tools.sites import changed
from tools.addresses import addresses
from tools.broker.clients import settings


def test_everything_a_broker_and_its_clients_need_is_written(run_broker, tmp_path):
    result = run_broker(data=changed())
    assert result.exit_code == 0 and "new: c1, c2, console, viewer" in result.stdout and not result.stderr
    assert files(tmp_path / "out").keys() == FILES


def test_nobody_else_may_read_any_of_it(run_broker, tmp_path):
    old = os.umask(0)
    try:
        run_broker("--plain-port", "1883", data=changed())
    finally:
        os.umask(old)
    for path in [tmp_path / "out", *(tmp_path / "out").rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_modes_that_somebody_loosened_are_tightened(run_broker, tmp_path):
    run_broker(data=changed())
    for path in [tmp_path / "out", *(tmp_path / "out").rglob("*")]:
        path.chmod(0o777)
    run_broker()
    assert not [path for path in [tmp_path / "out", *(tmp_path / "out").rglob("*")] if path.stat().st_mode & 0o077]


def test_running_again_changes_nothing(run_broker, tmp_path):
    run_broker(data=changed())
    before = files(tmp_path / "out")
    result = run_broker()
    assert files(tmp_path / "out") == before
    assert "new" not in result.stdout and "restart" not in result.stdout


def test_no_secret_is_ever_the_same_for_two(run_broker, tmp_path):
    run_broker(data=changed())
    run_broker(out="other")
    found = [settings(tmp_path / out, name) for out in ("out", "other") for name in ("c1", "c2", "console", "viewer")]
    words = [one["password"] for one in found] + [one["tls"]["psk_key"] for one in found if "psk_key" in one["tls"]]
    assert len(set(words)) == len(words) == 12 and min(map(len, words)) >= 32


def test_an_identity_comes_and_goes_and_the_others_keep_what_they_have(run_broker, tmp_path):
    run_broker(data=changed())
    before = files(tmp_path / "out")
    result = run_broker(data=without("c2"))
    assert "removed: c2" in result.stdout and "restart" in result.stdout
    after = files(tmp_path / "out")
    assert after.keys() == FILES - {"clients/c2/mqtt.json"} and not (tmp_path / "out/clients/c2").exists()
    assert b"c2" not in after["broker/acl"] and b"c2:" not in after["broker/psk"]
    assert {path for path in after if after[path] != before[path]} == {"broker/acl", "broker/psk"}
    run_broker(data=changed())
    assert files(tmp_path / "out")["clients/c2/mqtt.json"] != before["clients/c2/mqtt.json"]


def test_options_hold_until_others_are_given(run_broker, tmp_path):
    ports = ("--psk-port", "9001", "--plain-port", "1883")
    run_broker("--host", "b.example", "--at", "/etc/x", "--bind", "192.0.2.7", *ports, data=changed())
    text = (tmp_path / "out/broker/mosquitto.conf").read_text()
    for line in ("listener 9001 192.0.2.7", "listener 8884 192.0.2.7", "listener 1883 127.0.0.1", "psk_file /etc/x/psk"):
        assert line in text.splitlines()
    before = files(tmp_path / "out")
    run_broker()
    assert files(tmp_path / "out") == before
    result = run_broker("--host", "c.example", "--plain-port", "0")
    assert "with a new certificate: broker" in result.stdout
    after = files(tmp_path / "out")
    assert "listener 1883" not in after["broker/mosquitto.conf"].decode() and "broker/passwords_plain" not in after
    assert after["broker/server.key"] == before["broker/server.key"] and after["ca/ca.key"] == before["ca/ca.key"]
    assert settings(tmp_path / "out", "c1")["host"] == "c.example"


def test_the_host_is_the_one_of_the_site_file(run_broker, tmp_path):
    run_broker(data=changed(("broker", "mqtts://user@broker.example:8883/x")))
    assert settings(tmp_path / "out", "c1")["host"] == "broker.example"


def test_of_a_cluster_every_client_knows_all_nodes_and_not_all_begin_with_the_same(run_broker, tmp_path):
    names, nodes = [f"c{no}" for no in range(1, 31)], ["a.example", "b.example", "192.0.2.3"]
    data = changed(*[("controllers", name, {"board": "sim"}) for name in names[2:]])
    run_broker("--host", nodes[0], "--also", nodes[1], "--also", nodes[2], data=data)
    found = [settings(tmp_path / "out", name) for name in names]
    for one in found:
        tried = addresses(one)
        start = nodes.index(tried[0][0])
        assert tried == [[host, 8883] for host in nodes[start:] + nodes[:start]]
    firsts = Counter(one["host"] for one in found)
    assert min(firsts[node] for node in nodes) >= 5, firsts
    before = files(tmp_path / "out")
    run_broker()
    assert files(tmp_path / "out") == before
    run_broker("--also", "")
    assert {(one["host"], one.get("others")) for one in (settings(tmp_path / "out", name) for name in names)} == {(nodes[0], None)}


def test_the_names_of_all_nodes_are_in_the_brokers_certificate(run_broker, tmp_path):
    run_broker("--host", "a.example", "--also", "192.0.2.3", data=changed())
    certificate = x509.load_pem_x509_certificate((tmp_path / "out/broker/server.crt").read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "a.example" in names.get_values_for_type(x509.DNSName)
    assert "192.0.2.3" in [str(address) for address in names.get_values_for_type(x509.IPAddress)]


def test_a_node_that_is_no_machine_is_told(run_broker, tmp_path):
    result = run_broker("--also", "b example", data=changed())
    assert result.exit_code == 2 and "--also" in result.stderr and not (tmp_path / "out").exists()


def test_the_command_itself_runs(tmp_path):
    command = [sys.executable, "-m", "tools.broker", "host_sim/sites/hq.toml", "--out", str(tmp_path / "out")]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0 and "6 identities" in run.stdout


def test_somebodys_own_files_in_the_folder_stay(run_broker, tmp_path):
    run_broker(data=changed())
    for path in ("clients/c2/notes.txt", "broker/extra.conf", "readme"):
        (tmp_path / "out" / path).write_text("mine")
    run_broker(data=without("c2"))
    assert files(tmp_path / "out").keys() >= {"clients/c2/notes.txt", "broker/extra.conf", "readme"}
