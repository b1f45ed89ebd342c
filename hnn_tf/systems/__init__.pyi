from .base import System as System
from .body_order import body_major as body_major
from .body_order import component_major as component_major
from .henon_heiles import HenonHeiles as HenonHeiles
from .kepler import Kepler as Kepler
from .mass_spring import MassSpring as MassSpring
from .n_body import NBody as NBody
from .pendulum import Pendulum as Pendulum
