"""Where a training begins: at random weights, or at what a closed form finds."""

from typing import Any


def start(model: Any, objective: Any, data: Any, settings: Any) -> tuple[Any, Any, Any, int]:
    """The objective and the training and test samples that a training uses, and how many steps it takes.

    `TrajectoryMatching` and `CombinedMatching` get their initial states and noise levels here. A model of random
    features is fitted here as a whole, so that there are no steps to take.
    """
    from hnn_tf import closed_form
    from hnn_tf.input_error import InputError
    from hnn_tf.objectives import DerivativeMatching, TrajectoryMatching, WeakForm
    from hnn_tf.warm_start import has_random_features, warm_start

    train, test = data.train[settings.objective], data.test[settings.objective]
    whole = has_random_features(getattr(model, "hamiltonian", None))
    if isinstance(objective, TrajectoryMatching):
        began = warm_start(model, objective, train, seed=settings.seed)
        return began.objective, began.samples, test, 0 if whole else settings.steps
    if not whole:
        return objective, train, test, settings.steps
    if isinstance(objective, DerivativeMatching):
        closed_form.fit(model, train, seed=settings.seed)
    elif isinstance(objective, WeakForm):
        closed_form.fit_weak(model, train, objective, seed=settings.seed)
    else:
        raise InputError(
            f"--model=random_features: is fitted in closed form, which {settings.objective} has none of; take "
            "--objective=derivative, weak, trajectory or combined"
        )
    return objective, train, test, 0
