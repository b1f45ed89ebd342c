"""The defaults of a task's options. Imports nothing heavy."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from trainers.run_options import PROTOCOLS
from trainers.trainer_options import TrainerOptions

PAPER_OBJECTIVE: dict[str, dict[str, Any]] = {protocol: {"objective": "derivative"} for protocol in PROTOCOLS}
"""The paper's objective under all protocols."""


@dataclasses.dataclass(frozen=True)
class TaskOptions:
    """The options of a task, with the task's own defaults.

    Attributes:
      defaults: The defaults. The class of `defaults.data` has the options of the task's data.
      by_protocol: The defaults that a protocol sets, by protocol and by the names of the options. By default, all
        protocols use the paper's objective.
    """

    defaults: TrainerOptions
    by_protocol: Mapping[str, Mapping[str, Any]] = dataclasses.field(default_factory=lambda: PAPER_OBJECTIVE)

    def of(self, values: Mapping[str, Any]) -> TrainerOptions:
        """Returns the options with the given values by name. Values that are None or missing have their defaults.

        Args:
          values: The values in the form of flags, where several values are a list of strings.

        Raises:
          OptionError: If a value is not valid, alone or together with others.
        """
        given = self.defaults.with_values(values)
        own = self.by_protocol[given.run.protocol]
        return given.with_values({name: value for name, value in own.items() if values.get(name) is None})

    def set_by_protocols(self) -> frozenset[str]:
        """Returns the names of the options whose defaults a protocol sets."""
        return frozenset(name for own in self.by_protocol.values() for name in own)
