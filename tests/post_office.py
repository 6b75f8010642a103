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

    ``refuse`` is the start of the lines that it refuses, such as "RCPT TO:<A@"; ``hang_up`` that of
    the line at which it ends the connection, or "DOT", the end of a letter; ``rude`` makes it
    refuse a goodbye; ``pause`` is how long it thinks before each answer, in seconds.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Clerk)
        self.letters = []
        self.refuse = self.hang_up = None
        self.rude = False
        self.pause = 0.0

    def handle_error(self, request, client_address):
        """Say nothing when a client dies: that is what it is here for."""


class Clerk(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("220 ready")
        while line := self.rfile.readline().decode().strip().upper():
            if self.server.hang_up and line.startswith(self.server.hang_up):
                return
            if self.server.refuse and line.startswith(self.server.refuse):
                self.say("550 not here")
            elif line == "DATA":
                self.say("354 go on")
                lines = []
                while (line := self.rfile.readline()) not in {b".\r\n", b""}:
                    lines.append(line)
                if not line:
                    return  # whoever sent it died before its end
                self.server.letters.append(b"".join(lines))
                if self.server.hang_up == "DOT":
                    return
                self.say("250 kept")
            elif line == "QUIT" and self.server.rude:
                self.say("500 stay")
            elif line == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")

    def say(self, words):
        time.sleep(self.server.pause)
        self.wfile.write(f"{words}\r\n".encode())
