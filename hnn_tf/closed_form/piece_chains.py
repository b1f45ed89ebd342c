"""Chains of pieces: multiple shooting, in which each piece of a chain begins where the piece before it ends."""

import dataclasses
from typing import Self

import numpy as np


@dataclasses.dataclass(frozen=True, eq=False)
class PieceChains:
    """The order of M trajectories, the pieces, in C chains of at most K pieces.

    The pieces are rolled out at the same time, each from its own state s_k. The states s_k of a chain are no unknowns
    of their own: in each linearised problem, the piece k + 1 begins at the end of the piece k,

        ds_{k+1} = A_k ds_k + B_k dw + d_k,  d_k = Phi(s_k) - s_{k+1},

    where A_k and B_k are the sensitivities of the end of the piece k. The chain's first state therefore determines all
    others: ds_k = P_k ds_0 + Q_k dw + r_k. At the solution, the defects d_k are 0, and the chain is one trajectory.

    Attributes:
      index: The pieces of each chain, `[C, K]`; -1 where a chain has fewer pieces.

    References:
      Bock, Plitt. A multiple shooting algorithm for direct solution of optimal control problems. IFAC, 1984.
    """

    index: np.ndarray

    @classmethod
    def single(cls, num_pieces: int) -> Self:
        """Returns chains of one piece each."""
        return cls(np.arange(num_pieces)[:, np.newaxis])

    @classmethod
    def of(cls, owners: np.ndarray, most: int) -> Self:
        """Returns chains of neighbouring pieces of the same owner, of about equal and at most `most` pieces."""
        chains: list[np.ndarray] = []
        for owner in np.unique(owners):
            pieces = np.flatnonzero(owners == owner)
            chains += np.array_split(pieces, -(-len(pieces) // most))
        longest = max(map(len, chains))
        return cls(np.stack([np.pad(each, (0, longest - len(each)), constant_values=-1) for each in chains]))

    @property
    def is_single(self) -> bool:
        """Whether each chain is one piece."""
        return self.index.shape[1] == 1

    def __len__(self) -> int:
        """Returns the number of chains."""
        return len(self.index)

    def defects(self, ends: np.ndarray, starts: np.ndarray) -> np.ndarray:
        """Returns d_k `[M, 2n]` of the ends and the starts `[M, 2n]` of the pieces; 0 for the last piece of a chain."""
        found = np.zeros_like(starts)
        for before, after in self._links():
            found[before] = ends[before] - starts[after]
        return found

    def along(
        self, by_start: np.ndarray, by_w: np.ndarray, defects: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Returns P `[M, 2n, 2n]`, Q `[M, 2n, m]` and r `[M, 2n]` of all pieces.

        Args:
          by_start: A, the sensitivities of the pieces' ends to their starts, `[M, 2n, 2n]`.
          by_w: B, their sensitivities to w, `[M, 2n, m]`.
          defects: d `[M, 2n]`.

        Along an unstable motion, they may overflow. They are then not finite.
        """
        p = np.tile(np.eye(by_start.shape[1]), [len(by_start), 1, 1])
        q, r = np.zeros_like(by_w), np.zeros_like(defects)
        with np.errstate(over="ignore", invalid="ignore"):
            for before, after in self._links():
                p[after] = by_start[before] @ p[before]
                q[after] = by_start[before] @ q[before] + by_w[before]
                r[after] = np.einsum("cij,cj->ci", by_start[before], r[before]) + defects[before]
        return p, q, r

    def of_chains(self, rows: np.ndarray) -> np.ndarray:
        """Returns the rows `[C, K R, ...]` of the chains, for the rows `[M, R, ...]` of the pieces, padded with 0."""
        padded = np.concatenate([rows, np.zeros_like(rows[:1])])[self.index]
        return padded.reshape(len(self.index), -1, *rows.shape[2:])

    def of_pieces(self, values: np.ndarray) -> np.ndarray:
        """Returns the values `[M, ...]` of the pieces, for the values `[C, ...]` of their chains."""
        owners = np.zeros([self.index.max() + 1], int)
        chains = np.broadcast_to(np.arange(len(self.index))[:, np.newaxis], self.index.shape)
        there = self.index >= 0
        owners[self.index[there]] = chains[there]
        return values[owners]

    def _links(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Returns the pieces of all chains that are followed by another one, and their followers, place by place."""
        places = zip(self.index.T[:-1], self.index.T[1:], strict=True)
        return [(before[after >= 0], after[after >= 0]) for before, after in places]
