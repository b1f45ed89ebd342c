"""Flags from the fields of options. Imports nothing heavy."""

from collections.abc import Collection
from typing import Any

from absl import flags

from hnn_tf.commands import number_flags
from hnn_tf.options import Kind, Option, Options, described


def define(options: Options | type[Options], *, set_later: Collection[str] = ()) -> None:
    """Defines a flag for each field, with the field's value as its default.

    Args:
      options: The options, or a class of options with its own defaults.
      set_later: The names of options whose default is set when the other flags are known.
    """
    for name, kind, said in described(options if isinstance(options, type) else type(options)):
        default = None if name in set_later else getattr(options, name)
        meaning = said.meaning
        if default is None and not kind.optional:
            meaning = f"{meaning.removesuffix('.')}; by default, the protocol's own value."
        _define(name, kind, said, default, meaning)


def _define(name: str, kind: Kind, said: Option, default: Any, meaning: str) -> None:
    if kind.is_tuple and kind.base is str:
        flags.DEFINE_list(name, list(default), meaning)
    elif kind.is_tuple and kind.base is float:
        number_flags.define_floats(name, default, meaning)
    elif kind.is_tuple and said.least is not None and said.most is not None:
        number_flags.define_numbers(name, default, meaning, least=int(said.least), most=int(said.most))
    elif kind.is_tuple:
        number_flags.define_widths(name, [str(width) for width in default], meaning)
    elif said.choices is not None:
        flags.DEFINE_enum(name, default, sorted(said.choices), meaning)
    elif kind.base is bool:
        flags.DEFINE_bool(name, default, meaning)
    elif kind.base is int:
        lower, upper = (None if bound is None else int(bound) for bound in (said.least, said.most))
        flags.DEFINE_integer(name, default, meaning, lower_bound=lower, upper_bound=upper)
    elif kind.base is float:
        least, most = (bound if bound is not None else 0.0 for bound in (said.least, said.most))
        number_flags.define(name, default, meaning, least=least, most=most, or_zero=said.or_zero)
    else:
        flags.DEFINE_string(name, default, meaning)
