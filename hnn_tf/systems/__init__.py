"""True systems: a Hamiltonian each, with names and units."""

from hnn_tf.systems.base import System
from hnn_tf.systems.mass_spring import MassSpring
from hnn_tf.systems.pendulum import Pendulum

__all__ = ["MassSpring", "Pendulum", "System"]
