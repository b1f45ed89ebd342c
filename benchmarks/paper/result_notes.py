"""What must be known to read a published metric: where it isn't what its name says, line by line."""

QUIRKS = """The paper protocol is bug-compatible on purpose: it exists to compare with published numbers, and with
nothing else.

- **mass_spring**: the model's clock is stretched by 1.09, and the horizon by another 1.09 in every one of the 15
  trials (21.8 to 72.8).
- **mass_spring, pendulum**: `test_loss` is taken at noisy states, where the true system itself scores no better:
  see its floor.
- **pendulum**: its `energy_mse` is that of q² + p², which isn't the pendulum's energy. A perfect pendulum whose
  clock is 3 % fast scores 2.3e-2. The initial states lie below nearly all energies that were trained on.
- **real_pendulum**: derivatives are forward differences, which damp (ω²dt/2, some 0.1 a second in amplitude); the
  true energy isn't known and is not conserved: 2.4 (1 − cos q) + p² was fitted by hand. One trajectory, the same in
  every seed.
- **two_body, three_body**: 15 trials, from the legacy seeds 0 to 14, the same for every model; the published
  numbers are of one training seed.
- **three_body**: the mean belongs to the trials that meet most closely, and the loss to the worst thousandth of its
  points: see the medians and `top_share`.
- **pixel_pendulum**: how the published energy was measured is not in the published code. Ours is read from the
  decoded frames (`energy_mse`), and, beside it, from a cubic map from the latent to (θ, ω) that is fitted to the
  training data (`latent_energy_mse`); both over 100 frames from every test start, in the published scale 1.9 (1 −
  cos θ) + (θ̇/4)². Differences of latents are taken as derivatives, which damp, too.
- Integration is accurate everywhere (local errors near 1e-13, or float32); the reference's absolute tolerance of
  1e-6 isn't repeated, nor the crash of its RK4.
"""

FLOORS = {
    "test_loss": "test_loss_of_truth",
    "energy_mse": "energy_mse_of_truth",
}
"""Metric -> the metric of the same run that says what the truth itself scores."""
