"""A path that leads to no sound record is refused, by name and reason."""

import os
import pathlib
import struct
import zipfile

import numpy as np
import pytest
from pendulum_record_files import FEWER_READINGS, GOOD, refusal, write_archive, write_text

from hnn_tf.data.schmidt_lipson import MEMBER, read_pendulum_record
from hnn_tf.input_error import InputError

pytestmark = FEWER_READINGS


def missing(folder):
    return folder / "absent.zip", "there is no such file; check the path"


def below_a_file(folder):
    return write_text(folder) / "more.zip", "expected a readable file; received"


def too_long_name(folder):
    return folder / ("n" * 5000), "expected a readable file; received"


def text_named_zip(folder):
    return write_text(folder).rename(folder / "text.zip"), "expected a sound zip; received: "


def empty_zip_file(folder):
    path = folder / "empty.zip"
    path.touch()
    return path, "expected a sound zip; received: "


def truncated_archive(folder):
    path = write_archive(folder)
    path.write_bytes(path.read_bytes()[:-40])
    return path, "expected a sound zip; received: "


def bad_crc(folder):
    path = write_archive(folder, compression=zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"5.0000000000000000e+00", b"4.0000000000000000e+00"))
    return path, f"!{MEMBER}: expected a sound zip; received: Bad CRC-32"


def corrupt_deflate(folder):
    path = write_archive(folder)
    content = bytearray(path.read_bytes())
    content[30 + len(MEMBER)] = 0xFF  # the first byte of the stream: a reserved kind of block
    path.write_bytes(content)
    return path, f"!{MEMBER}: expected a sound zip; received: Error -3"


def damaged_name(folder):
    path = write_archive(folder, {MEMBER: GOOD, "\u00e9": b""})
    path.write_bytes(path.read_bytes().replace("\u00e9".encode(), b"\xff\xff"))
    return path, "expected a sound zip; received: "


def nameless_member(folder):
    path = write_archive(folder, {"x": b""})
    content = bytearray(path.read_bytes())
    content[content.rindex(b"PK\1\2") + 46] = 0  # names end at a zero byte
    path.write_bytes(content)
    return path, f"expected one member {MEMBER}; found 0"


def encrypted(folder):
    path = write_archive(folder)
    content = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):  # the flags, in both headers
        content[content.index(signature) + offset] |= 1
    path.write_bytes(content)
    return (
        path,
        f"!{MEMBER}: expected an open member; received an encrypted member; pack the archive without a password",
    )


def lzma_member(folder):
    return write_archive(folder, compression=zipfile.ZIP_LZMA), f"!{MEMBER}: expected a stored or deflated member"


def bomb(folder):
    return (
        write_archive(folder, {MEMBER: bytes(20_000_000)}),
        f"!{MEMBER}: expected at most 10000000 bytes; received 20000000",
    )


def bomb_that_declares_little(folder):
    path = write_archive(folder, {MEMBER: bytes(20_000_000)})
    path.write_bytes(path.read_bytes().replace(struct.pack("<L", 20_000_000), struct.pack("<L", 1000)))
    return path, f"!{MEMBER}: expected a sound zip; received: Bad CRC-32"


def archive_of_others(folder):
    return write_archive(folder, {"pendulum_h_1.txt": GOOD}), f"expected one member {MEMBER}; found 0; give"


def archive_with_a_folder_of_that_name(folder):
    return write_archive(folder, {f"{MEMBER}/": b""}), f"expected one member {MEMBER}; found 0; give"


def archive_with_two(folder):
    return write_archive(folder, {MEMBER: GOOD, f"a/{MEMBER}": GOOD}), f"expected one member {MEMBER}; found 2; give"


def empty_archive(folder):
    return write_archive(folder, {}), f"expected one member {MEMBER}; found 0; give"


def folder_of_others(folder):
    (folder / "pendulum_h_1.txt").write_bytes(GOOD)
    return folder, f"expected one {MEMBER} in this folder; found 0; give"


def folder_with_a_folder_of_that_name(folder):
    (folder / MEMBER).mkdir()
    return folder, f"expected one {MEMBER} in this folder; found 0; give"


def folder_with_two(folder):
    (folder / "a").mkdir()
    write_text(folder)
    write_text(folder / "a")
    return folder, f"expected one {MEMBER} in this folder; found 2; give"


def pipe(folder):
    path = folder / "pipe"
    os.mkfifo(path)  # nobody writes into it: opening it would wait for ever
    return path, "expected a plain file; received a pipe, socket or device; give"


def endless_device(folder):
    del folder
    return pathlib.Path("/dev/zero"), "expected a plain file; received a pipe, socket or device; give"


def link_to_a_pipe(folder):
    (folder / "link.zip").symlink_to(pipe(folder)[0])
    return folder / "link.zip", "expected a plain file; received a pipe, socket or device; give"


def huge_archive(folder):
    path = write_archive(folder)
    os.truncate(path, 200_000_000)  # a hole, which takes no space
    return path, "expected at most 100000000 bytes; received 200000000; give"


def zero_byte(folder):
    return f"{folder}/a\0b", "expected a valid path; received: embedded null byte; check the path"


BAD_PATHS = [
    pipe,
    endless_device,
    link_to_a_pipe,
    huge_archive,
    zero_byte,
    missing,
    below_a_file,
    too_long_name,
    text_named_zip,
    empty_zip_file,
    truncated_archive,
    bad_crc,
    corrupt_deflate,
    damaged_name,
    nameless_member,
    encrypted,
    lzma_member,
    bomb,
    bomb_that_declares_little,
    archive_of_others,
    archive_with_a_folder_of_that_name,
    archive_with_two,
    empty_archive,
    folder_of_others,
    folder_with_a_folder_of_that_name,
    folder_with_two,
]


@pytest.mark.parametrize("make", BAD_PATHS)
def test_path_is_refused_by_name_and_reason(tmp_path, make):
    path, reason = make(tmp_path)
    message = refusal(path)
    assert message.startswith(str(path))
    assert reason in message


@pytest.mark.parametrize("make", BAD_PATHS)
def test_refusal_of_path_is_one_line_with_a_mend(tmp_path, make):
    message = refusal(make(tmp_path)[0])
    assert len(message.splitlines()) == 1
    assert message.split("; ")[-1].startswith(("check ", "fetch ", "pack ", "give "))


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root reads every file")
def test_unreadable_file_is_refused(tmp_path):
    path = write_text(tmp_path)
    path.chmod(0)
    assert "check the path and its rights" in refusal(path)


# Any damage is an InputError or goes unnoticed; no other exception gets out.


@pytest.mark.slow
@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_random_damage_raises_nothing_else(tmp_path, rng, compression):
    path = write_archive(tmp_path, {MEMBER: GOOD, "\u00e9": b""}, compression)
    whole = np.frombuffer(path.read_bytes(), np.uint8)
    refused = 0
    for _ in range(500):
        damaged = whole.copy()
        damaged[rng.integers(len(whole), size=3)] = rng.integers(256, size=3)
        path.write_bytes(damaged[: rng.integers(len(whole) // 2, 3 * len(whole))].tobytes())
        try:
            read_pendulum_record(path)
        except InputError:
            refused += 1
    assert refused > 0
