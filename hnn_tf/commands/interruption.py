"""The end of a command by Ctrl-C or SIGTERM: within two seconds, with the learned state kept, and with one line."""

import contextlib
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType

from hnn_tf.commands.printable_text import printable

SECONDS_TO_CLEAN_UP = 1.0

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_NONE = b"\0"


def _nothing_to_say() -> str:
    return ""


_last_words: Callable[[], str] = _nothing_to_say


def on_interruption(last_words: Callable[[], str]) -> None:
    """Sets the function that an interruption calls, which saves state that would be lost and returns how to continue.

    The function is called in a separate thread, while the main thread may continue. The function must therefore read
    only values that are never half-changed.
    """
    global _last_words
    _last_words = last_words


@contextlib.contextmanager
def ends_in_one_line() -> Iterator[None]:
    """Makes Ctrl-C and SIGTERM within the block end the process, with a line on stderr and exit code 130 or 143.

    The main thread gets a KeyboardInterrupt, so that it removes its temporary files. But the main thread may be in a
    call to C++, for example a compilation, which reacts only after many seconds. For this reason, the signal also wakes
    another thread at once. This thread calls the function of `on_interruption`, and ends the process at most one second
    later. Further signals have no effect.
    """
    raised = threading.Event()

    def interrupt(number: int, frame: FrameType | None) -> None:
        del number, frame
        if not raised.is_set():
            raised.set()
            raise KeyboardInterrupt

    # A signal that was ignored from the start stays ignored, for example Ctrl-C for a job in the background.
    numbers = [number for number in _SIGNALS if signal.getsignal(number) != signal.SIG_IGN]
    receiver, sender = socket.socketpair()
    sender.setblocking(False)
    stderr = os.dup(2)  # stderr may be redirected when the signal comes
    cleaned_up = threading.Event()
    watch = threading.Thread(target=_watch, args=(receiver, numbers, cleaned_up, stderr), daemon=True)
    watch.start()
    on_interruption(_nothing_to_say)
    woken_before = signal.set_wakeup_fd(sender.fileno())
    handlers = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        raised.set()  # later signals interrupt nothing, but the watch ends the process
        with contextlib.suppress(OSError):
            sys.stdout.flush()
        cleaned_up.set()
        sender.send(_NONE)
        watch.join()  # after a signal, this waits until the watch ends the process
        for number, handler in handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(woken_before)
        receiver.close()
        sender.close()
        os.close(stderr)


def _watch(receiver: socket.socket, numbers: list[int], cleaned_up: threading.Event, stderr: int) -> None:
    received = receiver.recv(1)
    while received != _NONE and received[0] not in numbers:  # every signal with a handler wakes this thread
        received = receiver.recv(1)
    if received != _NONE:
        _end(received[0], cleaned_up, stderr)


def _end(number: int, cleaned_up: threading.Event, stderr: int) -> None:
    try:
        latest = time.monotonic() + SECONDS_TO_CLEAN_UP
        try:
            words = _last_words()
        except Exception as error:  # the process must end after any error, for example of a full disk
            words = f"the last training steps couldn't be saved: {error}"
        fresh_line = ""
        if not cleaned_up.wait(latest - time.monotonic()) and os.isatty(stderr):
            fresh_line = "\n"  # a progress bar may have no line end yet
        by = "interrupted" if number == signal.SIGINT else f"interrupted by {signal.Signals(number).name}"
        line = ": ".join(filter(None, ["error", by, printable(" ".join(words.split()))]))
        os.write(stderr, f"{fresh_line}{line}\n".encode(errors="backslashreplace"))
    finally:
        os._exit(128 + number)
