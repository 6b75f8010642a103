"""A mail server for tests."""

import socketserver
import time

DELIVERY = """
[delivery]
host = "127.0.0.1"
port = {port}
security = "none"
from = "signals@example.test"
to = ["a@example.test", "b@example.test"]
"""


class Post(socketserver.ThreadingTCPServer):
    """A mail server on loopback that keeps what it is given, or refuses it.

    ``pause`` is how long it thinks before each answer, in seconds.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Clerk)
        self.letters = []
        self.refuse = False
        self.pause = 0.0


class Clerk(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("220 ready")
        while line := self.rfile.readline().decode().strip().upper():
            if line.startswith("RCPT") and self.server.refuse:
                self.say("550 no such box")
            elif line == "DATA":
                self.say("354 go on")
                lines = []
                while (line := self.rfile.readline()) not in {b".\r\n", b""}:
                    lines.append(line)
                if not line:
                    return  # whoever sent it died before its end
                self.server.letters.append(b"".join(lines))
                self.say("250 kept")
            elif line == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")

    def say(self, words):
        time.sleep(self.server.pause)
        self.wfile.write(f"{words}\r\n".encode())
