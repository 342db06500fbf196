"""A mail server on this machine: takes what SMTP says, keeps the mails, and refuses when it is told to."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class MailServer:
    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    to_rcpt: bytes = b"250 fine"  # its answers
    to_data: bytes = b"250 taken"

    @property
    def settings(self) -> dict[str, object]:
        backend = "django.core.mail.backends.smtp.EmailBackend"
        return {"backend": backend, "host": "127.0.0.1", "port": self.port, "timeout": 5}


@contextmanager
def mail_server() -> Iterator[MailServer]:
    said = MailServer()

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 here\r\n")
            while line := self.rfile.readline():
                self.wfile.write(self.answer(line.strip().upper()) + b"\r\n")

        def answer(self, line: bytes) -> bytes:
            if line.startswith(b"RCPT"):
                return said.to_rcpt
            if line == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                raw = b"".join(iter(self.rfile.readline, b".\r\n"))
                if said.to_data.startswith(b"2"):
                    said.taken.append(message_from_bytes(raw, policy=policy.default))
                return said.to_data
            return b"250 fine"

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk) as server:
        server.daemon_threads = True
        said.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield said
        server.shutdown()
