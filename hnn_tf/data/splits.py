"""Training and test parts that share no trajectory."""

from hnn_tf.data.trajectories import Trajectories


def split_by_trajectory(trajectories: Trajectories, *, train_fraction: float) -> tuple[Trajectories, Trajectories]:
    """Returns the first `train_fraction` of the trajectories, and the rest. No trajectory is in both parts.

    Raises:
      ValueError: If either part would be empty.
    """
    count = len(trajectories.states)
    num_train = round(count * train_fraction)
    if not 0 < num_train < count:
        raise ValueError(
            f"train_fraction: expected a split of {count} trajectories with both parts non-empty; "
            f"received {train_fraction}"
        )
    return trajectories[:num_train], trajectories[num_train:]
