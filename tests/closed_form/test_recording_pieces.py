"""Pieces of recordings of different lengths."""

import dataclasses

import numpy as np
import pytest

from hnn_tf.closed_form.recording_pieces import RecordingPieces
from hnn_tf.data.recording import Recording
from hnn_tf.data.recordings import Recordings


@pytest.fixture
def recordings(rng):
    parts = []
    for length in (23, 8, 41):
        parts.append(
            Recording(
                times=np.cumsum(rng.uniform(0.1, 0.2, length)),
                states=rng.normal(size=[length, 4]),
                inputs=rng.normal(size=[length, 1]),
                observed=rng.uniform(size=[length, 4]) > 0.2,
            )
        )
    return Recordings(tuple(parts))


def test_each_reading_counts_once(recordings):
    pieces = RecordingPieces.of(recordings, 10)
    seen = [np.zeros(len(each)) for each in recordings]
    for owner, index, counted in zip(pieces.owners, pieces.indices, pieces.counted, strict=True):
        np.add.at(seen[owner], index, counted)
    np.testing.assert_array_equal(np.concatenate(seen), 1.0)


def test_pieces_are_about_as_long_as_asked_and_share_a_reading(recordings):
    pieces = RecordingPieces.of(recordings, 10)
    assert 8 <= pieces.length <= 12
    for before in range(len(pieces.owners) - 1):
        if pieces.owners[before] == pieces.owners[before + 1]:
            assert pieces.indices[before, -1] == pieces.indices[before + 1, 0]


def test_states_of_pieces_are_joined_to_those_of_the_recordings(recordings):
    pieces = RecordingPieces.of(recordings, 10)
    joined = pieces.joined(pieces.columns()["states"])
    for found, each in zip(joined, recordings, strict=True):
        np.testing.assert_array_equal(found, each.states)


def test_columns_are_those_of_the_recordings(recordings):
    pieces = RecordingPieces.of(recordings, 10)
    columns, owner, index = pieces.columns(), pieces.owners[-1], pieces.indices[-1]
    assert set(columns) == {"counted", "times", "states", "observed", "inputs", "end_inputs"}
    for name in ("times", "states", "observed", "inputs"):
        np.testing.assert_array_equal(columns[name][-1], getattr(recordings[owner], name)[index])
    # Held inputs are the same at the end of an interval.
    np.testing.assert_array_equal(columns["end_inputs"], columns["inputs"])


def test_linear_inputs_end_at_the_next_reading_also_at_the_end_of_a_piece(recordings):
    pieces = RecordingPieces.of(dataclasses.replace(recordings, input_interpolation="linear"), 10)
    columns = pieces.columns()
    following = recordings[0].inputs[pieces.indices[0, :-1] + 1]
    np.testing.assert_array_equal(columns["end_inputs"][0, :-1], following)


def test_pieces_start_at_the_given_states(recordings):
    pieces = RecordingPieces.of(recordings, 10)
    states = [each.states + 1.0 for each in recordings]
    np.testing.assert_array_equal(pieces.starts(states), pieces.columns()["states"][:, 0] + 1.0)
