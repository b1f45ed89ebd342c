"""True systems: a Hamiltonian each, with names and units."""

from hnn_tf.systems.base import System
from hnn_tf.systems.body_order import body_major, component_major
from hnn_tf.systems.henon_heiles import HenonHeiles
from hnn_tf.systems.kepler import Kepler
from hnn_tf.systems.mass_spring import MassSpring
from hnn_tf.systems.n_body import NBody
from hnn_tf.systems.pendulum import Pendulum

__all__ = ["HenonHeiles", "Kepler", "MassSpring", "NBody", "Pendulum", "System", "body_major", "component_major"]
