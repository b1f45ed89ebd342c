"""Options of the model. Imports nothing heavy."""

import dataclasses

from hnn_tf.commands.number_flags import WIDTHS, widths_fit
from hnn_tf.input_error import OptionError
from hnn_tf.models.control_registry import CONTROLS
from hnn_tf.models.registry import MODELS
from hnn_tf.numerics.activations import ACTIVATIONS
from hnn_tf.options import Options, option


@dataclasses.dataclass(frozen=True)
class ModelOptions(Options):
    """Options of a model of states, from which `hnn_tf.models.new_model` makes the model."""

    model: str = option(
        "hnn",
        "The model. hnn learns H, hnn_friction also one coefficient of linear friction, and hnn_dissipation also a "
        "dissipation that depends on the state. separable learns H = T(p) + V(q). constant_mass learns one mass m of "
        "each momentum and H = sum of p^2 / (2 m) + V(q). known_mass is told these masses, which are 1 by default. "
        "mechanical learns a mass matrix M(q) and H = p M(q)^-1 p / 2 + V(q). separable_friction, "
        "constant_mass_friction, known_mass_friction and mechanical_friction also learn one coefficient of "
        "linear friction. mechanical_features learns M(q) and V(q) as sums of fixed random functions of q. "
        "mechanical_velocity, mechanical_velocity_friction and mechanical_velocity_features are the mechanical models "
        "of states whose second half is the velocity dq/dt, and lagrangian learns a Lagrangian of such states. "
        "pairwise learns the potential energy of each pair of equal bodies as a function of their distance. baseline "
        "learns the time derivative, and "
        "second_order learns dp/dt. random_features and random_features_friction learn H as a sum of fixed random "
        "functions, and the second of the two also one coefficient of linear friction. mechanical_random_features, "
        "separable_random_features, known_mass_random_features and pairwise_random_features do the same for "
        "H = p A(q) p / 2 + V(q), where A(q) and V(q) are such sums, for T(p) + V(q), for known masses, and for pairs "
        "of bodies. The first three of them also exist with _friction at the end of the name. known_mass_dissipation "
        "learns a dissipation that depends on the state.",
        choices=MODELS,
    )
    hidden_units: tuple[int, ...] = option(
        (200, 200),
        "The widths of the hidden layers, for example 200,200. For random features, the last width is the number of "
        "features.",
    )
    activation: str = option(
        "tanh",
        "The activation function of the hidden layers, or of the random features. Models that learn H refuse relu, "
        "whose slope jumps.",
        choices=ACTIVATIONS,
    )
    precision: str = option(
        "float32", "The precision of the weights and of the arithmetic.", choices=("float32", "float64")
    )
    time_reversible: bool = option(
        False, "Make the learned H even in p: H(q, p) = H(q, -p), as in mechanics without magnets and rotating frames."
    )
    control: str | None = option(
        None,
        "How the inputs act in models that learn H, if the recordings have inputs: dp/dt = ... + B u. linear, which is "
        "the default, learns a constant matrix B, and mlp learns a B that depends on the positions.",
        choices=CONTROLS,
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if not widths_fit([str(width) for width in self.hidden_units]):
            raise OptionError(f"{{hidden_units}}: expected {WIDTHS}", hidden_units=self.hidden_units)
