"""The sizes of the rollouts whose cost is measured."""

STATES, STEPS, STEP_SIZE = 1000, 1000, 0.05
EVALUATIONS = 4 * STEPS
"""The number of evaluations of the field by rk4."""
GRADIENT_STATES, GRADIENT_REPEATS = 100, 3
"""For 1000 states, a gradient that stores everything would need more than 50 GB. The memory varies little."""
GRADIENTS = {"checkpointing": (STEPS, True), "checkpointing=False": (STEPS, False), "floor": (1, False)}
"""The measured gradients: the number of steps, and whether the gradient is checkpointed."""
