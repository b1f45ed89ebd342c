"""The model that sees frames: its parts, its loss in stock Keras, its files and rollouts."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from hnn_tf import InputError, LatentHamiltonianNetwork, models, objectives, rollout_at_times

# Keras' own, with NumPy 2, when it saves a model.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword")
SHAPE = (5, 4, 2)


def _build(dynamics="hnn", *, dtype="float32", latent=2):
    size = {"hidden_units": 12, "dtype": dtype}
    model = LatentHamiltonianNetwork(
        models.ResidualMLP(latent, **size),
        models.ResidualMLP(40, **size),
        models.MODELS[dynamics](hidden_units=(8,), activation="tanh", dtype=dtype),
        frame_shape=SHAPE,
    )
    model.build([None, *SHAPE])
    return model


@pytest.fixture
def frames(rng):
    return rng.uniform(0, 0.5, [6, *SHAPE]).astype("float32")


def _naive_residual(layer, x):
    """h = a(W x + b), h + a(W h + b), ..., W h + b, in NumPy."""
    (w, b), *hidden, (w_out, b_out) = [
        (k.numpy(), c.numpy()) for k, c in zip(layer._kernels, layer._biases, strict=True)
    ]
    h = np.maximum(x @ w + b, 0)
    for kernel, bias in hidden:
        h = h + np.maximum(h @ kernel + bias, 0)
    return h @ w_out + b_out


def test_parts_are_the_residual_perceptrons_of_the_paper(frames):
    model = _build(dtype="float64")
    latent = _naive_residual(model.encoder, frames.reshape(6, -1))
    np.testing.assert_allclose(model.encode(frames), latent, atol=1e-14)
    decoded = _naive_residual(model.decoder, latent).reshape(6, *SHAPE)
    np.testing.assert_allclose(model.decode(latent), decoded, atol=1e-14)


def test_the_reference_has_as_many_parameters():
    encoder, decoder = models.ResidualMLP(2), models.ResidualMLP(2 * 784)
    encoder.build([None, 2 * 784])
    decoder.build([None, 2])
    inner = 2 * (200 * 200 + 200)
    assert encoder.count_params() == 1568 * 200 + 200 + inner + 200 * 2 + 2
    assert decoder.count_params() == 2 * 200 + 200 + inner + 200 * 1568 + 1568


def test_output_is_the_motion_of_the_encoded_state(frames):
    model = _build()
    np.testing.assert_array_equal(model(frames), model.dynamics(model.encode(frames)))
    assert model.compute_output_shape((None, *SHAPE)) == (None, 2)


@pytest.mark.parametrize("batch", [(0,), (1,), (2, 3)])
def test_any_batch_of_frames_will_do(batch, rng):
    model = _build()
    frames = rng.uniform(size=[*batch, *SHAPE])
    assert model.encode(frames).shape == (*batch, 2)
    assert model.decode(model.encode(frames)).shape == (*batch, *SHAPE)
    assert model(tf.constant(frames, tf.float32)).shape == (*batch, 2)


def test_rollouts_follow_the_latent_dynamics_and_are_decoded(frames):
    model, times = _build(dtype="float64"), [0.0, 1.0, 4.0]
    latent, decoded = model.rollout(frames, times)
    assert (latent.shape, decoded.shape) == ((6, 3, 2), (6, 3, *SHAPE))
    expected = rollout_at_times(model.dynamics, model.encode(frames), times, max_step_size=0.5)
    np.testing.assert_array_equal(latent, expected)
    np.testing.assert_allclose(decoded[:, 2], model.decode(latent[:, 2]), atol=1e-15)
    finer, _ = model.rollout(frames, times, substeps=16, integrator="gauss4")
    # rk4 at half a frame.
    np.testing.assert_allclose(finer, latent, atol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("jit_compile", [False, True])
def test_stock_keras_trains_it_and_reports_each_loss(jit_compile):
    # A bright row that moves down, and up again.
    rows = np.array([0, 1, 2, 3, 4, 3, 2, 1] * 4)
    film = np.repeat(np.eye(5)[rows][:, :, None], 4, 2).astype("float32")
    pairs = np.stack([film[:-1], film[1:]], -1)
    frames, next_frames = pairs[:-1], pairs[1:]
    model = _build()
    model.compile(keras.optimizers.Adam(3e-3), jit_compile=jit_compile)
    history = model.fit(frames, next_frames, epochs=40, verbose=0).history
    assert set(history) == {"loss", "reconstruction", "canonical", "motion"}
    total = history["reconstruction"][-1] + history["canonical"][-1] + 0.1 * history["motion"][-1]
    # The mean over an epoch of one batch; float32.
    assert history["loss"][-1] == pytest.approx(total, rel=1e-5)
    assert history["loss"][-1] < 0.6 * history["loss"][0]
    evaluated = model.evaluate(frames, next_frames, verbose=0, return_dict=True)
    assert set(evaluated) == set(history)


@pytest.mark.slow
def test_fit_goes_on_in_parts_and_from_a_file(rng, tmp_path):
    frames, next_frames = rng.uniform(size=[2, 10, *SHAPE])
    model = _build(dtype="float64")
    model.compile(keras.optimizers.Adam(1e-3))
    validation = model.fit(frames, next_frames, batch_size=4, validation_split=0.2, verbose=0).history
    assert {"val_canonical", "val_loss", "motion"} <= set(validation)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    first, second = (each.fit(frames, next_frames, shuffle=False, verbose=0).history for each in (model, again))
    # Whatever the file brings back, it is the same training.
    assert first["loss"] == pytest.approx(second["loss"], rel=1e-12)


def test_regularizers_of_the_parts_count(frames):
    class Penalised(models.ResidualMLP):
        def call(self, inputs):
            self.add_loss(keras.ops.cast(7.0, inputs.dtype))
            return super().call(inputs)

    model = LatentHamiltonianNetwork(
        Penalised(2, hidden_units=4),
        models.ResidualMLP(40, hidden_units=4),
        models.BaselineNetwork(),
        frame_shape=SHAPE,
    )
    model.build([None, *SHAPE])
    model.compile("sgd")
    assert model.evaluate(frames, frames, verbose=0, return_dict=True)["loss"] > 7


def test_a_loss_of_another_kind_is_refused(frames):
    model = _build()
    model.compile("adam", loss="mse")
    with pytest.raises(ValueError, match="compile: expected no loss"):
        model.fit(frames, frames, verbose=0)


def test_frames_without_the_next_ones_are_refused(frames):
    model = _build()
    model.compile("adam")
    with pytest.raises(ValueError, match=r"fit\(frames, next_frames\)"):
        model.fit(frames, verbose=0)


@pytest.mark.parametrize("dtype", ["uint8", "float64", "int32"])
def test_frames_of_any_type_are_cast(dtype):
    model = _build()
    expected = model.encode(np.ones([2, *SHAPE], "float32"))
    np.testing.assert_array_equal(model.encode(tf.ones([2, *SHAPE], dtype)), expected)


def test_a_sample_weight_is_refused(frames):
    model = _build()
    model.compile("adam")
    with pytest.raises(ValueError, match="expected no sample_weight"):
        model.fit(frames, frames, sample_weight=np.ones(6), verbose=0)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_saved_model_comes_back_bit_by_bit(dtype, frames, tmp_path):
    model = _build("baseline", dtype=dtype, latent=4)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    assert type(loaded) is LatentHamiltonianNetwork
    assert loaded.frame_shape == SHAPE
    assert {v.dtype for v in loaded.variables} == {dtype}
    np.testing.assert_array_equal(loaded(tf.constant(frames, dtype)), model(tf.constant(frames, dtype)))
    np.testing.assert_array_equal(loaded.decode(loaded.encode(frames)), model.decode(model.encode(frames)))


@pytest.mark.parametrize("shape", [(5, 4, 2), (3, 5, 4, 1), (3, 4, 5, 2)])
def test_frames_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match=r"frames: expected a batch of shape \[..., 5, 4, 2\]; received"):
        _build().encode(np.zeros(shape))


@pytest.mark.parametrize(
    ("dynamics", "kind"),
    [
        (lambda: models.BaselineNetwork(hidden_units=[4], num_inputs=2), "inputs"),
        (lambda: models.BaselineNetwork(hidden_units=[4], num_parameters=2), "parameters"),
    ],
)
def test_dynamics_of_inputs_or_parameters_are_refused_in_one_line(dynamics, kind):
    model = LatentHamiltonianNetwork(
        models.ResidualMLP(2, hidden_units=4), models.ResidualMLP(40, hidden_units=4), dynamics(), frame_shape=SHAPE
    )
    with pytest.raises(
        InputError, match=f"expected dynamics without {kind}; received dynamics with 2 {kind}"
    ) as refused:
        model(np.zeros([3, *SHAPE]))
    assert "\n" not in str(refused.value)


def test_parts_that_do_not_fit_are_refused():
    part = models.ResidualMLP(2)
    with pytest.raises(TypeError, match="decoder: expected a Keras layer"):
        LatentHamiltonianNetwork(part, tf.identity, models.BaselineNetwork())
    with pytest.raises(ValueError, match="parts: expected one precision"):
        LatentHamiltonianNetwork(
            models.ResidualMLP(2),
            models.ResidualMLP(40),
            models.BaselineNetwork(dtype="float64"),
            frame_shape=(5, 4, 2),
        )
    with pytest.raises(ValueError, match="frame_shape: expected"):
        LatentHamiltonianNetwork(part, part, models.BaselineNetwork(), frame_shape=(28, 28))
    with pytest.raises(ValueError, match="even size 2n"):
        _build(latent=3)
    narrow = LatentHamiltonianNetwork(part, models.ResidualMLP(39), models.BaselineNetwork(), frame_shape=SHAPE)
    with pytest.raises(ValueError, match="decoder: expected outputs of width 40"):
        narrow.build([None, *SHAPE])
    with pytest.raises(ValueError, match="ResidualMLP: expected numbers >= 1"):
        models.ResidualMLP(0)


def test_the_loss_is_the_objectives(frames):
    model = _build()
    expected = objectives.LatentMatching().loss(model, {"frames": frames, "next_frames": frames[::-1]})
    assert model.compute_loss(frames, frames[::-1]) == expected
