"""What `python -m tools.broker` refuses, and that it then changes nothing."""

import pytest

from tests.tools.broker_files import files, without
from tests.tools.sites import changed
from tools.broker import store

BAD = [
    (["--host", "a b"], {}, "--host"),
    (["--host", "x" * 65], {}, "--host"),
    (["--bind", "everywhere"], {}, "--bind"),
    (["--at", "etc"], {}, "--at"),
    (["--at", "/etc\nallow_anonymous true"], {}, "--at"),
    (["--psk-port", "8884"], {}, "port"),
    (["--renew", "nobody"], {}, "nobody"),
    ([], {"file": "none.toml"}, "none.toml"),
    ([], {"out": "x.json"}, "x.json"),
    ([], {"out": "x.json/deep"}, "x.json"),
    ([], {"out": "."}, "something else"),
    ([], {"data": changed(("controllers", "viewer", {}))}, "controllers.viewer"),
    ([], {"data": changed(("consoles", ["viewer"]))}, "consoles[0]"),
    ([], {"data": changed(("consoles", ["desk", "c1"]))}, "consoles[1]"),
    ([], {"data": changed(("consoles", ["de sk"]))}, "consoles[0]"),
    ([], {"data": changed(("controllers", "a+b", {}))}, "controllers"),
    ([], {"data": changed(("zzz", 1))}, "zzz"),
]


@pytest.mark.parametrize(("args", "more", "word"), BAD)
def test_a_fault_is_one_message_and_nothing_is_written(run_broker, tmp_path, args, more, word):
    result = run_broker(*args, **{"data": changed()} | more)
    assert result.exit_code == 2 and not result.stdout and word in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert files(tmp_path).keys() == {"x.json"} and not (tmp_path / "out").exists()


def test_files_of_another_site_are_not_touched(run_broker, tmp_path):
    run_broker(data=changed())
    before = files(tmp_path / "out")
    result = run_broker(data=changed(("site", "other")))
    assert result.exit_code == 2 and "demo" in result.stderr and files(tmp_path / "out") == before


LOST = [
    ("ca/ca.key", None, "copy"),
    ("ca/ca.crt", b"x", "copy"),
    ("broker/server.key", b"x", "copy"),
    ("clients/console/client.crt", b"", "copy"),
    ("clients/c1/mqtt.json", b"{}", "--renew"),
    ("clients/c1/mqtt.json", b'{"password": "x:y\\n", "tls": {}}', "--renew"),
    ("options.json", b"[]", "copy"),
]


@pytest.mark.parametrize(("path", "content", "remedy"), LOST)
def test_a_secret_that_is_lost_or_broken_is_not_replaced_in_silence(run_broker, tmp_path, path, content, remedy):
    run_broker(data=changed())
    if content is None:
        (tmp_path / "out" / path).unlink()
    else:
        (tmp_path / "out" / path).write_bytes(content)
    before = files(tmp_path / "out")
    result = run_broker(data=without("c2"))
    assert result.exit_code == 2 and path in result.stderr and remedy in result.stderr
    assert files(tmp_path / "out") == before


def test_a_full_disk_leaves_all_as_it_was(run_broker, tmp_path, monkeypatch):
    run_broker(data=changed())
    before, write, done = files(tmp_path / "out"), store._write, []

    def write_some(path, content):
        if len(done) == 2:
            raise OSError(28, "No space left on device", str(path))
        done.append(write(path, content))

    monkeypatch.setattr(store, "_write", write_some)
    result = run_broker("--renew", "c1", "--renew", "console", data=without("c2"))
    assert result.exit_code == 2 and "No space left" in result.stderr and files(tmp_path / "out") == before
    done.clear()
    assert run_broker(out="new").exit_code == 2 and not (tmp_path / "new").exists()
