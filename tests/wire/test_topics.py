"""Topics: each kind of message has its own, each sender only his."""

from firmware.wire import topics
from tests.core.parts import reader, settings
from tests.wire.test_messages import each_kind, message

FOLDERS = {"log": "log", "page": "log", "have": "have", "answer": "have", "wait": "have", "want": "want", "ask": "ask"}
AREAS = {
    "hall": {"controllers": ["c1", "c2", "c3"]},
    "lab": {"controllers": ["c2", "c4"]},
    "site": {"controllers": ["c5"]},
}


def test_the_root_names_version_and_site():
    assert topics.root("hq") == "backstop/v1/hq/"


def test_each_kind_goes_to_its_topic_under_its_senders_name():
    for sent in each_kind():
        if sent["t"] != "ask":
            assert topics.addressed(sent, AREAS) == [(FOLDERS[sent["t"]] + "/c1", sent)]


def test_a_message_fits_no_other_topic():
    for sent in each_kind() + [message("page"), message("status")]:
        kind = sent["t"]
        for folder in ("log", "have", "want", "ask", "status", "command", "reply", "door", "config", ""):
            is_right = folder == FOLDERS.get(kind, kind)
            assert topics.fits(folder + "/c1", sent) == is_right, (folder, kind)
            assert topics.fits(folder + "/c2", sent) == (is_right and kind == "ask"), (folder, kind)
        for topic in ("", "/", "c1", FOLDERS.get(kind, kind), "log/c1/", "log//c1", "x/log/c1", "have/c1 ", "ask", "askx"):
            assert not topics.fits(topic, sent), topic


def asked(to, areas):
    sent = message("ask", to=to, areas=areas, question=1, no=None)
    return [(topic, part["to"]) for topic, part in topics.addressed(sent, AREAS)]


def test_a_question_reaches_everybody_once():
    assert asked(["c2", "c3"], ["hall"]) == [("ask/hall", ["c2", "c3"])]
    assert asked(["c2", "c3", "c4"], ["hall", "lab"]) == [("ask/hall", ["c2", "c3"]), ("ask/lab", ["c4"])]
    assert asked(["c2", "c3", "c4"], ["lab", "hall"]) == [("ask/lab", ["c2", "c4"]), ("ask/hall", ["c3"])]
    assert asked([], ["hall"]) == []


def test_controllers_of_areas_around_are_asked_there():
    assert asked(["c2", "c5"], ["lab"]) == [("ask/lab", ["c2"]), ("ask/site", ["c5"])]
    assert asked(["c2"], ["moon"]) == [("ask/hall", ["c2"])]


def test_a_question_is_only_split_never_changed():
    sent = message("ask", to=["c2", "c4"], areas=["hall"], question=1, no=4)
    for _, part in topics.addressed(sent, AREAS):
        for key in sent:
            assert key == "to" or part[key] == sent[key]
    assert sent["to"] == ["c2", "c4"]


def test_a_controller_listens_to_the_others_and_to_what_is_meant_for_it():
    readers = {"a": reader(0, "front", {"hall": "in"}), "b": reader(1, "front", {"hall": "out", "lab": "in"})}
    found = topics.subscriptions(settings(readers=readers))
    assert found == ["have/+", "log/+", "status/+", "want/+", "command/c1", "config/c1", "ask/hall", "ask/lab"]
