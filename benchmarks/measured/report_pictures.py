"""The figures of a report as pictures, which a browser without a window draws."""

import pathlib
import re
import subprocess
import tempfile

import PIL.Image

WIDTH = 720
"""The width of a picture in CSS pixels."""

_DENSITY = 2
_COLOURS = 96

_PAGE = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><style>html,body{{margin:0;background:#fff;overflow:hidden}}'
    "svg{{display:block;width:{width}px;height:{height}px}}</style></head><body>{svg}</body></html>"
)


def draw_figures(report: pathlib.Path, folder: pathlib.Path, names: dict[int, str], browser: str) -> None:
    """Draws figures of a report as PNG files.

    Args:
      report: The report, an HTML file with figures in SVG.
      folder: The folder of the pictures.
      names: The names of the pictures without `.png`, by the number of the figure, which begins at 1.
      browser: The program, Chromium or Chrome.

    Raises:
      ValueError: If the report has fewer figures.
      OSError: If the browser cannot be run.
      subprocess.CalledProcessError: If the browser fails.
    """
    figures = re.findall(r"<svg .*?</svg>", report.read_text(), re.DOTALL)
    if max(names) > len(figures):
        raise ValueError(f"{report}: expected {max(names)} figures; received {len(figures)}")
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in names.items():
        _draw(figures[number - 1], folder / f"{name}.png", browser)


def _draw(svg: str, picture: pathlib.Path, browser: str) -> None:
    _, _, width, height = (float(each) for each in re.search(r'viewBox="([^"]+)"', svg)[1].split())  # type: ignore[index]
    size = WIDTH, round(WIDTH * height / width)
    with tempfile.TemporaryDirectory() as folder:
        page, drawn = pathlib.Path(folder) / "figure.html", pathlib.Path(folder) / "figure.png"
        page.write_text(_PAGE.format(width=size[0], height=size[1], svg=svg))
        # The window is higher than the picture, because a browser takes some of its height away.
        arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            f"--force-device-scale-factor={_DENSITY}",
        ]
        arguments += [f"--user-data-dir={folder}/profile", f"--window-size={size[0]},{size[1] + 200}"]
        subprocess.run(
            [browser, *arguments, f"--screenshot={drawn}", page.as_uri()], check=True, capture_output=True, timeout=120
        )
        with PIL.Image.open(drawn) as pixels:
            cut = pixels.convert("RGB").crop((0, 0, _DENSITY * size[0], _DENSITY * size[1]))
        # A palette makes the file small, and lines stay sharp.
        cut.quantize(_COLOURS, dither=PIL.Image.Dither.NONE).save(picture, optimize=True)
