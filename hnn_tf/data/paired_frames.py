"""Consecutive pictures as the channels of one input: two show where something is, and where it goes."""

import numpy as np


def frame_pairs(frames: np.ndarray) -> np.ndarray:
    """Every frame with the one before it.

    Args:
      frames: `[..., T, h, w]`, T >= 2.

    Returns:
      `[..., T - 1, h, w, 2]`: channel 1 is the frame, channel 0 the one before.

    Raises:
      ValueError: If there are fewer than two frames.
    """
    if np.ndim(frames) < 3 or np.shape(frames)[-3] < 2:
        raise ValueError(f"frames: expected shape [..., T, h, w], T >= 2; received {np.shape(frames)}")
    return np.stack([frames[..., :-1, :, :], frames[..., 1:, :, :]], -1)
