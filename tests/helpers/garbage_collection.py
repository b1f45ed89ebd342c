"""Has Python look for cycles more rarely: imports and traced graphs make many objects, and few cycles.

Looking for them took a fifth of TensorFlow's import, and a twentieth of the tests.
"""

import gc

gc.set_threshold(20_000)
