"""A call outside of all graphs, tapes and strategies."""

import concurrent.futures
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def in_eager_thread(function: Callable[[], T]) -> T:
    """What a function returns in a thread of its own, where TensorFlow is eager, whatever this thread is just tracing.

    `tf.init_scope` would stop the function's own tapes, too.
    """
    with concurrent.futures.ThreadPoolExecutor(1) as thread:
        return thread.submit(function).result()
