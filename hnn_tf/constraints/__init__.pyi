from .constrained_motion import constrained_motion as constrained_motion
from .derivatives import constraint_curvature as constraint_curvature
from .derivatives import constraint_jacobian as constraint_jacobian
from .manifold import projected as projected
from .manifold import violation as violation
from .rigid_rods import RigidRods as RigidRods
