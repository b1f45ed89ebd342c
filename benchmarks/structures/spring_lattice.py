"""A lattice of springs with eight bodies, whose model is applied to larger lattices without training."""

from benchmarks.structures.measurement import Line, Measurement
from benchmarks.trainings.task_training import TaskTraining

SIZES = (16, 64, 512)


def _measure(seed: int) -> dict[str, float]:
    plain = TaskTraining("spring_lattice", model="hnn", seed=seed)
    scores = plain.data.evaluate(plain.fit(plain.new_model()), protocol="clean")
    found = {"hnn_coordinate_mse": scores["coordinate_mse"], "hnn_energy_mse": scores["energy_mse"]}
    training = TaskTraining("spring_lattice", model="pairwise", seed=seed, transfer_bodies=[str(n) for n in SIZES])
    scores = training.data.evaluate(training.fit(training.new_model()), protocol="clean")
    names = [f"transfer_{size}_{name}_ratio" for size in SIZES for name in ("energy", "coordinate")]
    return found | {name: scores[name] for name in ("energy_mse", "coordinate_mse", *names)}


SPRING_LATTICE = Measurement(
    "lattice of springs, `pairwise`",
    _measure,
    (
        Line("`energy_mse`, 8 bodies", "energy_mse", "hnn_energy_mse"),
        Line("`coordinate_mse`, 8 bodies", "coordinate_mse", "hnn_coordinate_mse"),
        *(
            line
            for size in SIZES
            for line in (
                Line(f"error of the energy per body, {size} bodies / 8 bodies", f"transfer_{size}_energy_ratio"),
                Line(f"error of the coordinates, {size} bodies / 8 bodies", f"transfer_{size}_coordinate_ratio"),
            )
        ),
    ),
)
