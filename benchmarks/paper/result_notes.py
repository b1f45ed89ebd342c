"""Notes for readers of the published metrics, which explain where a metric differs from its name."""

QUIRKS = """The paper protocol repeats the errors of the published code on purpose. Use its numbers only for a
comparison with the published numbers. The following points explain the numbers.

- **mass_spring**: The published code stretches the model's clock by 1.09. The code also multiplies the horizon by 1.09
  again in each of the 15 trials, so the horizon grows from 21.8 to 72.8.
- **mass_spring, pendulum**: The `test_loss` is measured at noisy states, where even the true system has no smaller
  loss. The column "floor" shows the loss of the true system.
- **pendulum**: The `energy_mse` is the error of q² + p², and this quantity differs from the pendulum's energy. A
  perfect pendulum whose clock is 3 % fast has an `energy_mse` of 2.3e-2. Nearly all training energies are above the
  energies of the initial states.
- **real_pendulum**: The published code uses forward differences as derivatives. Forward differences add damping:
  the amplitude falls by ω²dt/2, about 0.1 per second. The true energy is unknown, and it is not conserved. The authors
  fitted the energy 2.4 (1 − cos q) + p² by hand. Every seed uses the same single trajectory.
- **two_body, three_body**: All models use the same 15 trials, with the seeds 0 to 14 of NumPy's legacy generator. The
  published numbers come from one training seed.
- **three_body**: A few trials with very close encounters dominate the mean energy error, and a thousandth of the points
  dominates the loss. The medians and `top_share` show how large this effect is.
- **pixel_pendulum**: The published code does not show how the published energy was measured. Our `energy_mse` reads the
  energy from the decoded frames. Our `latent_energy_mse` reads the energy from a cubic map, fitted to the training
  data, from the latent to (θ, ω). Both average over 100 frames from every test start, in the published scale
  1.9 (1 − cos θ) + (θ̇/4)². The paper's objective uses differences of latents as derivatives, and these differences
  add damping, too.
- **All tasks**: Our integration is accurate everywhere, with local errors near 1e-13 or at the precision of float32. We
  repeat neither the reference code's absolute tolerance of 1e-6 nor the crash of its RK4.
"""

FLOORS = {
    "test_loss": "test_loss_of_truth",
    "energy_mse": "energy_mse_of_truth",
}
"""A mapping from a metric to the metric of the same run that has the score of the truth itself."""
