"""Measures the cost of an exported model for its server: time, disk, the export itself, and a test under load.

python -m benchmarks.serving_cost --repeats=15 --update_docs
"""

from absl import flags

from hnn_tf.commands import command_line

if __name__ == "__main__":
    flags.DEFINE_integer(
        "repeats", 15, "The number of runs of each measurement of speed. The measurements alternate.", lower_bound=1
    )
    flags.DEFINE_integer("requests", 100_000, "The number of requests of the load test.", lower_bound=1000)
    flags.DEFINE_integer("threads", 4, "The number of threads that send the requests of the load test.", lower_bound=1)
    flags.DEFINE_bool("update_docs", False, "Write docs/results/serving_cost.json and the tables of docs/serving.md.")
    command_line.run("benchmarks.cost.serving:main", usage=__doc__)
