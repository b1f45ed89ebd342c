"""Learns a real pendulum, with friction, from the Schmidt-Lipson record.

python -m trainers.real_pendulum --flagfile=real_pendulum.flags --data_path=invar_datasets.zip
"""

from absl import flags

from hnn_tf.commands import command_line
from trainers import training_flags

if __name__ == "__main__":
    training_flags.define("real_pendulum", weight_decay=None, noise_std=0.0)
    flags.DEFINE_string(
        "data_path", None, "The record: invar_datasets.zip, its folder, or real_pend_h_1.txt; downloaded if not given."
    )
    command_line.run("trainers.run:main", "real_pendulum", usage=__doc__)
