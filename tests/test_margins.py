"""What `make test-portable` sees of the tests' comparisons, and which bounds it calls too near."""

import json

import margins
import portable
import pytest


@pytest.mark.parametrize(
    ("explanation", "ratio"),
    [
        ("1e-07 < 4e-07", 0.25),
        ("np.float64(2.0) <= (4.0 * 2)", 0.25),
        ("4.0 > np.float32(1.0)\n +  where 4.0 = f()", 0.25),
        ("<tf.Tensor: shape=(), dtype=float64, numpy=0.5> < 1.0", 0.5),
        ("3 < 4", None),  # counts
        ("-1.0 < 2.0", None),
        ("0.1 == 0.1 \u00b1 1.0e-06", None),  # seen by approx itself
        ("len([1, 2]) < 3.0", None),
    ],
)
def test_a_comparison_is_read_from_pytests_words(explanation, ratio):
    assert margins.compared(explanation) == ratio


def _seen(folder, name, *ratios):
    (folder / name / "fast").mkdir(parents=True)
    lines = [json.dumps([f"test_{i}", 7, 1, ratio]) for i, ratio in enumerate(ratios)]
    (folder / name / "fast" / "1.jsonl").write_text("\n".join(lines) + "\n")


def test_a_bound_is_too_near_by_what_variants_differ_and_not_by_a_methods_own_error(tmp_path):
    #                      rounding, much room; rounding, little room; a method's error; a method's and some rounding
    _seen(tmp_path, "this", 0.01, 0.1, 0.9, 0.9)
    _seen(tmp_path, "sse", 0.24, 0.4, 0.9, 0.93)
    near = portable.too_near(tmp_path, ["this", "sse"])
    assert [line.split(",")[0] for line in near] == ["0.93 of the bound: test_3", "0.40 of the bound: test_1"]


def test_the_line_names_every_variant(tmp_path):
    _seen(tmp_path, "this", 0.0)
    _seen(tmp_path, "sse", 0.9)
    assert portable.too_near(tmp_path, ["this", "sse"]) == ["0.90 of the bound: test_0, line 7: sse 0.9, this 0"]


def test_every_variant_keeps_to_its_kind():
    variants = portable.variants()
    assert variants["this"] == {}
    assert variants["plain"]["TF_ENABLE_ONEDNN_OPTS"] == "0"
