"""What a node says beside its logs, and what it takes from whom: status, last will, states, questions, commands."""

import json

from firmware.wire import messages, seal
from tests.core.parts import EVENT_KEY, door, hall, reader, settings
from tests.wire.test_node_portable import GUARD, MATE, NINE_MS, STAFF, Board, command, events, only, sent, shared

STATES = ("status", "door", "output", "area")


def told(actions, topic=None):
    """The states in some actions: {topic: what it says}."""
    found = {}
    for _, where, payload, is_retained in [action for action in actions if action[0] == "send"]:
        if is_retained:
            assert seal.is_sealed(payload, EVENT_KEY) and where.split("/")[0] in STATES
            found[where] = json.loads(seal.content(payload))
    return found if topic is None else found.get(topic)


def after(board, ms):
    """What a board says in the next while."""
    board.actions = []
    board.until(board.now_ms + ms)
    return board.actions


def link(board):
    """What a board says when the link comes up."""
    return board.do("link", True) + after(board, 1)


def linked(board=None):
    board = board or shared()
    board.do("link", True)
    after(board, 3000)
    return board


def test_it_listens_to_the_others_and_to_what_is_meant_for_it():
    assert shared().node.subscriptions() == ["have/+", "log/+", "status/+", "want/+", "command/c1", "config/c1", "ask/hall"]


def test_its_last_will_says_that_it_is_offline():
    topic, payload = shared().node.last_will()
    assert topic == "status/c1" and seal.is_sealed(payload, EVENT_KEY)
    assert json.loads(seal.content(payload)) == {"t": "status", "from": "c1", "online": False}


def test_it_says_that_it_is_online_whenever_the_link_comes_up():
    board = shared()
    for _ in range(2):
        status = told(board.do("link", True), "status/c1")
        assert status["online"] is True and status["inc"] == board.node.exchange.inc > 1
        assert status["challenge"] == board.challenge() and len(status["challenge"]) == 16
        assert told(board.do("link", False)) == {}


def test_it_contradicts_a_broker_that_tells_of_its_end_too_late():
    """Else a cluster that notices late which connection it lost would keep that, and no console would speak to the board."""
    board = linked()
    topic, will = board.node.last_will()
    status = told(board.do("message", topic, will, False))
    assert set(status) == {topic} and status[topic]["online"] is True and status[topic]["challenge"] == board.challenge()
    assert told(board.do("message", topic, will, True)) == {}, "an old story: it says so itself at every start of the link"
    assert told(board.do("message", topic, board.node.post.status(5)[2], False)) == {}, "its own word"
    board.do("link", False)
    assert told(board.do("message", topic, will, False)) == {}


def test_it_says_so_again_under_another_incarnation():
    board = linked()
    board.node.controller.desk.begin(board.now_ms)
    board.node.controller.desk.open_incarnation()
    actions = board.node._act(board.node.controller.desk.end(), board.now_ms)
    assert told(actions, "status/c1")["inc"] == board.node.exchange.inc


def test_each_start_and_each_board_has_another_challenge():
    challenges = {Board(entropy=entropy).challenge() for entropy in (b"a", b"b", b"c" * 99)}
    assert len(challenges) == 3
    board = Board(entropy=b"")
    only(board.command("unlock", "n1", door="front"), "command.refused")


def test_all_states_are_told_when_the_link_comes_up():
    states = told(link(shared()))
    assert set(states) == {"status/c1", "door/front", "door/vault", "output/strobe", "area/hall"}
    assert states["door/front"] == {"t": "door", "from": "c1", "locked": True, "open": False, "alarm": None}
    assert states["output/strobe"] == {"t": "output", "from": "c1", "active": False}
    assert states["area/hall"] == {
        "t": "area", "from": "c1", "occupancy": 0, "violations": 0, "users": [], "isolated": False,
    }  # fmt: skip


def test_a_state_is_told_when_it_changes_and_only_then():
    board = linked(Board())
    unlocked = told(board.tap("front_in", STAFF))
    assert set(unlocked) == {"door/front", "area/hall"}
    assert unlocked["door/front"]["locked"] is False and unlocked["area/hall"]["occupancy"] == 1
    after(board, 1000)
    assert told(board.do("leaf", "front", True)) == {"door/front": {
        "t": "door", "from": "c1", "locked": True, "open": True, "alarm": None}}  # fmt: skip
    assert told(after(board, 31000))["door/front"]["alarm"] == "held"
    assert told(after(board, 60000)) == {}


def test_a_state_is_told_at_most_once_a_second():
    board = linked(Board())
    moments = []
    for number in range(100):
        for action in board.do("leaf", "vault", number % 2 == 0) + after(board, 70):
            if action[0] == "send" and action[1] == "door/vault":
                moments.append(board.now_ms)
    assert 5 <= len(moments) <= 8 and all([later - before >= 930 for before, later in zip(moments, moments[1:])])
    last = told(after(board, 2000), "door/vault")
    assert last is None or last["open"] is False


def test_without_a_link_nothing_is_told():
    board = Board()
    assert told(board.tap("front_in", STAFF)) == {} and told(after(board, 60000)) == {}
    assert told(link(board), "area/hall")["occupancy"] == 1


def test_a_door_without_sensor_is_neither_open_nor_closed():
    doors = settings()["doors"]
    doors["front"] = door(["front_in", "front_out"], sensor=False)
    board = Board(doors=doors)
    assert told(link(board), "door/front")["open"] is None


def test_people_in_violation_are_told_by_id():
    board = linked(Board(area={"anti_passback": {"entrances": "soft", "exits": "soft"}, "violation_timeout_s": 60}))
    for who in (MATE, STAFF, GUARD):
        board.tap("front_in", who)
        board.tap("front_in", who)
        after(board, 2000)
    states = told(link(board), "area/hall")
    assert (states["violations"], states["users"]) == (2, ["person-0", "person-1"]), "guards are exempt"
    assert told(after(board, 61000), "area/hall")["users"] == []


def test_of_many_in_violation_some_are_named():
    board = Board(part_of(40), area={"anti_passback": {"entrances": "soft", "exits": "soft"}})
    for no in range(40):
        board.tap("front_in", no)
        board.tap("front_in", no)
    state = told(link(board), "area/hall")
    assert state["violations"] == 40 and len(state["users"]) == 32


def part_of(people):
    from tests.core.parts import part

    return part([0] * people, area={"anti_passback": {"entrances": "soft", "exits": "soft"}})


def test_the_first_controller_that_is_online_tells_of_an_area():
    board = Board(others=["b1"])
    assert "area/hall" not in told(link(board) + after(board, 3000)), "b1 comes first, and counts as there"
    offline = {"t": "status", "from": "b1", "online": False}
    states = told(board.hear("status/b1", json.dumps(offline).encode()) + after(board, 2000))
    assert states["area/hall"]["isolated"] is True


def test_a_question_goes_to_the_area_of_those_who_are_asked():
    inner = hall(no=1, controllers=["c1", "c2"], parent="site")
    outer = hall(no=2, controllers=["c1", "c2", "c3"], anti_passback={"entrances": "off", "exits": "off"})
    readers = {"front_in": reader(0, "front", {"hall": "in"}), "front_out": reader(1, "front", {"hall": "out"})}
    board = linked(Board(others=["c2", "c3"], areas={"hall": inner, "site": outer}, readers=readers))
    board.tap("front_in", STAFF)
    actions = board.tap("front_in", STAFF) + after(board, 500)
    asked = {action[1]: json.loads(seal.content(action[2]))["to"] for action in actions if action[0] == "send" and action[1][:4] == "ask/"}
    assert asked == {"ask/hall": ["c2"], "ask/site": ["c3"]}
    assert len([question for question in sent(actions, "ask") if question["no"] == STAFF]) == 2, "each is asked once"


def test_messages_on_a_wrong_topic_retained_or_with_a_wrong_seal_are_counted_and_not_read():
    board = linked()
    made = json.dumps({"t": "have", "from": "c2", "inc": 9, "heads": {"facts": 5, "notes": 0, "site": 0}, "stamp": None, "hw": "x"})
    for topic in ("have/c1", "have/c3", "log/c2", "ask/hall", "status/c2", "x"):
        assert board.hear(topic, made.encode()) == []
    assert board.hear("have/c2", made.encode(), True) == board.do("message", "have/c2", made.encode(), False) == []
    assert board.node.faults == {"topic": 6, "retained": 1, "seal": 1}
    assert board.node.exchange.origins.highest("c2") == 0
    board.hear("have/c2", made.encode())
    assert board.node.exchange.origins.highest("c2") == 9


def test_a_last_will_counts_as_it_happens_and_not_as_it_is_kept():
    board = linked()
    offline = json.dumps({"t": "status", "from": "c2", "online": False}).encode()
    online = json.dumps({"t": "status", "from": "c2", "online": True, "inc": 1, "hw": "x", "challenge": "y", "configuration": 1}).encode()
    assert board.hear("status/c2", offline, True) == board.hear("status/c2", online) == board.hear("status/c2", online, True) == []
    assert only(board.hear("status/c2", offline), "area.isolated")["controllers"] == ["c2"]
    assert board.node.faults == {}


def test_a_refused_command_is_written_counted_and_answered():
    board = linked(Board())
    actions = board.command("clear", "n1", operator="vic", area="hall", user="person-0")
    refused, answer = only(actions, "command.refused"), sent(actions, "reply")[0]
    assert refused["reason"] == answer["refused"] == "role viewer may not clear" and answer["nonce"] == "n1"
    assert board.node.faults == {"command.content": 1}
    again = board.command("clear", "n1", operator="vic", area="hall", user="person-0")
    assert events(again, "command.refused") == [] and sent(again, "reply")[0]["refused"] == answer["refused"]


def test_a_command_without_a_right_seal_gets_no_answer():
    board = linked(Board())
    made = command(board.challenge(), "unlock", "n1", door="front")
    actions = board.do("message", "command/c1", made[:-3] + b'x"}', False)
    assert only(actions, "command.refused")["reason"] == "wrong seal" and sent(actions, "reply") == []
    assert board.do("message", "command/c2", made, False) == []
    assert board.node.faults == {"command.seal": 1, "topic": 1}


def test_after_37_commands_the_challenge_is_another():
    board = linked(Board())
    first = board.challenge()
    for number in range(37):
        assert board.challenge() == first
        actions = board.command("unlock", "n%d" % number, door="front")
        assert sent(actions, "reply")[0]["done"] == "now"
    assert told(actions, "status/c1")["challenge"] == board.challenge() != first
    old = board.do("message", "command/c1", command(first, "unlock", "n0", door="front"), False)
    assert only(old, "command.refused")["reason"] == "wrong challenge" and events(old, "door.unlocked") == []


def test_what_a_broker_gives_back_is_not_even_read():
    board = linked()
    own = [action[1:3] for action in after(board, 40000) + board.tap("front_in", STAFF) if action[0] == "send" and action[1] in ("log/c1", "have/c1")]
    assert {topic for topic, _ in own} == {"log/c1", "have/c1"}
    opened, read = [], board.node.post.reader
    board.node.post.reader = lambda *words: opened.append(words[0]) or read(*words)
    for topic, payload in own:
        assert board.do("message", topic, payload, False) == []
    assert opened == [] and board.node.faults == {}


def test_another_board_of_its_name_is_heard_whatever_it_says():
    board = linked()
    log = [payload for _, topic, payload, _ in [action for action in board.tap("front_in", STAFF) if action[0] == "send"] if topic == "log/c1"][0]
    other = seal.seal(seal.content(log).replace(b"access.granted", b"access.denied!"), EVENT_KEY)
    board.do("message", "log/c1", other, False)
    assert board.node.faults == {"message": 1}, "it was read"
    heads = {"facts": 99, "notes": 0, "site": 0}
    ahead = {"t": "want", "from": "c1", "inc": board.node.exchange.inc, "heads": heads, "stamp": NINE_MS + board.now_ms << 16}
    found = board.hear("want/c1", messages.encode(ahead | {"origin": ["c2", 1], "stream": "facts", "first": 1, "last": 1}))
    assert only(found, "controller.duplicate")
