"""Cuts a line that takes too long: reads and sends are limited one by one, so one that drips would go on for ever.

One thread of the process watches all lines. A timer for each would be a thread for each, which costs more than all
else that is done for a call.
"""

import os
import socket
import threading
import time
from contextlib import suppress

TICK = 0.05  # seconds: so late at most is a line cut


class Cut:
    """Of one line, that many seconds after `start`; until it is cancelled."""

    def __init__(self, seconds: float, sock: socket.socket | None) -> None:
        self.fired, self.due, self._seconds, self._sock = False, 0.0, seconds, sock

    def start(self) -> None:
        self.due = time.monotonic() + self._seconds
        _watch.add(self)

    def cancel(self) -> None:
        """From here on `fired` stays what it is."""
        _watch.remove(self)

    def done(self) -> None:
        """Of a line of its own, which is closed then."""
        self.cancel()
        if self._sock is not None:
            self._sock.close()

    def again(self, seconds: float) -> "Cut":
        other = Cut(seconds, self._sock)
        other.start()
        return other

    def fire(self) -> None:
        self.fired = True
        if self._sock is not None:
            with suppress(OSError):  # closed already
                self._sock.shutdown(socket.SHUT_RDWR)


class _Watch:
    def __init__(self) -> None:
        self._begun = threading.Condition()
        self._cuts: set[Cut] = set()
        self._thread: threading.Thread | None = None

    def add(self, cut: Cut) -> None:
        with self._begun:
            self._cuts.add(cut)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="cuts", daemon=True)
                self._thread.start()
            elif len(self._cuts) == 1:
                self._begun.notify()

    def remove(self, cut: Cut) -> None:
        with self._begun:
            self._cuts.discard(cut)

    def _run(self) -> None:
        while True:
            with self._begun:
                while not self._cuts:
                    self._begun.wait()
                now = time.monotonic()
                for cut in [cut for cut in self._cuts if cut.due <= now]:
                    self._cuts.remove(cut)
                    cut.fire()
            time.sleep(TICK)


_watch = _Watch()


def _begin_anew() -> None:
    """Threads do not live on in a forked process."""
    global _watch
    _watch = _Watch()


os.register_at_fork(after_in_child=_begin_anew)
