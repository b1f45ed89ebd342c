"""Streaming ridge regression, its choice of the ridge and its error bars, against naive dense formulas."""

import numpy as np
import pytest

from hnn_tf import InputError
from hnn_tf.closed_form import RidgeRegression


def _problem(rng, rows=60, columns=8, noise=0.3):
    a = rng.normal(size=[rows, columns]) * 10.0 ** -np.arange(columns)  # condition about 1e7
    return a, a @ (rng.normal(size=columns) * 10.0 ** np.arange(columns)) + noise * rng.normal(size=rows)


def _solved(a, y, *, num_free=0, **options):
    regression = RidgeRegression(a.shape[1] - num_free, num_free=num_free)
    regression.add(a, y)
    return regression.solve(**options)


def _hat(a, ridge, num_free=0):
    """The matrix H `[N, N]` with H y the fitted values."""
    penalty = ridge * np.diag([0.0] * num_free + [1.0] * (a.shape[1] - num_free))
    return a @ np.linalg.solve(a.T @ a + penalty, a.T)


@pytest.mark.parametrize("ridge", [1e-3, 1.0, 100.0])
@pytest.mark.parametrize("num_free", [0, 2])
def test_solution_equals_the_normal_equations(rng, ridge, num_free):
    a, y = rng.normal(size=[30, 6]), rng.normal(size=30)
    found = _solved(a, y, num_free=num_free, ridge=ridge)
    penalty = ridge * np.diag([0.0] * num_free + [1.0] * (6 - num_free))
    expected = np.linalg.solve(a.T @ a + penalty, a.T @ y)
    # 1e-12: both lose a few digits of 16 to the condition, which is about 10.
    np.testing.assert_allclose([*found.free, *found.coefficients], expected, atol=1e-12)
    assert (found.ridge, found.num_rows) == (ridge, 30)


@pytest.mark.parametrize("num_free", [0, 2])
def test_reported_numbers_equal_the_hat_matrixs(rng, num_free):
    a, y = rng.normal(size=[30, 6]), rng.normal(size=30)
    found, hat = _solved(a, y, num_free=num_free, ridge=2.0), _hat(a, 2.0, num_free)
    residual = np.sum((y - hat @ y) ** 2)
    assert found.effective_dof == pytest.approx(np.trace(hat), rel=1e-12)
    assert found.noise_std == pytest.approx(np.sqrt(residual / (30 - np.trace(hat))), rel=1e-12)
    score = residual / 30 / (1 - np.trace(hat) / 30) ** 2
    assert found.generalised_cross_validation == pytest.approx(score, rel=1e-12)


def test_score_equals_brute_force_leave_one_out():
    # On an even grid all rows of sines and cosines have the same leverage: there the two scores are one.
    grid = 2 * np.pi * np.arange(24)[:, np.newaxis] / 24
    a = np.concatenate([np.cos(grid * [1, 2, 3]), np.sin(grid * [1, 2, 3])], 1)
    y = np.exp(np.sin(grid[:, 0]))
    errors = []
    for i in range(24):
        others = np.delete(np.arange(24), i)
        w = np.linalg.solve(a[others].T @ a[others] + 0.7 * np.eye(6), a[others].T @ y[others])
        errors.append(y[i] - a[i] @ w)
    assert _solved(a, y, ridge=0.7).generalised_cross_validation == pytest.approx(np.mean(np.square(errors)), rel=1e-12)


def test_chosen_ridge_has_the_least_score(rng):
    a, y = _problem(rng, noise=3.0)
    found = _solved(a, y)
    scores = {ridge: _solved(a, y, ridge=ridge).generalised_cross_validation for ridge in 10.0 ** np.arange(-14.0, 3.0)}
    # A tenth of a percent: the choice is one of quarter decades.
    assert found.generalised_cross_validation < 1.001 * min(scores.values())
    assert 1e-14 < min(scores, key=scores.get) < 100  # neither end


@pytest.mark.parametrize("batch", [1, 7, 60])
def test_batches_of_any_size_give_the_same(rng, batch):
    a, y = _problem(rng)
    regression = RidgeRegression(8)
    for first in range(0, 60, batch):
        regression.add(a[first : first + batch], y[first : first + batch])
    found, expected = regression.solve(), _solved(a, y)
    assert found.ridge == pytest.approx(expected.ridge, rel=1e-9)
    # Coefficients of 1e-7 wide columns are 1e7 large; 1e-7 of that is round-off times the condition.
    np.testing.assert_allclose(found.coefficients, expected.coefficients, rtol=1e-7)
    assert found.noise_std == pytest.approx(expected.noise_std, rel=1e-9)


def test_more_can_be_added_after_a_solve(rng):
    a, y = _problem(rng)
    regression = RidgeRegression(8)
    regression.add(a[:30], y[:30])
    regression.solve()
    regression.add(a[30:], y[30:])
    np.testing.assert_allclose(
        regression.solve(ridge=1.0).coefficients, _solved(a, y, ridge=1.0).coefficients, rtol=1e-9
    )


def test_memory_does_not_grow_with_the_rows(rng):
    regression = RidgeRegression(5)
    for _ in range(50):
        regression.add(rng.normal(size=[17, 5]), rng.normal(size=17))
        assert sum(rows.size for rows in regression._rows) < 6 * (6 + 4 * 5 + 17)
    assert regression.num_rows == 850


def test_fewer_rows_than_columns_are_enough_with_a_penalty(rng):
    a, y = rng.normal(size=[5, 20]), rng.normal(size=5)
    expected = np.linalg.solve(a.T @ a + 0.1 * np.eye(20), a.T @ y)
    np.testing.assert_allclose(_solved(a, y, ridge=0.1).coefficients, expected, atol=1e-12)
    assert np.isfinite(_solved(a, y).coefficients).all()


def test_digits_that_normal_equations_lose_are_kept():
    t = np.linspace(0, 1, 200)
    a = t[:, np.newaxis] ** np.arange(12)  # condition 1e8
    y = np.cos(3 * t)
    error = np.abs(a @ _solved(a, y).coefficients - y).max()
    # The best polynomial of degree 11 is off by about 1.5^12 / 12! / 2^11 = 1e-10; half of float64's digits are 1e-8.
    assert error < 1e-9


def test_error_bars_cover_what_they_say(rng):
    inside_rows, inside_free, draws = [], [], 300
    for _ in range(draws):
        a, w, v = rng.normal(size=[40, 7]), rng.normal(size=6), 5 * rng.normal()
        found = _solved(a, a @ [v, *w] + 0.5 * rng.normal(size=40), num_free=1)
        rows = rng.normal(size=[10, 6])
        inside_rows.append(np.mean(np.abs(rows @ (found.coefficients - w)) < found.std(rows)))
        inside_free.append(abs(found.free[0] - v) < found.free_std[0])
    # One standard deviation either side of a Gaussian has 68.3 %. 300 draws know that to 2.7 %: 8 % is three sigma.
    assert np.mean(inside_rows) == pytest.approx(0.683, abs=0.08)
    assert np.mean(inside_free) == pytest.approx(0.683, abs=0.08)


def test_standard_deviation_equals_the_posterior_covariances(rng):
    a, y, rows = rng.normal(size=[30, 6]), rng.normal(size=30), rng.normal(size=[4, 4])
    found = _solved(a, y, num_free=2, ridge=2.0)
    covariance = found.noise_std**2 * np.linalg.inv(a.T @ a + 2.0 * np.diag([0, 0, 1, 1, 1, 1]))
    np.testing.assert_allclose(found.free_std, np.sqrt(np.diag(covariance)[:2]), rtol=1e-12)
    expected = np.sqrt(np.einsum("ni,ij,nj->n", rows, covariance[2:, 2:], rows))
    np.testing.assert_allclose(found.std(rows), expected, rtol=1e-12)


@pytest.mark.parametrize("ridge", [0.0, -1.0, np.nan, np.inf])
def test_a_ridge_that_is_none_is_refused(rng, ridge):
    with pytest.raises(InputError, match="ridge: expected a finite number > 0"):
        _solved(*_problem(rng), ridge=ridge)


@pytest.mark.parametrize(
    ("rows", "targets", "message"),
    [
        (np.zeros([3, 4]), np.zeros(3), r"expected rows \[r, 5\] and targets \[r\]; received \(3, 4\) and \(3,\)"),
        (np.zeros([3, 5]), np.zeros([3, 1]), r"received \(3, 5\) and \(3, 1\)"),
        (np.full([3, 5], np.nan), np.zeros(3), "expected finite rows and targets"),
    ],
)
def test_rows_that_do_not_fit_are_refused(rows, targets, message):
    regression = RidgeRegression(5)
    with pytest.raises(InputError, match=message):
        regression.add(rows, targets)
    assert regression.num_rows == 0


def test_too_few_rows_are_refused():
    with pytest.raises(InputError, match="expected more than 1 rows; received 0"):
        RidgeRegression(5).solve()


def test_free_columns_that_depend_on_each_other_are_refused(rng):
    a, y = _problem(rng)
    for column in (np.zeros(60), a[:, 1]):
        a[:, 0] = column
        with pytest.raises(InputError, match="expected independent columns without penalty"):
            _solved(a, y, num_free=2)
