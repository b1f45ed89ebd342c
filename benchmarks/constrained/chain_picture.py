"""The animation of the chain of five pendulums, true and learned, in docs/constraints.md."""

import numpy as np

from benchmarks.constrained import closed_form, protocol
from benchmarks.documents.folders import ROOT
from hnn_tf.closed_form import fit_constrained
from hnn_tf.figures import draw_linkage_animation

PICTURE = ROOT / "docs" / "images" / "constraints" / "chain.gif"
_CHUNKS = 200
_SEED = 5
"""The seed of the motion that is drawn."""


def draw() -> None:
    """Fits 200 chunks of five states, and draws a motion that the fit has not seen."""
    case = protocol.SYSTEMS["chain_5"]
    model = closed_form.new_model(case.system)
    fit_constrained(model, protocol.chunks(case, _CHUNKS, 0))
    true = protocol.trajectories(case, 1, _SEED)
    learned = closed_form.predictions(model, true)
    shape = (true.shape[1], 2, len(case.system.masses), 2)
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    draw_linkage_animation(
        PICTURE,
        times=protocol.STEP * np.arange(protocol.READINGS),
        trajectories={"truth": true.reshape(shape)[:, 0], "closed form": learned.reshape(shape)[:, 0]},
        pairs=case.system.constraints.pairs,
        anchors=case.system.constraints.anchors,
        frames=60,
        fps=20,
    )
