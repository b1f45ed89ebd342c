"""The sizes of the rollouts whose cost is measured."""

STATES, STEPS, STEP_SIZE = 1000, 1000, 0.05
EVALUATIONS = 4 * STEPS
"""The number of evaluations of the field by rk4."""
GRADIENT_STATES, GRADIENT_REPEATS = 100, 3
"""The number of states and the number of repeats for gradients.

For 1000 states, a gradient that stores everything would need more than 50 GB. There are few repeats, because the memory
varies little.
"""
GRADIENTS = {"checkpointing": (STEPS, True), "checkpointing=False": (STEPS, False), "floor": (1, False)}
"""The measured gradients. Each has a number of steps, and True if it is checkpointed."""
