"""Whatever arrives at the bench's border: no crash, a counted fault."""

import socket
import subprocess

import pytest
from click.testing import CliRunner
from playwright.sync_api import expect

from host_sim.__main__ import main
from tests.web import browser as web

# Messages on the page's own socket: wrong shapes, wrong names, wrong values under right names.
HOSTILE = """async () => {
  const junk = [null, 1, "x", [], {}, {client_id: 7}, {client_id: window.clientId},
    {client_id: window.clientId, id: "1", listener_id: 3, args: "no"},
    {client_id: window.clientId, id: 4, listener_id: "nobody", args: []},
    {client_id: window.clientId, id: 4, listener_id: "nobody", args: ["{"]},
    {client_id: window.clientId, id: 1e308, listener_id: "x", args: [["deep"]]},
    {client_id: "x".repeat(5000), id: 1, listener_id: "x", args: []}];
  for (const name of ["event", "javascript_response", "ack", "log", "handshake", "no_such_thing", "__proto__"])
    for (const message of junk) window.socket.emit(name, message);
  for (const args of [["{"], ['{"a": 1}'], ['"x"'], ["[1,2]"], ["null"], ["1e999"], [null], ['"' + "y".repeat(3000) + '"']])
    for (let id = 0; id < 400; id++)
      for (const listener of (window.app?.elements?.[id]?.events ?? []))
        window.socket.emit("event", {client_id: window.clientId, id, listener_id: listener.listener_id, args});
  emitEvent("bench-narrow", {not: "a boolean"});
  for (const body of ["", "{", "[]", "4{", "42[1]", "\\u0000"])
    await fetch("/_nicegui_ws/socket.io/?EIO=4&transport=polling&sid=nobody", {method: "POST", body});
  for (const path of ["/api", "/_nicegui/x", "/%00", "/../../etc/passwd"])
    await fetch(path, {method: "POST", body: '{"reader": {}}', headers: {"Content-Type": "application/json"}});
}"""
RAW = """() => new Promise((done) => {
  const socket = new WebSocket(`ws://${location.host}/_nicegui_ws/socket.io/?EIO=4&transport=websocket`);
  socket.onopen = () => {
    for (const text of ["", "x", "4", "40", "42", "42{", '42["event",{}]', "45-",
        '451-["event",{"_placeholder":true,"num":0}]', "9".repeat(9999)])
      if (socket.readyState === 1) socket.send(text);
    if (socket.readyState === 1) socket.send(new Uint8Array([255, 0, 1]));
    setTimeout(() => { socket.close(); done(); }, 300);
  };
  socket.onerror = () => done();
})"""


@pytest.mark.browser
def test_hostile_messages_are_counted_and_the_bench_goes_on(visit):
    one = visit()
    one.page.evaluate(HOSTILE)
    one.page.evaluate(RAW)
    expect(one.page.locator(".foot")).to_contain_text("faults counted")
    fresh = visit()
    fresh.tap("kim", "lobby_in")
    expect(fresh.bubble("lobby_in")).to_contain_text("Kim Larsson")
    expect(fresh.page.locator(".foot")).not_to_contain_text("simulator:")


@pytest.mark.browser
def test_a_wrong_number_in_a_field_is_refused_in_words(visit):
    one = visit()
    clock = one.page.get_by_label("Clock of Yard, seconds off")
    clock.fill("1e30")
    clock.press("Enter")
    expect(one.page.locator(".q-notification")).to_contain_text("whole seconds")
    expect(one.page.get_by_role("group", name="Controller Yard")).to_contain_text("exact")


def test_a_port_in_use_is_named_with_the_remedy():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        process = web.start(port)
        said, _ = process.communicate(timeout=web.WAIT_S)
    assert process.returncode == 2
    assert f"port {port} " in said and "--port" in said and len(said.splitlines()) == 1


@pytest.mark.parametrize("text, named", [("site = 3\n", "site"), ('site = "x"\nfoo = 1\n', "foo"), ("= broken", "site.toml")])
def test_a_broken_site_file_is_told_and_nothing_served(tmp_path, text, named):
    file = tmp_path / "site.toml"
    file.write_text(text)
    process = web.start(web.free_port(), "--site", str(file))
    said, _ = process.communicate(timeout=web.WAIT_S)
    assert process.returncode == 2
    assert named in said and "Traceback" not in said


def test_a_missing_site_file_is_told():
    process = web.start(web.free_port(), "--site", "no/such/file.toml")
    said, _ = process.communicate(timeout=web.WAIT_S)
    assert process.returncode == 2 and "no/such/file.toml" in said


def test_where_a_live_site_cannot_be_it_is_said_why_and_what_works_instead():
    nobody = f"mqtt://127.0.0.1:{web.free_port()}"
    asked = {
        "there is no controller 'lobby'; the site has back, core, front, garage": ("--micropython", "lobby"),
        f"no broker at {nobody[7:]}": ("--broker", nobody),
        "write mqtt://host:port": ("--broker", "http://127.0.0.1"),
        "--simulated has no broker": ("--simulated", "--broker", nobody),
    }
    for named, more in asked.items():
        run = CliRunner().invoke(main, ["bench", "--no-open", "--port", str(web.free_port()), *more])
        assert run.exit_code == 2, run.output
        assert named in run.output and "--simulated" in run.output


def test_help_names_the_options():
    said = subprocess.run(
        [web.sys.executable, "-m", "host_sim", "bench", "--help"], cwd=web.ROOT, capture_output=True, text=True, timeout=30
    ).stdout
    assert all(option in said for option in ("--port", "--site", "--broker", "--micropython", "--simulated", "--no-open"))
