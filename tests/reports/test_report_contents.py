"""Arrays of a report that do not fit each other are refused, with the name of the array."""

import dataclasses

import numpy as np
import pytest
import report_examples


def test_shapes_are_checked():
    contents = report_examples.pendulum()
    forecast = contents.forecasts[0]
    with pytest.raises(ValueError, match=r"observed: expected shape \[2\]; received shape \[3\]"):
        dataclasses.replace(contents, observed=np.ones(3, bool))
    with pytest.raises(ValueError, match=r"forecasts: measured: expected shape \[any, 1\]"):
        dataclasses.replace(contents, observed=np.array([True, False]), measurements=())
    with pytest.raises(ValueError, match=r"energy: expected shape \[150\]; received shape \[149\]"):
        dataclasses.replace(forecast, energy=forecast.energy[1:])
    with pytest.raises(ValueError, match="expected both ends of the band or none"):
        dataclasses.replace(forecast, low=None)
    with pytest.raises(ValueError, match=r"energy: expected shape \[80, 81\]"):
        dataclasses.replace(contents.energy_grid, p=contents.energy_grid.p[1:])


def test_a_plane_belongs_to_one_degree_of_freedom():
    plane = report_examples.pendulum().energy_grid
    with pytest.raises(ValueError, match="expected slices for 2 degrees of freedom; received a plane"):
        report_examples.oscillators(energy_grid=plane)
