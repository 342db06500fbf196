"""Where `scripts/demo` begins: nothing here may end in a traceback, whenever Ctrl-C comes."""

import signal
import sys
from types import FrameType

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def interrupt(number: int, frame: FrameType | None) -> None:
    """Only the first counts: what was started is then stopped in peace."""
    for ending in ENDINGS:
        signal.signal(ending, signal.SIG_IGN)
    raise KeyboardInterrupt


def main() -> int:
    for ending in ENDINGS:  # also where a shell started us with Ctrl-C switched off
        signal.signal(ending, interrupt)
    try:
        from host.demo import performance  # takes a moment, in which Ctrl-C may come

        return performance.main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.stdout.write("\nStopped.\n")
        return 130 if "--once" in sys.argv else 0  # 0 would say that all jobs balance


if __name__ == "__main__":
    sys.exit(main())
