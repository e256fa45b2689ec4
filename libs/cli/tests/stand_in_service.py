"""A stand-in for a service process in tests of the launcher: `stand_in_service.py FOLDER NAME [die|never-ready]`."""

import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Probe(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/health/ready" else 404)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def main(folder: Path, name: str, manner: str) -> None:
    (folder / f"{name}.started").open("a").write(f"{os.getpid()}\n")
    if manner == "die":
        sys.exit("ValueError: this one always dies")
    port = int(os.environ["KINDRED_HTTP__PORT"])  # noqa: TID251 - as a service would read it
    ThreadingHTTPServer(("127.0.0.1", port), Probe).serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else "live")
