"""A call outside of all graphs, tapes and strategies."""

import concurrent.futures
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def in_eager_thread(function: Callable[[], T]) -> T:
    """Calls a function in a new thread, and returns its result.

    TensorFlow is eager in the new thread, even if the calling thread is tracing a graph. `tf.init_scope` is not
    suitable, because it would also stop the tapes that the function itself uses.
    """
    with concurrent.futures.ThreadPoolExecutor(1) as thread:
        return thread.submit(function).result()
