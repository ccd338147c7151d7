"""Every identity on every topic, judged by what arrives: a refused message leaves no other trace."""

import pytest
from paho.mqtt.client import topic_matches_sub

from tests.broker.live import ROOT, SITE
from tests.broker.rights import ALL, RIGHTS, readers, writers
from tests.programs import wait_until
from tools.broker.identities import identities
from tools.site import parse

pytestmark = pytest.mark.broker
NAMES = ALL.split()
GONE = "closed its connection"
# What an identity may surely publish, so that all it said before has been judged when this arrives.
LAST = {name: f"{ROOT}status/{name}" for name in NAMES}


@pytest.mark.parametrize("name", ["c1", "c2", "console"])
def test_what_an_identity_publishes_arrives_where_it_may_and_nowhere_else(live, name):
    with live.witness() as witness, live.client(name) as client:
        witness.subscribe("#")
        for topic in RIGHTS:
            client.publish(topic, name)
        client.publish(LAST[name], "end")
        witness.hears(LAST[name], "end")
    assert _topics(witness, name) == [topic for topic in RIGHTS if name in writers(topic)]


def test_the_viewer_publishes_nothing(live):
    with live.witness() as witness, live.client("viewer") as client:
        witness.subscribe("#")
        client.subscribe("#")
        for topic in RIGHTS:
            client.publish(topic, "viewer")
        # Its subscription is answered after all it said before.
        client.subscribe("#")
        witness.publish(LAST["c1"], "end")
        client.hears(LAST["c1"], "end")
        witness.hears(LAST["c1"], "end")
    assert _topics(witness, "viewer") == []


@pytest.mark.parametrize("name", NAMES)
def test_an_identity_hears_what_it_may_and_nothing_else(live, name):
    with live.witness() as witness, live.client(name) as client:
        client.subscribe("#", f"{ROOT}#", f"{ROOT}+/+", *RIGHTS)
        for topic in RIGHTS:
            witness.publish(topic, "now")
        witness.publish(LAST["c1"], "end")
        client.hears(LAST["c1"], "end")
    # A topic may arrive once for each of the subscriptions that match.
    assert set(_topics(client, "now")) == {topic for topic in RIGHTS if name in readers(topic)}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_retained_is_guarded_as_well(live, name):
    with live.witness() as witness:
        witness.subscribe("#")
        for topic in RIGHTS:
            witness.publish(topic, "kept", True)
        witness.hears(topic, "kept")
        with live.client(name) as client:
            client.subscribe("#", f"{ROOT}#", f"{ROOT}+/+", *RIGHTS)
            witness.publish(LAST["c1"], "end")
            client.hears(LAST["c1"], "end")
        for topic in RIGHTS:
            witness.publish(topic, "", True)
    assert set(_topics(client, "kept")) == {topic for topic in RIGHTS if name in readers(topic)}


@pytest.mark.parametrize("topic", [f"{ROOT}status/c1", f"{ROOT}command/c2", f"{ROOT}status/viewer"])
@pytest.mark.parametrize("name", NAMES)
def test_a_last_will_is_published_only_where_its_owner_may(live, name, topic):
    """A board could announce another one's end, or open a door with its last breath."""
    with live.witness() as witness:
        witness.subscribe("#")
        ended = live.log().count(GONE)
        live.client(name, will=(topic, "gone", False)).enter().vanish()
        wait_until(lambda: live.log().count(GONE) > ended, "the end of the client")
        witness.publish(LAST["c1"], "after it")
        witness.hears(LAST["c1"], "after it")
    assert _topics(witness, "gone") == ([topic] if name in writers(topic) else [])


def test_who_is_not_on_the_list_may_do_nothing(live):
    """A password alone gives no right: that of somebody whose lines were taken out."""
    with live.witness() as witness, live.stranger() as client:
        witness.subscribe("#")
        client.subscribe("#", f"{ROOT}#", *RIGHTS)
        for topic in RIGHTS:
            client.publish(topic, "stranger")
            witness.publish(topic, "witness")
        client.subscribe("#")
        witness.publish(LAST["c1"], "end")
        witness.hears(LAST["c1"], "end")
        client.subscribe("#")
    assert client.heard == [] and _topics(witness, "stranger") == []


def test_every_line_of_the_list_is_tried_by_its_owner_and_by_somebody_else():
    """Where all identities may, somebody else is the stranger, who tries all topics."""
    for identity in identities(parse(SITE)):
        for filters, who in ((identity.writes, writers), (identity.reads, readers)):
            for line in filters:
                tried = [topic for topic in RIGHTS if topic_matches_sub(line, topic)]
                assert any(identity.name in who(topic) for topic in tried), line
                assert any(set(NAMES) - set(who(topic)) for topic in tried) or line.endswith("status/+"), line


def _topics(witness, payload: str) -> list:
    return [topic for topic, said, _ in witness.heard if said == payload]
