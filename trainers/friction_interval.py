"""Measures a trained model's friction coefficient with its 95 % interval, from the real pendulum's training readings.

python -m trainers.friction_interval --model_path=runs/real_pendulum/model.keras --data_path=invar_datasets.zip
"""

from absl import flags

from hnn_tf.commands import command_line

if __name__ == "__main__":
    flags.DEFINE_string("model_path", None, "The model.keras of a run with --model=hnn_friction.", required=True)
    flags.DEFINE_string("data_path", None, "The path of the record. By default, the record is downloaded.")
    flags.DEFINE_integer(
        "refits",
        20,
        "The number of simulated records in each of the two rounds, to each of which the model is fitted again.",
        lower_bound=20,
        upper_bound=100_000,
    )
    command_line.run("trainers.friction_of_record:main", usage=__doc__)
