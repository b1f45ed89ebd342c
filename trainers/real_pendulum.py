"""Learns a real pendulum, with friction, from the Schmidt-Lipson record.

python -m trainers.real_pendulum --flagfile=real_pendulum.flags --data_path=invar_datasets.zip
"""

from trainers import task_command

if __name__ == "__main__":
    task_command.run("real_pendulum", usage=__doc__)
