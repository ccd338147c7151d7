"""The fuzzer of messages and lines works: it runs, it finds what is broken on purpose, and what it keeps goes every way."""

import os
import subprocess
import sys
import tracemalloc

import pytest

from firmware.wire import messages, storable
from tests import interpreters
from tests.fuzz import campaign, comparing, keeping, kept, seeds, soundness, story
from tests.fuzz.__main__ import TARGETS, main
from tests.fuzz.osdp import seeds as line_seeds

pytestmark = pytest.mark.slow
HEAP_BYTE, HEAP_MIN = 60, 20_000
# The firmware with something taken out of it that no message of a good day needs.
PLANTED = {
    "decoder": "from firmware.wire import messages, storable; storable.check = lambda event: None; messages.text_of = bytes.decode",
    "node": "from firmware.wire import messages; messages.is_inc = messages.is_number = messages.is_text = lambda value: True",
    "osdp": "from firmware.wire import osdp_replies; osdp_replies._card = lambda data: ('card', '1' * (data[2] | data[3] << 8), data[0])",
}
STORIES = {"decoder": lambda: seeds.by_hand()[:3], "node": lambda: seeds.for_node()[:8], "osdp": lambda: line_seeds.for_line()[:8]}
BROKEN = """
import sys
from tests.fuzz import target
{planted}
target.main(sys.argv[1], sys.argv[2:])
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Finds go to a folder of this test, and the kept stories are in a copy."""
    monkeypatch.setattr(kept, "FOUND", tmp_path / "found")
    folder = tmp_path / "kept"
    folder.mkdir()
    for target in TARGETS:
        (folder / f"{target}.kept").write_bytes(kept.path(target).read_bytes())
    monkeypatch.setattr(kept, "FOLDER", folder)
    return tmp_path


@pytest.fixture
def atheris():
    if not campaign.is_here():
        (pytest.fail if interpreters.is_required() else pytest.skip)(f"no {campaign.ATHERIS}: run `make setup`")


@pytest.mark.parametrize("target, runs", [("decoder", 400), ("node", 120), ("osdp", 1100)])
def test_it_runs_from_the_kept_stories_and_finds_more(here, atheris, capsys, target, runs):
    before = len(kept.stories(target))
    assert campaign.run(target, 1, f"-runs={runs}", "-seed=1") == 0
    said = capsys.readouterr().out
    assert "nothing broke" in said and f"DONE" in said
    assert len(list((kept.FOUND / target).iterdir())) > before > 50


@pytest.mark.parametrize("target", TARGETS)
def test_it_finds_what_is_broken_on_purpose(tmp_path, atheris, target):
    script = tmp_path / "broken.py"
    script.write_text(BROKEN.format(planted=PLANTED[target]))
    folder = tmp_path / "stories"
    folder.mkdir()
    for number, told in enumerate(STORIES[target]()):
        soundness.CHECKS[target](told)
        (folder / str(number)).write_bytes(told)
    command = [sys.executable, str(script), target, str(folder), "-runs=4000", "-seed=1", f"-artifact_prefix={tmp_path}/"]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", env={**os.environ, "PYTHONPATH": str(interpreters.ROOT)})
    assert done.returncode == 77, done.stderr[-2000:]
    (broken,) = tmp_path.glob("crash-*")
    soundness.CHECKS[target](broken.read_bytes())  # the firmware as it is takes it


def test_a_machine_without_atheris_is_told(monkeypatch, capsys):
    monkeypatch.setattr(campaign, "is_here", lambda: False)
    assert main(["run", "--minutes", "1"]) == 1
    assert "no atheris" in capsys.readouterr().err


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_kept_holds_and_ends_as_it_did(target, capsys):
    assert main(["replay", "--target", target]) == 0
    assert " 0 of them end otherwise" in capsys.readouterr().out


def test_one_story_can_be_replayed(tmp_path, capsys):
    file = tmp_path / "story"
    file.write_bytes(b"have/c2\n{}")
    assert main(["replay", "--target", "decoder", str(file)]) == 0
    assert capsys.readouterr().out == "decoder: message\n"


def test_a_soundness_that_does_not_hold_is_an_error(monkeypatch):
    monkeypatch.setattr(storable, "check", lambda event: None)
    log = next(told for verdict, told in story.load(str(kept.path("decoder"))) if b'"entries":[{' in told and len(verdict) == 8)
    topic, content = story.only_step(log)
    message = messages.decode(content)
    message["entries"][0]["more"] = 1 << 70
    with pytest.raises(ValueError):
        soundness.check_message(story.joined([(topic, messages.encode(message))]))


def test_no_message_takes_more_memory_or_work_than_its_size_allows():
    for _, told in story.load(str(kept.path("decoder"))):
        soundness.check_message(told)
        content = story.only_step(told)[1]
        tracemalloc.start()
        messages.decode(content)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < HEAP_MIN + HEAP_BYTE * len(content), (peak, len(content))


def test_work_is_counted():
    log = story.joined([("log/c2", b'{"t":"log","from":"c2","inc":1,"heads":{"facts":1,"notes":1,"site":1},"stamp":null,"entries":[],"gone":[%s]}'
                         % b",".join([b'["c1",1,"facts",1,1]'] * 100))])  # fmt: skip
    with soundness.Calls() as calls:
        kept.VERDICTS["decoder"](log)
    assert 300 < calls.count < soundness.CALLS_MIN + soundness.CALLS_BYTE * len(log)


@pytest.mark.parametrize("target, count", [("decoder", 600), ("node", 20), ("osdp", 150)])
@pytest.mark.parametrize("interpreter", interpreters.ALL[1:])
def test_changed_stories_end_alike(target, count, interpreter):
    if not interpreters.find(interpreter):
        (pytest.fail if interpreters.is_required() else pytest.skip)(f"no {interpreter}: run `make setup`")
    told = [(kept.checked(target, each), each) for each in comparing.changed(target, count, 5)]
    assert len({verdict for verdict, _ in told}) > 10
    assert comparing.differing(interpreter, target, told) == []


def test_a_story_that_ends_otherwise_is_told():
    if not interpreters.find("micropython"):
        (pytest.fail if interpreters.is_required() else pytest.skip)("no micropython: run `make setup`")
    assert comparing.differing("micropython", "decoder", [("message", b"have/c2\n[]"), ("topic", b"have/c2\n{}")]) == ["1: topic, here message"]


def test_what_goes_no_way_of_its_own_is_let_go(here, capsys):
    kept.path("decoder").write_bytes(b"")
    (kept.FOUND / "decoder").mkdir(parents=True)
    for number, told in enumerate((b"have/c2\n{}", b"have/c3\n{}", b"have/c4\n{}", b"command/c1\n{}")):
        (kept.FOUND / "decoder" / str(number)).write_bytes(told)
    assert main(["merge", "--target", "decoder"]) == 0
    always = len(seeds.nearly_json())
    assert kept.stories("decoder")[always:] == [b"have/c2\n{}", b"command/c1\n{}"]
    assert f"0 kept before, 4 found, {always + 2} kept now" in capsys.readouterr().out


def test_how_often_a_way_is_gone_counts_where_it_should():
    def live(told):
        messages.encode({"t": "log", "entries": [{"stamp": 1}] * len(told)})

    told = [b"", b"a", b"ab", b"abcdefghi"]
    assert keeping.fewest(told, live, 1) == [b"a"] or keeping.fewest(told, live, 1) == [b"ab"]
    assert len(keeping.fewest(told, live, 4)) > len(keeping.fewest(told, live, 2))
