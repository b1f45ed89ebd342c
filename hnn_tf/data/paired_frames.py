"""Pairs of consecutive frames as the channels of one input, which shows positions and velocities."""

import numpy as np


def frame_pairs(frames: np.ndarray) -> np.ndarray:
    """Pairs every frame with the frame before it.

    Args:
      frames: `[..., T, h, w]`, T >= 2.

    Returns:
      `[..., T - 1, h, w, 2]`: channel 1 is the frame, channel 0 the frame before it.

    Raises:
      ValueError: If there are fewer than two frames.
    """
    if np.ndim(frames) < 3 or np.shape(frames)[-3] < 2:
        raise ValueError(f"frames: expected shape [..., T, h, w], T >= 2; received {np.shape(frames)}")
    return np.stack([frames[..., :-1, :, :], frames[..., 1:, :, :]], -1)
