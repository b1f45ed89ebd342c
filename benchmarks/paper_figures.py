"""Draws counterparts of the paper's figures, from the models that benchmarks.paper_table trained.

python -m benchmarks.paper_figures --data_path=invar_datasets.zip
"""

from absl import flags

from benchmarks.documents.folders import PAPER_IMAGES
from hnn_tf.commands import command_line

if __name__ == "__main__":
    flags.DEFINE_string("runs", None, "Folder of the runs; that of the present code in runs/paper_table if not given.")
    flags.DEFINE_integer("seed", 0, "Training seed of the models that are drawn.", lower_bound=0)
    flags.DEFINE_string("data_path", None, "The real pendulum's record; downloaded when not given.")
    flags.DEFINE_string("output_dir", str(PAPER_IMAGES), "Where the figures go.")
    command_line.run("benchmarks.paper.figures:main", usage=__doc__)
