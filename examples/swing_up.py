"""Learns a pendulum with a motor from noisy recordings, and swings it up with the learned model.

python examples/swing_up.py [--seed=0] [--figure_path=swing_up.png]

The motor is too weak to lift the pendulum directly. The controllers know the torque limit and the learned model, and
see noisy states. Their torques act on the true pendulum. There are three ways to the top:

- Energy shaping: u = clip(k (H* - H), -limit, limit) sign(y), where H* is the learned energy at the top. Since dH/dt =
  y u - losses, with the output y = G' grad H, the torque adds energy as long as there is too little.
- Plan: torques that bring the learned pendulum to the top, found by gradients through its rollout.
- Repeated plan: the rest of the plan is improved every second, from the state that is seen then.

At the top, a linear feedback takes over. Energy shaping takes over from a plan that has missed the top. The program
prints how each way ended, and draws swing_up.png.

References: Astrom, Furuta. Swinging up a pendulum by energy control. Automatica 36, 2000.
"""

import sys

import numpy as np
import scipy.linalg
import scipy.optimize
import tensorflow as tf
from absl import flags

from hnn_tf import ModelOptions, data, fit, rollout_at_times, systems
from hnn_tf.commands import command_line
from hnn_tf.data.reference_solution import reference_solution
from hnn_tf.figures import canvas, style

PENDULUM = systems.DrivenPendulum(damping=0.1)  # the true pendulum, which gravity turns with up to 9.81 N m
LIMIT = 3.0  # the largest torque, in N m
NOISE = 0.02  # of the recordings, and of the states that a controller sees, in rad and kg m^2/s
PERIOD = 0.05  # the time for which a torque is held, in s
NUM_PERIODS, NUM_PLANNED, NUM_KEPT = 200, 120, 20  # in a run, in a plan, and until a plan is improved
FIRST_ITERATIONS, MORE_ITERATIONS = 80, 15  # of L-BFGS-B, for the plan and for each improvement
PUMP = 3.0  # k in 1/s
EFFORT = 0.1  # the cost of a plan's torques, in 1 / (N m)^2 s
HANGING, UPRIGHT = np.zeros(2), np.array([np.pi, 0.0])
NEAR = 0.1  # an angle error that counts as upright, in rad
LEARNED = ("input_gain", "friction")
COLOUR = "#d55e00"  # of torques
LEVELS = (-15.0, -10.0, -5.0, 0.0, 5.0, 10.0, 15.0)  # of the learned H - H*, in J
LEVEL_COLOURS = ["#009e73" if level == 0.0 else "#c4c4c4" for level in LEVELS]


def learn(rng: np.random.Generator, num_recordings: int):
    """Fits recordings of 2 s that begin at any angle, under torques that jump at random every half second."""
    times = 0.1 * np.arange(21)
    starts = rng.uniform([-np.pi, -6.0], [np.pi, 6.0], [num_recordings, 2])
    torques = np.repeat(rng.uniform(-LIMIT, LIMIT, [num_recordings, 5, 1]), 5, axis=1)[:, :21]
    motions = data.generate_trajectories(PENDULUM, starts, times, noise_std=NOISE, rng=rng, inputs=torques)
    recordings = data.Recordings.from_arrays(times, motions.states, inputs=torques, angles=[0])
    options = ModelOptions("random_features_friction", hidden_units=(20,), precision="float64")
    return fit(recordings, model=options, progress=False)


def error(state):
    """Returns e = (angle from the top in -pi to pi, momentum) of states `[..., 2]`."""
    q, p = np.moveaxis(state, -1, 0)
    return np.stack([np.mod(q, 2.0 * np.pi) - np.pi, p], -1)


def energy_shaping(model):
    """Returns the function from a state `[2]` to the torque of energy shaping."""
    goal = model.hamiltonian(tf.constant([UPRIGHT]))

    @tf.function(autograph=False)
    def torque(state):
        with tf.GradientTape() as tape:
            tape.watch(state)
            energy = model.hamiltonian(state)
        output = tf.reduce_sum(model.control(state)[..., 0] * tape.gradient(energy, state), -1)
        push = tf.clip_by_value(PUMP * (goal - energy), -LIMIT, LIMIT)
        return tf.where(output < 0.0, -push, push)[0]  # a pendulum at rest is pushed, too

    return lambda state: float(torque(tf.constant([state])))


class Balance:
    """The feedback u = -K e of the error e from the top, which is optimal for the learned motion near the top.

    It minimises the integral of |e|^2 + u^2. From a small e, the least integral is e' P e.
    """

    def __init__(self, model) -> None:
        state, torque = tf.constant([UPRIGHT]), tf.zeros([1, 1], tf.float64)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch([state, torque])
            motion = model(state, inputs=torque)
        a, b = (tape.batch_jacobian(motion, each)[0].numpy() for each in (state, torque))
        self.cost = scipy.linalg.solve_continuous_are(a, b, np.eye(2), np.eye(1))
        self.gains = b[:, 0] @ self.cost
        # The ellipse e' P e <= bound touches the lines where the feedback needs the largest torque.
        self.bound = LIMIT**2 / (self.gains @ np.linalg.solve(self.cost, self.gains))

    def __call__(self, state: np.ndarray) -> float:
        """Returns the torque at a state `[2]`."""
        return -self.gains @ error(state)

    def holds(self, state: np.ndarray) -> bool:
        """Returns whether the torque limit does not matter on the way from a state `[2]` to the top."""
        return error(state) @ self.cost @ error(state) <= self.bound


def planner(model, cost: np.ndarray):
    """Returns a function that improves torques by gradients through a rollout of the model.

    It minimises e' P e at the end, where e = (2 sin(angle from the top / 2), p), plus the integral of EFFORT u^2.
    """

    @tf.function(autograph=False, jit_compile=True)
    def cost_and_gradient(state, times, torques):
        with tf.GradientTape() as tape:
            tape.watch(torques)
            held = tf.pad(torques, [[0, 1]])[:, tf.newaxis]  # nothing is held after the end
            q, p = tf.unstack(rollout_at_times(model, state, times, substeps=1, inputs=held)[-1])
            miss = tf.stack([2.0 * tf.sin((q - np.pi) / 2.0), p])
            total = tf.tensordot(miss, tf.linalg.matvec(cost, miss), 1)
            total += EFFORT * PERIOD * tf.reduce_sum(torques**2)
        return total, tape.gradient(total, torques)

    def improved(state: np.ndarray, torques: np.ndarray, iterations: int) -> np.ndarray:
        # A shorter plan begins with steps that take no time, so that the rollout is compiled only once.
        idle = NUM_PLANNED - len(torques)
        times = tf.constant(PERIOD * np.maximum(np.arange(NUM_PLANNED + 1.0) - idle, 0.0))

        def function(guess):
            value, gradient = cost_and_gradient(tf.constant(state), times, tf.constant(np.pad(guess, (idle, 0))))
            return value.numpy(), gradient.numpy()[idle:]

        options = {"bounds": [(-LIMIT, LIMIT)] * len(torques), "options": {"maxiter": iterations}}
        return scipy.optimize.minimize(function, torques, jac=True, method="L-BFGS-B", **options).x

    return improved


def moved(state: np.ndarray, torques: np.ndarray) -> np.ndarray:
    """Returns the states `[T + 1, 2]` of the true pendulum under torques `[T]`, of which each is held for a period."""
    times, held = PERIOD * np.arange(len(torques) + 1), np.append(torques, 0.0)
    return reference_solution(PENDULUM, state[np.newaxis], times, held[:, np.newaxis])[0]


def driven(controller, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Returns the true states `[T + 1, 2]`, from hanging at rest, and the torques `[T]` of a controller."""
    states, torques = HANGING[np.newaxis], np.zeros(0)
    while len(torques) < NUM_PERIODS:
        seen = states[-1] + rng.normal(scale=NOISE, size=2)
        torques = np.append(torques, np.clip(controller(seen, len(torques)), -LIMIT, LIMIT))
        states = np.concatenate([states, moved(states[-1], torques[-1:])[1:]])
    return states, torques


def swing_ups(model, rng: np.random.Generator):
    """Returns the true states and the torques of the three ways, by name."""
    shaped, balance = energy_shaping(model), Balance(model)
    improved = planner(model, balance.cost)
    guess = rng.normal(scale=0.5, size=NUM_PLANNED)  # without a torque, the gradient would be zero
    plan = improved(HANGING, guess, FIRST_ITERATIONS)

    def shaping(seen, period):
        del period
        return balance(seen) if balance.holds(seen) else shaped(seen)

    def follower(*, interval):
        torques = plan.copy()

        def following(seen, period):
            if period >= NUM_PLANNED:
                return shaping(seen, period)
            if interval and balance.holds(seen):
                return balance(seen)
            if interval and period and period % interval == 0:
                torques[period:] = improved(seen, torques[period:], MORE_ITERATIONS)
            return torques[period]

        return following

    ways = {"energy shaping": shaping, "plan": follower(interval=None), "repeated plan": follower(interval=NUM_KEPT)}
    return {name: driven(way, rng) for name, way in ways.items()}


def summary(states: np.ndarray, torques: np.ndarray) -> str:
    """Returns when the true pendulum came to the top to stay, and how it ended."""
    errors = np.abs(error(states)[:, 0])
    last = np.flatnonzero(errors > NEAR)[-1] + 1
    arrived = f"upright from {last * PERIOD:.2f} s" if last * PERIOD < len(torques) * PERIOD - 1.0 else "not upright"
    energy = float(PENDULUM.hamiltonian(states[-1]))
    return (
        f"{arrived}, angle error {errors[-1]:.3f} rad, energy {energy:.2f} J, torque <= {np.abs(torques).max():.2f} N m"
    )


def draw(path: str, model, runs) -> None:
    """Draws a column for each way: angle and torque over time, and the path on the level sets of the learned energy."""
    looks = style.line_styles(["true", "hnn"])
    axes = [np.linspace(-7.0, 7.0, 141), np.linspace(-9.0, 9.0, 121)]
    grid = tf.constant(np.stack(np.meshgrid(*axes), -1).reshape(-1, 2))
    energy = np.reshape(model.hamiltonian(grid) - model.hamiltonian(tf.constant([UPRIGHT])), [121, 141])
    times = PERIOD * np.arange(NUM_PERIODS + 1)
    with canvas.png_figure(path, height=6.0) as figure:
        panels = figure.subplots(3, len(runs), sharey="row", height_ratios=(1.0, 0.7, 1.3))
        for column, (name, (states, torques)) in zip(panels.T, runs.items(), strict=True):
            count = np.argmax(np.abs(error(states)[:, 0]) <= NEAR) or NUM_PERIODS
            held = np.append(torques, 0.0)[: count + 1, np.newaxis]
            predicted = rollout_at_times(model, HANGING, times[: count + 1], substeps=1, inputs=held).numpy()
            column[0].plot(times, states[:, 0], **looks["true"])
            column[0].plot(times[: count + 1], predicted[:, 0], **looks["hnn"] | {"label": "learned, same torques"})
            column[0].set(title=name, ylim=(-7.0, 7.0), yticks=[-np.pi, 0.0, np.pi], yticklabels=["$-π$", "0", "$π$"])
            column[0].grid(axis="y", color="#d0d0d0", linewidth=0.6)
            column[1].step(times[:-1], torques, where="post", color=COLOUR, linewidth=1.0)
            column[1].set(xlabel="time (s)", ylim=(-1.15 * LIMIT, 1.15 * LIMIT), yticks=[-LIMIT, 0.0, LIMIT])
            column[2].contour(*axes, energy, levels=LEVELS, colors=LEVEL_COLOURS, linewidths=0.8, linestyles="solid")
            column[2].plot(*states.T, color="#333333", linewidth=1.2)
            column[2].plot(*states[-1], marker="o", color=COLOUR, markersize=5.0)
            column[2].set(xlabel=style.axis_label("q", "rad"))
        for panel, label in zip(panels[:, 0], ("angle $q$ (rad)", "torque (N m)", "$p$ (kg m²/s)"), strict=True):
            panel.set_ylabel(label)
        canvas.legend_below(figure, panels[0, 0].get_lines())


def _main() -> None:
    settings = flags.FLAGS
    rng = np.random.default_rng(settings.seed)
    fitted = learn(rng, settings.num_recordings)
    top, bottom = fitted.model.hamiltonian(tf.constant([UPRIGHT, HANGING])).numpy()
    gain, friction = (
        "{:.3f} ± {:.3f}".format(*(fitted.metrics[name + end] for end in ("", "_std"))) for name in LEARNED
    )
    sys.stdout.write(f"learned: {top - bottom:.2f} J to the top, gain {gain}, friction {friction} N m s\n")
    runs = swing_ups(fitted.model, rng)
    for name, run in runs.items():
        sys.stdout.write(f"{name:16}{summary(*run)}\n")
    draw(settings.figure_path, fitted.model, runs)
    sys.stdout.write(f"{settings.figure_path}\n")


if __name__ == "__main__":
    flags.DEFINE_integer("seed", 0, "The seed of the recordings, the noise and the first guess of the plan.")
    flags.DEFINE_integer("num_recordings", 24, "The number of recordings, of which a fifth is for the test.")
    flags.DEFINE_string("figure_path", "swing_up.png", "The figure to write.")
    command_line.run(_main, usage=__doc__)
