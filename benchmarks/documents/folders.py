"""The folders of the measurements' output."""

import pathlib

ROOT = pathlib.Path(__file__).parents[2]
RESULTS = ROOT / "docs" / "results"
IMAGES = ROOT / "docs" / "images"
PAPER_IMAGES = IMAGES / "paper"
