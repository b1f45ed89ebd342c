"""JSON from outside is read strictly: what could hurt a reader is refused in one line."""

import json

import pytest

from hnn_tf import InputError
from hnn_tf.export import json_file


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"[" * 100_000, "maximum recursion depth"),
        (b'{"a": NaN}', "NaN is no number of JSON"),
        (b"[-Infinity]", "-Infinity is no number of JSON"),
        (b"[1e999]", "a number is too large: 1e999"),
        (b"[%s]" % (b"9" * 400), "an integer has more than 64 bits: 9999"),
        (b"[%s]" % (b"9" * 5_000_000), "an integer has more than 64 bits: 9999"),
        (b"[9223372036854775808]", "an integer has more than 64 bits"),
        (b'{"a": 1, "a": 2}', "an object has a name twice"),
        (b'"\xff"', "can't decode byte 0xff"),
        (b"", "Expecting value"),
        (b'{"a": 1', "Expecting"),
        (b" " * (json_file.MOST_BYTES + 1), "expected a file of at most 16 MiB; received a larger file"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_is_one_short_line(tmp_path, content, reason):
    path = tmp_path / "card.json"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        json_file.read(path, "a card")
    message = str(caught.value)
    assert message.startswith(f"{path}: expected a")
    assert reason in message
    assert "\n" not in message
    assert len(message) < len(str(path)) + 400


@pytest.mark.parametrize("document", [None, [], {"a": [1, -2, 2**63 - 1, -(2**63), 0.1, 1e-300, True, "²"]}])
def test_a_sound_document_is_what_it_was(tmp_path, document):
    path = tmp_path / "card.json"
    path.write_text(json.dumps(document))
    assert json_file.read(path, "a card") == document


def test_a_missing_file_is_the_reader_s_own_case(tmp_path):
    with pytest.raises(FileNotFoundError):
        json_file.read(tmp_path / "card.json", "a card")
