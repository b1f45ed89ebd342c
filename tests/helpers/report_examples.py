"""Contents of reports: a damped pendulum with its true energy, and two oscillators whose velocities nobody measured."""

import numpy as np

from hnn_tf.reports import (
    Candidate,
    EnergyPlane,
    EnergySlice,
    Forecast,
    Measurements,
    PhysicalQuantity,
    ReportContents,
    Residuals,
)

GRAVITY, DAMPING = 9.81, 0.12
NOISE = np.array([0.012, 0.05])


def _field(state):
    q, p = state[..., 0], state[..., 1]
    return np.stack([p, -GRAVITY * np.sin(q) - DAMPING * p], -1)


def energy(q, p):
    return p**2 / 2 + GRAVITY * (1 - np.cos(q))


def swing(start, times):
    """Returns the motion [T, 2] of the damped pendulum."""
    states = [np.asarray(start, np.float64)]
    for step in np.diff(times):
        state = states[-1]
        for _ in range(4):
            h = step / 4
            first = _field(state)
            second = _field(state + h / 2 * first)
            third = _field(state + h / 2 * second)
            state = state + h / 6 * (first + 2 * second + 2 * third + _field(state + h * third))
        states.append(state)
    return np.array(states)


def _autocorrelation(values, lags=20):
    values = values[np.isfinite(values)]
    values = values - values.mean()
    return np.array([np.sum(values[lag:] * values[: len(values) - lag]) for lag in range(lags + 1)]) / np.sum(values**2)


def pendulum(**changes):
    """Contents of a run on two recordings of a damped pendulum, with bands."""
    rng = np.random.default_rng(0)
    times, split = np.arange(0.0, 18.0, 0.04), 300
    measurements, forecasts, training, residuals = [], [], [], []
    for name, start in (("swing_1", (1.9, 0.0)), ("swing_2", (-0.8, 2.0))):
        true = swing(start, times)
        readings = true + NOISE * rng.standard_normal(true.shape)
        readings[120:128, 1] = np.nan
        measurements.append(
            Measurements(recording=name, times=times, values=readings, held_out=((times[split], times[-1]),))
        )
        ahead = times[split:] - times[split]
        half = NOISE * (2.0 + 0.9 * ahead[:, None])
        drift = true[split:] + 0.006 * ahead[:, None] * np.sin(ahead)[:, None]
        forecasts.append(
            Forecast(
                recording=name,
                context_times=times[split - 60 : split],
                context_values=readings[split - 60 : split],
                times=times[split:],
                measured=readings[split:],
                predicted=drift,
                low=drift - half,
                high=drift + half,
                energy=energy(*drift.T),
                measured_energy=energy(*readings[split:].T),
            )
        )
        training.append(true[:split])
        residuals.append((readings - true)[:split])
    grid_q, grid_p = np.linspace(-2.8, 2.8, 81), np.linspace(-6.0, 6.0, 81)
    arrow_q, arrow_p = np.linspace(-2.6, 2.6, 15), np.linspace(-5.6, 5.6, 15)
    motion = _field(np.stack(np.meshgrid(arrow_q, arrow_p), -1))
    columns = ("angle", "angular velocity"), ("rad", "rad/s")
    shown = [
        Residuals(
            column=column,
            unit=unit,
            times=times[:split],
            values=residuals[0][:, j],
            std=float(np.nanstd(residuals[0][:, j])),
            autocorrelation=_autocorrelation(residuals[0][:, j]),
            band=1.96 / np.sqrt(split),
            verdict=f"The residuals of {column} are white: the model explains all but noise.",
        )
        for j, (column, unit) in enumerate(zip(*columns, strict=True))
    ]
    given = {
        "title": "Damped pendulum, laboratory course 3",
        "explanation": (
            "Two swings of a damped pendulum were measured with 900 readings of angle and angular velocity.",
            "The chosen model has a potential of the angle, a constant mass and linear friction, and it explains "
            "99.76 % of the held-out variance.",
            "The small-swing period is 2.006 s, and the motion loses half of its energy in 5.8 s.",
        ),
        "state_names": columns[0],
        "state_units": columns[1],
        "observed": np.array([True, True]),
        "second_half": "velocities",
        "energy_unit": "rad²/s²",
        "data": {
            "files": [
                {"name": "swing_1.csv", "sha256": "3f0a" * 16, "rows": 450},
                {"name": "swing_2.csv", "sha256": "9b1c" * 16, "rows": 450},
            ],
            "recordings": [
                {
                    "name": name,
                    "parts": 1,
                    "readings": 450,
                    "duration": 17.96,
                    "median_interval": 0.04,
                    "least_interval": 0.04,
                    "largest_interval": 0.04,
                    "gaps": 0,
                    "periods": periods,
                    "missing": 8,
                    "duplicates": 0,
                    "outliers": 0,
                }
                for name, periods in (("swing_1", 7.9), ("swing_2", 8.5))
            ],
            "columns": [
                {"name": "t", "role": "time", "unit": "s", "least": 0.0, "largest": 17.96, "missing": 0},
                {
                    "name": "angle",
                    "role": "position",
                    "unit": "rad",
                    "least": -1.712,
                    "largest": 1.921,
                    "std": 0.7031,
                    "noise_level": 0.0121,
                    "noise_percent": 1.72,
                    "resolution": 0.0001,
                    "missing": 0,
                },
                {
                    "name": "angular velocity",
                    "role": "velocity",
                    "unit": "rad/s",
                    "least": -4.98,
                    "largest": 4.71,
                    "std": 1.934,
                    "noise_level": 0.0498,
                    "noise_percent": 2.57,
                    "resolution": 0.001,
                    "missing": 16,
                },
            ],
            "period": 2.13,
            "readings_per_period": 53.2,
            "warnings": ["Column angular velocity: 16 of 900 readings are missing; the fit leaves them out."],
        },
        "measurements": measurements,
        "candidates": [
            Candidate(
                name="linear",
                description="quadratic H, linear friction",
                held_out_error=0.61,
                log_evidence=-2210.4,
                seconds=0.2,
            ),
            Candidate(
                name="separable",
                description="H = T(p) + V(q), no friction",
                held_out_error=0.34,
                log_evidence=-1533.8,
                seconds=1.4,
            ),
            Candidate(
                name="separable with friction",
                description="H = p²/2m + V(q) with a constant mass, linear friction −γv",
                held_out_error=0.0024,
                log_evidence=2841.6,
                seconds=1.9,
                chosen=True,
            ),
            Candidate(
                name="free H with friction",
                description="any smooth H(q, p), linear friction",
                held_out_error=0.0027,
                log_evidence=2835.2,
                seconds=3.1,
            ),
            Candidate(name="network", description="multilayer perceptron H", held_out_error=0.011, seconds=41.7),
            Candidate(
                name="port-Hamiltonian",
                description="H with an input matrix",
                failed="the data have no column with the role input",
            ),
        ],
        "final_error": 0.0017,
        "noise_floor": 0.0014,
        "physical": [
            PhysicalQuantity(name="period of small swings", value=2.0061, low=2.0049, high=2.0073, unit="s"),
            PhysicalQuantity(name="friction coefficient γ", value=0.1197, low=0.1181, high=0.1213, unit="1/s"),
            PhysicalQuantity(name="time to half of the energy", value=5.79, low=5.71, high=5.87, unit="s"),
            PhysicalQuantity(name="height of the barrier", value=19.63, unit="rad²/s²"),
        ],
        "training_states": np.concatenate(training),
        "energy_grid": EnergyPlane(
            q=grid_q,
            p=grid_p,
            energy=energy(grid_q[None], grid_p[:, None]),
            arrow_q=arrow_q,
            arrow_p=arrow_p,
            dq_dt=motion[..., 0],
            dp_dt=motion[..., 1],
            friction=True,
        ),
        "forecasts": forecasts,
        "residuals": shown,
        "warnings": ["Only 2 recordings were measured, so that the intervals may be too narrow."],
        "use_commands": [
            (
                "Load the model in Python",
                'import hnn_tf\n\nfitted = hnn_tf.load_fitted("runs/pendulum")\n'
                "states = fitted.forecast([1.2, 0.0], times=[0.0, 0.5, 1.0])",
            ),
            ("Serve the model", "tensorflow_model_server --model_base_path=$PWD/runs/pendulum/served --port=8500"),
        ],
        "repeat_commands": [
            ("Run the fit again", "hnn-fit swing_1.csv swing_2.csv --position=angle --velocity='angular velocity'")
        ],
        "settings": {"seed": 0, "held_out_share": 0.33, "position": ["angle"], "integrator": "rk4"},
        "versions": {"hnn_tf": "0.2.0", "tensorflow": "2.20.0", "numpy": "2.4.6", "python": "3.11.2"},
        "hashes": {"model.keras": "77aa" * 16, "data_report.json": "c0de" * 16},
    }
    return ReportContents(**(given | changes))


def oscillators(**changes):
    """Contents of a run on two coupled oscillators: positions only, no bands, no evidence, momenta not measured."""
    times = np.linspace(0.0, 10.0, 120)
    q = np.stack([np.cos(times), np.cos(1.7 * times)], 1)
    p = np.stack([-np.sin(times), -1.7 * np.sin(1.7 * times)], 1)
    states = np.concatenate([q, p], 1)
    grid = np.linspace(-2.0, 2.0, 61)
    given = {
        "title": "Two coupled oscillators",
        "explanation": ("Positions were measured.", "A potential was learned.", "The forecast is good."),
        "state_names": ("x1", "x2", "p1", "p2"),
        "state_units": ("m", "m", "", ""),
        "observed": np.array([True, True, False, False]),
        "measurements": [Measurements(recording="run", times=times, values=q)],
        "candidates": [
            Candidate(name="separable", description="T(p) + V(q)", held_out_error=0.002, seconds=1.0, chosen=True),
            Candidate(name="free", description="H(q, p)", held_out_error=0.02, seconds=2.0),
        ],
        "training_states": states,
        "energy_grid": [
            EnergySlice(coordinate=0, grid=grid, energy=grid**2 / 2, symbol="V"),
            EnergySlice(coordinate=1, grid=grid, energy=1.7**2 * grid**2 / 2, symbol="V"),
        ],
        "forecasts": [
            Forecast(
                recording="run",
                context_times=times[:60],
                context_values=q[:60],
                times=times[60:],
                measured=q[60:],
                predicted=states[60:],
                energy=np.full(60, 1.9),
            )
        ],
    }
    return ReportContents(**(given | changes))
