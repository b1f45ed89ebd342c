"""Files of an arm's motions: what is read, and what is refused in one line."""

import numpy as np
import pytest
import two_link_arm

from hnn_tf import InputError, data


@pytest.fixture
def arrays(rng):
    return two_link_arm.arrays(rng, labels="abe", length=6)


def _written(folder, arrays):
    np.savez(folder / "arm.npz", **arrays)
    return folder / "arm.npz"


def test_rows_belong_to_their_characters(arrays, tmp_path):
    arrays["length"] = np.array([4, 6, 8])
    arrays["time"] = np.concatenate([0.04 * np.arange(length) for length in (4, 6, 8)])
    record = data.read_arm_record(_written(tmp_path, arrays))
    assert record.labels == ("a", "b", "e")
    assert [len(times) for times in record.times] == [4, 6, 8]
    np.testing.assert_array_equal(record.motions[1].position, arrays["position"][4:10])
    np.testing.assert_array_equal(record.motions[2].force, arrays["torque"][10:])
    np.testing.assert_array_equal(record.motions[2].gravity_force, arrays["gravity_torque"][10:])
    joined = data.ForcedMotion.joined(record.motions)
    np.testing.assert_array_equal(joined.acceleration, arrays["acceleration"])


def test_recordings_have_velocities_and_torques(arrays, tmp_path):
    record = data.read_arm_record(_written(tmp_path, arrays))
    train, test = record.split("e")
    assert (train.labels, test.labels) == (("a", "b"), ("e",))
    recordings = test.recordings(angles=(0, 1))
    assert len(recordings) == 1
    np.testing.assert_array_equal(
        recordings[0].states, np.concatenate([arrays["position"], arrays["velocity"]], 1)[12:]
    )
    both = np.concatenate([arrays["velocity"], arrays["acceleration"]], 1)
    np.testing.assert_array_equal(recordings[0].time_derivatives, both[12:])
    np.testing.assert_array_equal(recordings[0].inputs, arrays["torque"][12:])
    np.testing.assert_array_equal(recordings[0].times, arrays["time"][12:])


@pytest.mark.parametrize("labels", ["z", "abe"])
def test_a_split_without_a_part_is_refused(arrays, tmp_path, labels):
    with pytest.raises(InputError, match="labels: expected the characters .* and others; received a, b, e"):
        data.read_arm_record(_written(tmp_path, arrays)).split(labels)


CHANGES = {
    "twice the same label": ("label", lambda x: x[[0, 0, 2]], "different texts as label"),
    "labels that are numbers": ("label", np.zeros_like, "different texts as label|without pickled objects"),
    "objects": ("label", lambda x: np.array(list(x), object), "without pickled objects"),
    "too few lengths": ("length", lambda x: x[:2], "integer length >= 1 for each label"),
    "lengths of 0": ("length", lambda x: x * 0, "integer length >= 1 for each label"),
    "rows of no character": ("length", lambda x: x - 1, r"numbers \[15\] as time"),
    "flat positions": ("position", lambda x: x[:, 0], r"numbers \[18, 1\] as position"),
    "a torque of one joint": ("torque", lambda x: x[:, :1], r"numbers \[18, 2\] as torque"),
    "NaN": ("velocity", lambda x: np.where(x == x[3, 1], np.nan, x), r"expected finite .* as velocity"),
    "integers": ("velocity", lambda x: x.astype(int), r"floating-point numbers .* as velocity"),
    "parts that do not add up": ("gravity_torque", lambda x: 1.01 * x, "torque that is the sum of inertial"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_arrays_that_are_not_as_expected_are_refused(arrays, tmp_path, change):
    name, changed, message = CHANGES[change]
    arrays[name] = changed(arrays[name])
    with pytest.raises(InputError, match=message) as refused:
        data.read_arm_record(_written(tmp_path, arrays))
    assert "\n" not in str(refused.value)
    assert "arm.npz: expected" in str(refused.value)


def test_files_that_are_no_arms_are_refused(arrays, tmp_path, monkeypatch):
    del arrays["torque"]
    with pytest.raises(InputError, match="expected the arrays label, .*; torque missing"):
        data.read_arm_record(_written(tmp_path, arrays))
    np.save(tmp_path / "one.npy", np.zeros(3))
    (tmp_path / "text.npz").write_text("no archive")
    (tmp_path / "cut.npz").write_bytes((tmp_path / "arm.npz").read_bytes()[:500])
    for name in ("one.npy", "text.npz", "cut.npz"):
        with pytest.raises(InputError, match=f"{name}: expected an NPZ file without pickled objects"):
            data.read_arm_record(tmp_path / name)
    for name in ("absent.npz", "."):
        with pytest.raises(InputError, match="expected an NPZ file of at most 100000000 bytes; received none"):
            data.read_arm_record(tmp_path / name)
    np.savez_compressed(tmp_path / "small.npz", zeros=np.zeros(100_000))
    monkeypatch.setattr("hnn_tf.data.arm_record.MOST_BYTES", 100_000)
    with pytest.raises(InputError, match="expected arrays of at most 100000 bytes; received 800128"):
        data.read_arm_record(tmp_path / "small.npz")
