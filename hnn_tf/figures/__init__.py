"""Figures of a run as PNG and GIF files; imports matplotlib, so `hnn_tf` doesn't import it."""

from hnn_tf.figures.animation import draw_rollout_animation
from hnn_tf.figures.coordinate_error import draw_coordinate_error
from hnn_tf.figures.energy import draw_energy
from hnn_tf.figures.hamiltonian import draw_hamiltonian
from hnn_tf.figures.phase_portrait import draw_phase_portrait

__all__ = [
    "draw_coordinate_error",
    "draw_energy",
    "draw_hamiltonian",
    "draw_phase_portrait",
    "draw_rollout_animation",
]
