"""Receivers of messages on free ports of the loopback: a web hook that behaves as a test wants, and a mail server."""

import json
import threading
from contextlib import contextmanager
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller

from tests.programs import free_ports


class Hook:
    """`mode`: "well", "fails" with 500, "hangs" until `release`, "mute": takes it and closes without a word."""

    def __init__(self, port: int = 0):
        self.mode = "well"
        self.confirmed: list[dict] = []  # what was taken with an answer of 200
        self.unconfirmed: list[dict] = []
        self.release = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._server.daemon_threads = True
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"json://ada:sesame@127.0.0.1:{self.port}/hook/topsecret"

    def close(self) -> None:
        self.release.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(hook):
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                mode = hook.mode
                (hook.confirmed if mode == "well" else hook.unconfirmed).append(told)
                if mode == "hangs":
                    hook.release.wait()
                if mode in ("hangs", "mute"):
                    self.close_connection = True
                    return
                self.send_response(200 if mode == "well" else 500)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        return Handler


@contextmanager
def hook(port: int = 0):
    made = Hook(port)
    try:
        yield made
    finally:
        made.close()


class _Box:
    def __init__(self):
        self.mails, self.refusal = [], None

    async def handle_DATA(self, _server, _session, envelope):
        if self.refusal:
            return self.refusal
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"


@contextmanager
def mail_server():
    """A mail server: `.mails` as they came, `.refusal`: what it answers instead; `.url`: its address for messages."""
    box = _Box()
    (port,) = free_ports(1)
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    box.url = f"mailto://127.0.0.1:{port}?from=console@example.org&to=guard@example.org&mode=insecure"
    try:
        yield box
    finally:
        server.stop()
