"""What the recipe says while it works: JSON lines on standard output, for Headlight to read."""

import json
import signal
import sys
from types import FrameType

from lib.fine_tuning.failures import StoppedError


def say(**line: object) -> None:
    """One line."""
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()


class Stop:
    """Whether the user asked to stop, by SIGINT or SIGTERM: heard between two steps."""

    def __init__(self) -> None:
        self.asked = False

    def listen(self) -> None:
        """From now on the signals end nothing by themselves."""
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, self._hear)

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True

    def check(self) -> None:
        """Raises ``StoppedError`` where there is nothing yet to keep."""
        if self.asked:
            raise StoppedError("Stopped before anything was learnt. Run the same command to start "
                               "again.")
