"""Draws counterparts of the paper's figures, from the models that benchmarks.paper_table trained.

python -m benchmarks.paper_figures --data_path=invar_datasets.zip
"""

from absl import flags

from benchmarks.documents.folders import PAPER_IMAGES
from hnn_tf.commands import command_line

if __name__ == "__main__":
    flags.DEFINE_string(
        "runs", None, "The folder of the runs. By default, the folder of the present code in runs/paper_table is taken."
    )
    flags.DEFINE_integer("seed", 0, "The training seed of the models that are drawn.", lower_bound=0)
    flags.DEFINE_string(
        "data_path", None, "The path of the real pendulum's record. By default, the record is downloaded."
    )
    flags.DEFINE_string("output_dir", str(PAPER_IMAGES), "The folder of the figures.")
    command_line.run("benchmarks.paper.figures:main", usage=__doc__)
