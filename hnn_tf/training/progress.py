"""The display of a running training on stderr."""

import math
import shutil
import sys
import time
from types import TracebackType

_BAR_WIDTH, _LEAST_BAR_WIDTH = 24, 4
_SECONDS_BETWEEN_LINES = 5.0


class Progress:
    """The display of one training: a bar on a terminal or in a notebook, and elsewhere a line every few seconds.

    Args:
      label: The name of the trained model.
      total: The number of steps of the whole training.
      start: The number of steps that were taken before, in a resumed run.
      silent: Whether nothing is shown.
    """

    def __init__(self, label: str, total: int, *, start: int = 0, silent: bool = False) -> None:
        self._label, self._total, self._start, self._silent = label, total, start, silent
        self._terminal = sys.stderr.isatty() or _is_notebook()
        self._began = self._shown = time.monotonic()

    def __enter__(self) -> "Progress":
        """Returns the display. A terminal shows at once that the first seconds are for compilation."""
        if self._terminal and not self._silent and self._start < self._total:
            resumed = f"resumed at step {self._start}, " if self._start else ""
            self._draw(self._start, f"{resumed}compiling")
        return self

    def update(self, step: int, loss: float, *, finished: bool = False) -> None:
        """Shows the state after `step` steps. Without a terminal, most of these calls show nothing.

        Args:
          step: The number of steps that were taken.
          loss: The loss of the last step.
          finished: Whether the training has ended, which may be before the last step.
        """
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
        # The next line would not overwrite a line that wraps. A narrow terminal therefore has a shorter bar, or none.
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
        """Moves a terminal to a new line."""
        del kind, error, traceback
        if self._terminal and not self._silent and self._start < self._total:
            sys.stderr.write("\n")


def _is_notebook() -> bool:
    """Returns whether this process is a notebook's kernel, whose output can overwrite a line as on a terminal."""
    return "ipykernel" in sys.modules and type(sys.stderr).__module__.startswith("ipykernel")
