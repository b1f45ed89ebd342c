"""A Keras callback that writes down what a training tells it."""

import keras


class SeenTraining(keras.callbacks.Callback):
    """Calls, logs and the first weights after each epoch; `act(model, epoch)` is called then, too."""

    def __init__(self, act=None):
        super().__init__()
        self.calls, self.logs, self.kernels, self._act = [], [], [], act

    def on_train_begin(self, logs=None):
        del logs
        self.calls.append("train begins")

    def on_epoch_begin(self, epoch, logs=None):
        del logs
        self.calls.append(f"epoch {epoch} begins")

    def on_train_batch_end(self, batch, logs=None):
        del logs
        self.calls.append(f"batch {batch} ends")

    def on_epoch_end(self, epoch, logs=None):
        self.calls.append(f"epoch {epoch} ends")
        self.logs.append(dict(logs))
        self.kernels.append(self.model.get_weights()[0])
        if self._act:
            self._act(self.model, epoch)

    def on_train_end(self, logs=None):
        del logs
        self.calls.append("train ends")


class Killed(Exception):
    """Raised in the place of a signal."""


def killed_at(epoch_of_death):
    """A callback that ends the process, as it were, before an epoch is backed up."""

    def act(model, epoch):
        del model
        if epoch == epoch_of_death:
            raise Killed

    return SeenTraining(act)
