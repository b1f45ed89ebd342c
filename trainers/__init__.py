"""Command-line trainers, one module a task: `python -m trainers.pendulum --flagfile=pendulum.flags`."""
