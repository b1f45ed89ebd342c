"""How a running training shows itself on stderr."""

import math
import shutil
import sys
import time
from types import TracebackType

_BAR_WIDTH, _LEAST_BAR_WIDTH = 24, 4
_SECONDS_BETWEEN_LINES = 5.0


class Progress:
    """Progress of one training: a bar on a terminal and in a notebook, a line every few seconds elsewhere, or silence.

    Args:
      label: What is trained.
      total: Steps of the whole training.
      start: Steps done before (a resumed run).
      silent: Show nothing.
    """

    def __init__(self, label: str, total: int, *, start: int = 0, silent: bool = False) -> None:
        self._label, self._total, self._start, self._silent = label, total, start, silent
        self._terminal = sys.stderr.isatty() or _is_notebook()
        self._began = self._shown = time.monotonic()

    def __enter__(self) -> "Progress":
        """Itself; a terminal shows at once what the first seconds go into."""
        if self._terminal and not self._silent and self._start < self._total:
            resumed = f"resumed at step {self._start}, " if self._start else ""
            self._draw(self._start, f"{resumed}compiling")
        return self

    def update(self, step: int, loss: float, *, finished: bool = False) -> None:
        """Shows the state after `step` steps, if it is time to; training may be `finished` before all of them."""
        now = time.monotonic()
        early, finished = finished and step < self._total, finished or step >= self._total
        if self._silent or not (self._terminal or finished or now - self._shown >= _SECONDS_BETWEEN_LINES):
            return
        self._shown = now
        rate = (step - self._start) / max(now - self._began, 1e-9)
        left = math.ceil((self._total - step) / rate) if rate else 0
        outlook = "stopped early" if early else f"{left} s left"
        text = f"step {step}/{self._total}, loss {loss:.3e}, {rate:.0f} steps/s, {outlook}"
        if self._terminal:
            self._draw(step, text)
        else:
            sys.stderr.write(f"{self._label}: {text}\n")
            sys.stderr.flush()

    def _draw(self, step: int, text: str) -> None:
        # A line that wraps isn't overwritten by the next: a narrow terminal gets a shorter bar, or none.
        room = shutil.get_terminal_size().columns - 1
        text = f"{self._label}: {text}"
        width = min(_BAR_WIDTH, room - len(text) - len("[] "))
        filled = width * step // self._total
        bar = f"[{'#' * filled}{'.' * (width - filled)}] " if width >= _LEAST_BAR_WIDTH else ""
        sys.stderr.write(f"\r\033[K{(bar + text)[:room]}")
        sys.stderr.flush()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Leaves the terminal on a fresh line."""
        del kind, error, traceback
        if self._terminal and not self._silent and self._start < self._total:
            sys.stderr.write("\n")


def _is_notebook() -> bool:
    """Whether this process is a notebook's kernel, whose output takes a line back as a terminal does."""
    return "ipykernel" in sys.modules and type(sys.stderr).__module__.startswith("ipykernel")
