"""The base class of objectives that compare the two sides of an equation of motion."""

import abc

import numpy as np

from hnn_tf.data.recordings import Recordings
from hnn_tf.input_error import InputError
from hnn_tf.objectives.base import Objective
from hnn_tf.objectives.sample_columns import parameters_of_readings

_LARGEST_DIFFERENCE = 0.3
"""The largest root mean square of dq/dt - v, relative to that of v. Velocities that noise hides more cannot be used.

Momenta in the place of velocities usually differ by more.
"""


class DynamicsMatching(Objective, abc.ABC):
    """The base class of objectives that compare forces or accelerations of recorded motions.

    The columns are `position`, `velocity`, `acceleration` and `force`, `[B, n]` each. In recordings, the states are
    (q, v) with velocities v in the place of momenta, the time derivatives are (v, a), and the inputs are the
    generalised forces, one for each position, for example the torques of an arm's motors. If the recordings have
    parameters, there is the column `parameters` `[B, k]`, too.
    """

    columns = ("position", "velocity", "acceleration", "force")
    input_columns = ("parameters",)
    is_sample_mean = True
    takes = frozenset({"derivatives"})
    uses_derivatives = True
    matches_at_states = True
    sees_velocities = True

    def samples_of(self, recordings: Recordings) -> dict[str, np.ndarray]:
        """Makes a sample of every reading.

        Raises:
          InputError: If the recordings have no derivatives or no inputs; if there is not one input for each position;
            or if the second half of the states is not the velocity dq/dt.
        """
        force = recordings.joined("inputs")
        position, velocity = np.split(recordings.joined("states"), 2, axis=1)
        rate, acceleration = np.split(recordings.joined("time_derivatives"), 2, axis=1)
        if force.shape != position.shape:
            raise InputError(
                f"objective {self.name!r}: expected one force for each of the {position.shape[1]} positions; received "
                f"inputs of width {force.shape[1]}; give the generalised forces as inputs"
            )
        # If the readings are at rest, both sides are 0.
        if np.mean((rate - velocity) ** 2) > _LARGEST_DIFFERENCE**2 * np.mean(velocity**2):
            difference = np.sqrt(np.mean((rate - velocity) ** 2) / max(np.mean(velocity**2), np.finfo(np.float64).tiny))
            raise InputError(
                f"objective {self.name!r}: expected velocities in the second half of the states; received numbers that "
                f"differ from dq/dt by {difference:.2g} of their root mean square; give states (q, v) and time "
                "derivatives (v, a)"
            )
        samples = dict(zip(self.columns, (position, velocity, acceleration, force), strict=True))
        parameters = parameters_of_readings(recordings)
        return samples if parameters is None else samples | {"parameters": parameters}
