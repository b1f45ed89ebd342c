"""How much is rolled out where its cost is measured."""

STATES, STEPS, STEP_SIZE = 1000, 1000, 0.05
EVALUATIONS = 4 * STEPS
"""Of the field, by rk4."""
GRADIENT_STATES, GRADIENT_REPEATS = 100, 3
"""Of 1000 states, a gradient that stores everything would need more than 50 GB. Memory varies little."""
GRADIENTS = {"checkpointing": (STEPS, True), "checkpointing=False": (STEPS, False), "floor": (1, False)}
"""What a gradient is measured of: its steps, and whether it is checkpointed."""
