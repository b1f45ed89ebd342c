"""How Ctrl-C and SIGTERM end a command: within two seconds, with what was learned kept, and one line."""

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
    """Sets what an interruption calls from now on: it keeps what would be lost, and returns how to go on.

    It is called in a thread of its own while the main thread may go on, so it reads only what is never half-changed.
    """
    global _last_words
    _last_words = last_words


@contextlib.contextmanager
def ends_in_one_line() -> Iterator[None]:
    """Within it Ctrl-C and SIGTERM end the process: a line on stderr, exit code 130 or 143.

    The main thread gets a KeyboardInterrupt, so that it removes its temporary files. It may be inside of a call to
    C++ that takes notice after many seconds only, as a compilation does. So another thread, which the signal wakes at
    once, keeps what `on_interruption` was given, and ends the process a second later at the latest. Signals after the
    first change nothing.
    """
    raised = threading.Event()

    def interrupt(number: int, frame: FrameType | None) -> None:
        del number, frame
        if not raised.is_set():
            raised.set()
            raise KeyboardInterrupt

    # One that was ignored from the start, as Ctrl-C is of a job in the background, stays so.
    numbers = [number for number in _SIGNALS if signal.getsignal(number) != signal.SIG_IGN]
    receiver, sender = socket.socketpair()
    sender.setblocking(False)
    stderr = os.dup(2)  # which may be redirected when the signal comes
    cleaned_up = threading.Event()
    watch = threading.Thread(target=_watch, args=(receiver, numbers, cleaned_up, stderr), daemon=True)
    watch.start()
    on_interruption(_nothing_to_say)
    woken_before = signal.set_wakeup_fd(sender.fileno())
    handlers = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        raised.set()  # too late to interrupt anything: the watch still ends the process
        with contextlib.suppress(OSError):
            sys.stdout.flush()
        cleaned_up.set()
        sender.send(_NONE)
        watch.join()  # for ever, if a signal came before: then the watch ends the process
        for number, handler in handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(woken_before)
        receiver.close()
        sender.close()
        os.close(stderr)


def _watch(receiver: socket.socket, numbers: list[int], cleaned_up: threading.Event, stderr: int) -> None:
    received = receiver.recv(1)
    while received != _NONE and received[0] not in numbers:  # every signal with a handler wakes it
        received = receiver.recv(1)
    if received != _NONE:
        _end(received[0], cleaned_up, stderr)


def _end(number: int, cleaned_up: threading.Event, stderr: int) -> None:
    try:
        latest = time.monotonic() + SECONDS_TO_CLEAN_UP
        try:
            words = _last_words()
        except Exception as error:  # a disk that is full, say; whatever it is, the process ends
            words = f"what was learned last couldn't be kept: {error}"
        fresh_line = ""
        if not cleaned_up.wait(latest - time.monotonic()) and os.isatty(stderr):
            fresh_line = "\n"  # after a bar, which nobody ends now
        by = "interrupted" if number == signal.SIGINT else f"interrupted by {signal.Signals(number).name}"
        line = ": ".join(filter(None, ["error", by, printable(" ".join(words.split()))]))
        os.write(stderr, f"{fresh_line}{line}\n".encode(errors="backslashreplace"))
    finally:
        os._exit(128 + number)
