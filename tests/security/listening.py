"""A server on this machine that notes who asks it: nobody should."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread


@dataclass
class Listener:
    """Where it is, and what it was asked for."""

    address: str
    asked: list[str] = field(default_factory=list)


@contextmanager
def listens() -> Iterator[Listener]:
    """It answers with a table until the block is left."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"vin\nLZYTGGCX8J1000000\n")

        do_HEAD = do_GET  # noqa: N815  # the library's name

        def log_message(self, *_told: object) -> None:
            """Not on the console."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    heard = Listener(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
