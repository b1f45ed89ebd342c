"""Packaging of hnn_tf; tool settings are in pyproject.toml."""

import pathlib
import re

import setuptools

HERE = pathlib.Path(__file__).parent
VERSION = re.search(r'__version__ = "(.+)"', (HERE / "hnn_tf" / "version.py").read_text()).group(1)

GYMNASIUM = ["gymnasium[classic-control]>=1.0"]
PARQUET = ["pyarrow>=15"]
TEST = [
    "pytest>=8",
    "pytest-xdist>=3.6",
    "ruff>=0.9",
    "mypy>=1.11",
    "tensorflow-serving-api>=2.19",
    "hypothesis>=6",
    "xarray>=2024.1",
    *GYMNASIUM,
    *PARQUET,
]

setuptools.setup(
    name="hnn_tf",
    version=VERSION,
    description="Hamiltonian neural networks for TensorFlow and Keras 3",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    python_requires=">=3.11,<3.14",
    packages=setuptools.find_packages(include=["hnn_tf", "hnn_tf.*", "trainers", "trainers.*", "export", "export.*"]),
    package_data={"trainers": ["flagfiles/*.flags"], "hnn_tf": ["py.typed", "*.pyi", "*/*.pyi"]},
    install_requires=[
        "absl-py>=2",
        "keras>=3.12,<4",
        "lazy-loader>=0.4",
        "matplotlib>=3.8",
        "numpy>=1.26",
        "pint>=0.24",
        "pandas>=2.1",
        "scipy>=1.11",
        "tensorflow>=2.21,<2.22",
        "tensorflow-probability>=0.25,<0.26",
        "tf-keras>=2.21,<2.22",
    ],
    extras_require={
        "gymnasium": GYMNASIUM,
        "hdf5": ["h5py"],
        "litert": ["ai-edge-litert>=2.1"],
        "onnx": ["onnx>=1.17", "onnxruntime>=1.22", "tf2onnx>=1.17"],
        "parquet": PARQUET,
        "tensorboard": ["tensorboard>=2.19"],
        "test": TEST,
    },
)
