"""The command-line trainers, one module per task: `python -m trainers.pendulum --flagfile=pendulum.flags`."""
