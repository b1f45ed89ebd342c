"""What a server would refuse is seen in the folder."""

import tensorflow as tf

from hnn_tf.export import serving_constraints


def test_what_a_server_refuses_is_found(tmp_path):
    module = tf.Module()
    module.optimizer_slot = tf.Variable(1.0, name="optimizer_slot")
    spec = tf.TensorSpec([2], tf.float32, name="state")

    def energy(state):
        state = tf.numpy_function(lambda x: x, [state], tf.float32)
        return {"energy": tf.reduce_sum(state) * module.optimizer_slot}

    jitted = tf.function(lambda state: {"energy": state}, input_signature=[spec], jit_compile=True)
    signatures = {"energy": tf.function(energy, input_signature=[spec]), "jitted": jitted}
    tf.saved_model.save(module, str(tmp_path / "1"), signatures=signatures)
    found = serving_constraints.violations(tmp_path / "1")
    for problem in (
        "serving_default: no such signature",
        "energy, state: expected a leading batch of any size; received the shape [2]",
        "runs Python, but a server has no Python",
        "asks for XLA, which a server refuses by default",
        "a variable of the optimizer",
        "tf_serving_warmup_requests: can't be read",
    ):
        assert any(problem in line for line in found), (problem, found)
