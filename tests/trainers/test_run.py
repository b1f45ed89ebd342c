"""What becomes of metrics that aren't finite."""

from trainers import run


def test_metrics_that_are_not_finite_are_left_out_and_told(capsys):
    metrics = {"energy_mse": float("inf"), "coordinate_mse": float("nan"), "valid_prediction_time": 1.5}
    assert run._finite("baseline", metrics) == {"valid_prediction_time": 1.5}
    assert (
        capsys.readouterr().err
        == "baseline: the rollouts diverge, so that no value exists for energy_mse, coordinate_mse\n"
    )


def test_finite_metrics_are_left_alone(capsys):
    assert run._finite("hnn", {"energy_mse": 0.0}) == {"energy_mse": 0.0}
    assert capsys.readouterr().err == ""
