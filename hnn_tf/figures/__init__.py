"""Figures as PNG and GIF files; imports matplotlib, so `hnn_tf` doesn't import it."""

from hnn_tf.figures.analysis import AnalysisRow, draw_analysis
from hnn_tf.figures.animation import draw_rollout_animation
from hnn_tf.figures.coordinate_error import draw_coordinate_error
from hnn_tf.figures.energy import draw_energy
from hnn_tf.figures.energy_panels import draw_energy_panels
from hnn_tf.figures.film_strip import draw_film_strip
from hnn_tf.figures.frame_animation import draw_frame_animation
from hnn_tf.figures.hamiltonian import draw_hamiltonian
from hnn_tf.figures.latent_portrait import draw_latent_portrait
from hnn_tf.figures.orbit_animation import draw_orbit_animation
from hnn_tf.figures.orbits import draw_orbits
from hnn_tf.figures.phase_portrait import draw_phase_portrait

__all__ = [
    "AnalysisRow",
    "draw_analysis",
    "draw_coordinate_error",
    "draw_energy",
    "draw_energy_panels",
    "draw_film_strip",
    "draw_frame_animation",
    "draw_hamiltonian",
    "draw_latent_portrait",
    "draw_orbit_animation",
    "draw_orbits",
    "draw_phase_portrait",
    "draw_rollout_animation",
]
