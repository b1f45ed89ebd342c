"""Prints a table of how well every integrator keeps the structure of a trained model's motion.

python -m trainers.symplecticity --model_path=runs/pendulum/model.keras --step_size=0.05
"""

from absl import flags

from hnn_tf.commands import command_line, number_flags

if __name__ == "__main__":
    flags.DEFINE_string("model_path", None, "The model.keras of a run.", required=True)
    number_flags.define("step_size", 0.1, "The size of the steps, > 0.", least=1e-6, most=1e6)
    flags.DEFINE_integer("states", 4, "The number of initial states.", lower_bound=1, upper_bound=10_000)
    flags.DEFINE_integer("seed", 0, "The seed of the initial states.", lower_bound=0, upper_bound=2**31 - 1)
    command_line.run("trainers.symplecticity_table:main", usage=__doc__)
