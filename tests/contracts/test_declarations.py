"""What parts say of themselves: every declaration has its type, and only `hnn_tf.declarations` reads them."""

import ast
import functools
import inspect
import types
import typing
from collections.abc import Callable

import command_session
import keras
import package_classes
import pytest
import tensorflow as tf

from hnn_tf import integrators, models, objectives, systems
from hnn_tf.declarations import DECLARATIONS, MOTIONS, declared, motion_of, name_of
from hnn_tf.models.learned_motion import LearnedMotion

OF_OTHER_THINGS = {
    ("hnn_tf/commands/command_line.py", "flag.parser.enum_values"): "Abseil's parsers of choices have it",
    ("hnn_tf/commands/this_command.py", "sys.modules.get('__main__').__spec__"): "no module is __main__ in a session",
    ("hnn_tf/data/tables/reading.py", "error.strerror"): "the system's errors have it",
    ("hnn_tf/export/plain_file.py", "os.O_NONBLOCK"): "not on every system",
    ("hnn_tf/export/saved_model.py", "error.message"): "TensorFlow's errors have it",
    ("hnn_tf/export/saved_model.py", "error.strerror"): "the system's errors have it",
    ("hnn_tf/files/full_disk.py", "errno.name"): "not on every system",
    ("hnn_tf/files/full_disk.py", "error.errno"): "the system's errors have it",
    ("hnn_tf/reports/number_text.py", "value.dtype"): "NumPy's numbers have it, and Python's do not",
    ("hnn_tf/models/latent_hamiltonian_network.py", "self.loss"): "Keras sets it when a model is compiled",
    ("hnn_tf/models/nested_lists.py", "state.shape"): "tensors and arrays have it, nested structures do not",
    ("hnn_tf/models/state_signatures.py", "model.input_shape"): "Keras' functional models have it",
    ("hnn_tf/motion_parameters.py", "parameters.shape"): "tensors and arrays have it, lists do not",
    ("hnn_tf/numerics/activation_choice.py", "function.__module__"): "Python's own",
    ("hnn_tf/numerics/activation_choice.py", "keras.activations.name_of(function)"): "a name in a module of Keras",
    ("hnn_tf/numerics/probed_activation.py", "function.__name__"): "Python's own",
    ("hnn_tf/numerics/traced_function.py", "source.numpy"): "TensorFlow's eager tensors have it",
    ("hnn_tf/options.py", "value.tolist"): "the values of NumPy have it, which is not imported there",
    ("hnn_tf/training/block_fit.py", "model.optimizer"): "Keras sets it when a model is compiled",
}
"""The places that ask whether something has an attribute that is no declaration, and whose attribute it is."""

FUNCTIONS = ("declared", "getattr", "hasattr", "isinstance")
PACKAGES = ("hnn_tf", "trainers", "benchmarks", "export")

OF_CLASSES = {
    ("hnn_tf/closed_form/force_fit.py", "HamiltonianNetwork"): "the argument is a network or its Hamiltonian",
    ("hnn_tf/closed_form/linear_hamiltonian.py", "HamiltonianNetwork"): "the argument is a network or its Hamiltonian",
    ("hnn_tf/closed_form/linear_rollout.py", "ExplicitRungeKutta"): "the step is used for states with sensitivities",
    ("hnn_tf/evaluation/rollouts.py", "System"): "a system has a solution in NumPy",
    ("hnn_tf/fit_choices.py", "Objective"): "the argument is an objective or its options",
    ("hnn_tf/fit_identity.py", "Integrator"): "its attributes identify it",
    ("hnn_tf/fit_identity.py", "Objective"): "its attributes identify it",
    ("hnn_tf/fitting.py", "Objective"): "the argument is an objective or its options",
    ("hnn_tf/integrators/by_name.py", "Integrator"): "the argument is an integrator or its name",
    ("hnn_tf/models/mechanical_energy.py", "MechanicalHamiltonian"): "the argument must be one",
    ("hnn_tf/models/mechanical_hamiltonian.py", "MassMatrix"): "the argument must be one",
    ("hnn_tf/training/warm_start.py", "ExplicitRungeKutta"): "the closed form integrates sensitivities",
}
"""The places that ask for the class of a part, and why. All others read declarations."""

BY_VARIABLE = {"damping", "gain_matrix"}
"""The declarations that `VelocityNetwork` reads in a loop over its layers."""


@functools.cache
def _calls():
    """The calls of these functions in the library and in what stands over it: path, call and function of each."""
    found = []
    for path in (path for package in PACKAGES for path in (command_session.ROOT / package).rglob("*.py")):
        source, name = path.read_text(encoding="utf-8"), path.relative_to(command_session.ROOT).as_posix()
        if any(f"{function}(" in source for function in FUNCTIONS):  # parsing takes most of the time
            calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
            found += [(name, node, node.func.id) for node in calls if isinstance(node.func, ast.Name)]
    return [each for each in found if each[2] in FUNCTIONS]


def test_nothing_else_asks_whether_a_part_has_an_attribute():
    found = set()
    for path, node, function in _calls():
        asks = function == "hasattr" or (function == "getattr" and len(node.args) == 3)
        if asks and path != "hnn_tf/declarations.py":
            part, name = node.args[:2]
            written = name.value if isinstance(name, ast.Constant) else ast.unparse(name)
            found.add((path, f"{ast.unparse(part)}.{written}"))
    assert found == set(OF_OTHER_THINGS)


def _names_of_classes(base):
    """The names of the class, if it is of this project, and of all that derive from it."""
    own = {base.__name__} if base.__module__.startswith("hnn_tf.") else set()
    return own.union(*(_names_of_classes(each) for each in base.__subclasses__()))


def test_few_places_ask_for_the_class_of_a_part():
    bases = (keras.layers.Layer, objectives.Objective, integrators.Integrator, systems.System)
    parts = set().union(*(_names_of_classes(base) for base in bases))
    found = set()
    for path, node, function in _calls():
        if function == "isinstance" and path.startswith("hnn_tf/"):
            asked = {each.id for each in ast.walk(node.args[1]) if isinstance(each, ast.Name)}
            asked |= {each.attr for each in ast.walk(node.args[1]) if isinstance(each, ast.Attribute)}
            found |= {(path, name) for name in asked & parts}
    assert found == set(OF_CLASSES)


def test_each_declaration_in_the_table_is_read():
    arguments = [(path, node.args[1]) for path, node, function in _calls() if function == "declared"]
    read = {name.value for _, name in arguments if isinstance(name, ast.Constant)}
    others = {path for path, name in arguments if not isinstance(name, ast.Constant)}
    assert others == {"hnn_tf/models/velocity_network.py"}
    assert read | BY_VARIABLE == set(DECLARATIONS)


def _of_kind(value, kind):
    return value is None or isinstance(value, kind)


def _by_name(classes):
    return sorted(classes, key=lambda each: each.__name__)


@pytest.mark.parametrize(
    ("part", "declarations"),
    [
        *((each, DECLARATIONS) for each in _by_name(package_classes.subclasses(keras.layers.Layer))),
        # The attributes of a system are also the parameters of its physics.
        *((each, MOTIONS) for each in _by_name(package_classes.subclasses(systems.System))),
    ],
)
def test_what_a_class_declares_has_its_type(part, declarations):
    for name, declaration in declarations.items():
        owner = next((base for base in part.__mro__ if name in vars(base)), part)
        if name not in vars(owner) or not owner.__module__.startswith("hnn_tf."):
            continue
        found = vars(owner)[name]
        function = found.fget if isinstance(found, property) else found
        if not isinstance(function, types.FunctionType):
            assert _of_kind(found, declaration.kind), name
        elif declaration.kind is not Callable:
            assert list(inspect.signature(function).parameters) == ["self"], name
            hint = typing.get_type_hints(function)["return"]
            assert declaration.kind is object or issubclass(typing.get_origin(hint) or hint, declaration.kind), name


@pytest.mark.parametrize("name", sorted(models.MODELS))
def test_what_a_model_and_its_layers_declare_has_its_type(name):
    model = models.MODELS[name](hidden_units=(2,), activation="tanh", dtype="float64", body_dimension=1)
    model.build([None, 4])
    for part in (model, *model._flatten_layers(include_self=False)):
        for declaration in DECLARATIONS:
            found = declared(part, declaration)
            assert _of_kind(found, DECLARATIONS[declaration].kind), (part, declaration)
            assert found is not None or declared(None, declaration) is None, (part, declaration)
    assert motion_of(model) is model


def test_a_part_that_declares_nothing_has_the_values_of_the_table():
    def motion(state):
        return state

    assert {name: declared(motion, name) for name in DECLARATIONS} == {
        name: {} if name == "physical_parameters" else declaration.undeclared
        for name, declaration in DECLARATIONS.items()
    }
    assert name_of(motion) == "function"
    assert motion_of(motion) is motion
    assert declared(motion, "physical_parameters") is not declared(motion, "physical_parameters")
    layer = keras.layers.Dense(1, name="own", dtype="float32")
    assert (name_of(layer), declared(layer, "compute_dtype"), declared(layer, "separable")) == ("own", "float32", False)


def test_a_model_of_your_own_and_any_keras_model_have_the_same_values():
    class Own(LearnedMotion, keras.Model):
        """A model that declares nothing."""

    for name, declaration in DECLARATIONS.items():
        if declaration.kind in (bool, dict):
            assert declared(Own(), name) == declared(keras.Model(), name), name


def test_a_model_that_is_an_attribute_is_not_called():
    def inner(state):
        return state

    model = keras.Sequential([keras.layers.Dense(2)])
    assert motion_of(types.SimpleNamespace(vector_field=model)) is model
    assert motion_of(types.SimpleNamespace(vector_field=lambda: inner)) is inner  # a method is called


def test_an_undeclared_name_is_refused():
    with pytest.raises(KeyError, match="seperable"):
        declared(models.MLPHamiltonian(), "seperable")


def _fits(value, hint):
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.ClassVar:
        return _fits(value, arguments[0])
    if origin in (typing.Union, types.UnionType):
        return any(_fits(value, each) for each in arguments)
    return value in arguments if origin is typing.Literal else isinstance(value, origin or hint)


@pytest.mark.parametrize(
    ("base", "registry"),
    [(objectives.Objective, objectives.OBJECTIVES), (integrators.Integrator, integrators.INTEGRATORS)],
)
def test_what_objectives_and_integrators_declare_has_the_type_of_their_base_class(base, registry):
    hints = typing.get_type_hints(base)
    assert len(hints) >= 7
    for name, part in registry.items():
        made = part() if isinstance(part, type) else part
        for attribute, hint in hints.items():
            assert _fits(getattr(made, attribute), hint), (name, attribute)


def test_a_wrong_type_is_seen():
    assert not _of_kind("yes", bool)
    assert not _fits(1.5, typing.ClassVar[int])
    assert not _fits("forced", typing.Literal["forces"] | None)
    assert _fits(("state",), typing.ClassVar[tuple[str, ...]])
    assert isinstance(tf.tanh, Callable)
