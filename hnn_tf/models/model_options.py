"""Which model is trained. Imports nothing heavy."""

import dataclasses

from hnn_tf.commands.number_flags import WIDTHS, widths_fit
from hnn_tf.input_error import OptionError
from hnn_tf.models.registry import MODELS
from hnn_tf.numerics.activations import ACTIVATIONS
from hnn_tf.options import Options, option


@dataclasses.dataclass(frozen=True)
class ModelOptions(Options):
    """Options of a model of states; `hnn_tf.models.new_model` makes it."""

    model: str = option(
        "hnn",
        "The model. hnn learns H, hnn_friction also one coefficient of linear friction, and hnn_dissipation also a "
        "dissipation that depends on the state. baseline learns the time derivative, and second_order learns dp/dt. "
        "random_features and random_features_friction learn H as a sum of random features.",
        choices=MODELS,
    )
    hidden_units: tuple[int, ...] = option((200, 200), "The widths of the hidden layers, for example 200,200.")
    activation: str = option("tanh", "The activation function of the hidden layers.", choices=ACTIVATIONS)
    precision: str = option("float32", "The precision of weights and arithmetic.", choices=("float32", "float64"))
    time_reversible: bool = option(
        False, "Make the H of an HNN even in p: H(q, p) = H(q, -p), as in mechanics without magnets."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not widths_fit([str(width) for width in self.hidden_units]):
            raise OptionError(f"{{hidden_units}}: expected {WIDTHS}", hidden_units=self.hidden_units)
