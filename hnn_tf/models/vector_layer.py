"""The base class of layers of vectors that build themselves at their first use."""

import tensorflow as tf

from hnn_tf.models.nested_lists import TakesNestedLists


class VectorLayer(TakesNestedLists):
    """The base class of layers of vectors `[..., d]`, whose methods can be called before the layer is built.

    A subclass sets `input_spec` in `build`.
    """

    def _prepared(self, vector: tf.Tensor) -> tf.Tensor:
        """Returns the vector in the layer's precision, and builds the layer if it is not built yet.

        Raises:
          ValueError: If the vector has another width than the one for which the layer was built.
        """
        vector = tf.cast(vector, self.compute_dtype)
        if not self.built:
            self.build(vector.shape)
        width = self.input_spec.axes[-1]
        if not vector.shape[-1:].is_compatible_with([width]):
            raise ValueError(
                f"{self.name}: expected inputs of width {width}, for which it was built; received {vector.shape}"
            )
        return vector

    def _known_width(self, shape: tf.TensorShape) -> int:
        """Returns the last number of a shape.

        Raises:
          ValueError: If it is unknown.
        """
        if shape[-1] is None:
            raise ValueError(f"{self.name}: expected vectors of known width; received shape {tuple(shape)}")
        return shape[-1]
