"""Flags from the fields of options. Imports nothing heavy."""

from collections.abc import Mapping
from typing import Any

from absl import flags

from hnn_tf.commands import number_flags
from hnn_tf.options import Kind, Option, Options, described


def define(options: type[Options], defaults: Mapping[str, Any]) -> None:
    """Defines a flag for each field.

    Args:
      options: The class of the options.
      defaults: The defaults of flags, by name, that differ from those of the fields. None means that the value is set
        later.
    """
    standard = {name: getattr(options, name) for name, _, _ in described(options)}
    for name, kind, said in described(options):
        default = defaults.get(name, standard[name])
        meaning = said.meaning
        if default is None and not kind.optional:
            meaning = f"{meaning.removesuffix('.')}; by default, the protocol's own value."
        _define(name, kind, said, default, meaning)


def _define(name: str, kind: Kind, said: Option, default: Any, meaning: str) -> None:
    if kind.is_tuple:
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
