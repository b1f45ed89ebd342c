"""Records of the pendulum as files, good ones, and what the reader says of bad ones."""

import zipfile

import numpy as np
import pytest

from hnn_tf.data.schmidt_lipson import MEMBER, read_pendulum_record
from hnn_tf.input_error import InputError

HEADER = "%o v"
READINGS = [
    f"   0.0000000000000000e+000   {5 + i / 6:.16e}   {np.cos(i / 6):.16e}  {-np.sin(i / 6):.16e} " for i in range(12)
]
FEWER_READINGS = pytest.mark.filterwarnings("ignore:.*and the published record 556")
"""Of tests whose records have fewer readings than the published one, which is said of them."""

PREFIXES = ["", "invar_datasets/", "a/b/"]


def as_bytes(readings, header=HEADER, end="\r\n"):
    return end.join([header, *readings, ""]).encode()


GOOD = as_bytes(READINGS)


def write_text(folder, content=GOOD):
    path = folder / MEMBER
    path.write_bytes(content)
    return path


def write_archive(folder, members=None, compression=zipfile.ZIP_DEFLATED):
    path = folder / "invar_datasets.zip"
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in ({MEMBER: GOOD} if members is None else members).items():
            archive.writestr(name, content)
    return path


def refusal(path):
    with pytest.raises(InputError) as error:
        read_pendulum_record(path)
    return str(error.value)


def assert_equal_records(received, expected):
    # Exactly: both are parsed from the same digits.
    np.testing.assert_array_equal(received.times, expected.times)
    np.testing.assert_array_equal(received.states, expected.states)
