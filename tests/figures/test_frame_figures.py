"""Films as strips and animations: which frames are shown, and how dark."""

import numpy as np
import pytest
from PIL import Image

from hnn_tf.figures.film_strip import draw_film_strip
from hnn_tf.figures.frame_animation import draw_frame_animation

STEP = 0.05


@pytest.fixture
def frames():
    """A dark pixel that moves down one row each frame; the baseline's fades."""
    film = np.zeros([8, 8, 6])
    film[np.arange(8), np.arange(8), 2] = 0.5
    return {"hnn": film * 0.9, "truth": film, "baseline": film * np.linspace(1.0, 0.2, 8)[:, None, None]}


def _pictures(path):
    with Image.open(path) as image:
        for frame in range(image.n_frames):
            image.seek(frame)
            yield np.asarray(image.convert("L")), image.info["duration"]


def _images(figures):
    return [ax.images[0] for figure in figures for ax in figure.axes]


def test_a_strip_has_a_row_a_label_and_a_column_an_index(frames, drawn, tmp_path):
    path = tmp_path / "strip.png"
    errors = {"hnn": np.linspace(0.0, 3.2e-4, 8)}
    draw_film_strip(path, frames=frames, indices=[0, 3, 7], time_step=STEP, errors=errors)
    with Image.open(path) as image:
        assert 400 <= image.width <= 700
        assert 500 <= image.height <= 700
    axes = np.array(drawn[0].axes).reshape(3, 3)
    assert [ax.get_title() for ax in axes[0]] == ["0.00 s", "0.15 s", "0.35 s"]
    assert [ax.get_ylabel() for ax in axes[:, 0]] == ["truth", "HNN", "baseline"]
    assert [ax.get_xlabel() for ax in axes.ravel()] == [""] * 3 + ["0", r"$1.4\cdot10^{-4}$", r"$3.2\cdot10^{-4}$"] + [
        ""
    ] * 3
    for row, label in zip(axes, ("truth", "hnn", "baseline"), strict=True):
        for ax, index in zip(row, (0, 3, 7), strict=True):
            np.testing.assert_array_equal(ax.images[0].get_array(), frames[label][index])
            # Dark on white, alike in all rows.
            assert ax.images[0].get_clim() == (0.0, 0.5)
            assert ax.images[0].get_cmap().name == "gray_r"


def test_a_strip_of_many_frames_is_as_wide_as_a_readme(frames, tmp_path):
    path = tmp_path / "strip.png"
    draw_film_strip(path, frames={"truth": frames["truth"]}, indices=range(8), time_step=STEP)
    with Image.open(path) as image:
        assert image.width == 900


@pytest.mark.slow
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e300])
def test_a_diverging_film_leaves_the_others_as_they_are(value, frames, drawn, tmp_path):
    frames["baseline"][5:] = value
    errors = {"baseline": np.full(8, value)}
    draw_film_strip(tmp_path / "a.png", frames=frames, indices=[0, 7], time_step=STEP, errors=errors)
    draw_frame_animation(tmp_path / "a.gif", frames=frames, time_step=STEP)
    assert {image.get_clim() for image in _images(drawn)} == {(0.0, 0.5)}
    # Renderers scale an image by its extremes, however far outside the colours.
    assert all(0.0 <= image.get_array().min() <= image.get_array().max() <= 0.5 for image in _images(drawn))
    assert len(list(_pictures(tmp_path / "a.gif"))) == 8


def test_the_animation_shows_every_frame_enlarged_by_whole_pixels(frames, tmp_path):
    path = tmp_path / "frames.gif"
    draw_frame_animation(path, frames=frames, time_step=STEP, fps=10, scale=6)
    pictures = list(_pictures(path))
    assert len(pictures) == 8
    assert [duration for _, duration in pictures] == [100] * 7 + [1000]
    for index, (picture, _) in enumerate(pictures):
        assert picture.shape == (26 + 8 * 6 + 28, 14 + 3 * (6 * 6 + 14))
        # The truth's film is the first: its dark pixel is a dark square of six by six, white beside it.
        # The border takes a pixel of the first and the last row.
        rows = picture[26 + 6 * index :][2 * (index == 0) : 6 - 2 * (index == 7)]
        assert (rows[:, 14 + 12 : 14 + 18] < 10).all()
        assert (rows[:, 14 + 2 : 14 + 12] == 255).all()
        assert (rows[:, 14 + 18 : 14 + 34] == 255).all()


def test_a_fading_film_fades(frames, tmp_path):
    draw_frame_animation(tmp_path / "a.gif", frames=frames, time_step=STEP)
    # The baseline is the third film.
    darkest = [picture[26:-28][2:-2, 14 + 2 * 50 + 2 :][:, :32].min() for picture, _ in _pictures(tmp_path / "a.gif")]
    assert darkest[0] < 10
    assert (np.diff(np.array(darkest, int)) > 5).all()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"frames": {}}, "frames: expected an array by label"),
        ({"frames": {"truth": np.zeros([8, 36])}}, r"expected shape \[any, any, any\]; received shape \[8, 36\]"),
        (
            {"frames": {"truth": np.zeros([8, 6, 6]), "hnn": np.zeros([7, 6, 6])}},
            r"frames\['hnn'\]: expected shape \[8, 6, 6\]; received shape \[7, 6, 6\]",
        ),
        ({"indices": [0, 8]}, r"indices: expected some of 0 to 7; received \[0, 8\]"),
        ({"indices": []}, r"indices: expected some of 0 to 7; received \[\]"),
        ({"errors": {"another": np.zeros(8)}}, r"errors: expected labels of the frames .* received \['another'\]"),
        ({"errors": {"hnn": np.zeros(7)}}, r"errors\['hnn'\]: expected shape \[8\]; received shape \[7\]"),
    ],
)
def test_other_films_are_refused(changed, message, frames, tmp_path):
    arguments = {"frames": frames, "indices": [0], "time_step": STEP} | changed
    with pytest.raises(ValueError, match=message):
        draw_film_strip(tmp_path / "a.png", **arguments)
    if "frames" in changed:
        with pytest.raises(ValueError, match=message):
            draw_frame_animation(tmp_path / "a.gif", frames=changed["frames"], time_step=STEP)
