"""Collectives over shards of simulated ranks, with a record of what was gathered, reduced and freed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class ShardLog:
    """All-gather, reduce-scatter and free for sharded parameters.

    ``world`` ranks hold shards of equal length. Every call is kept in ``events`` as ``(kind, unit, elements)``, with kind ``"gather"``,
    ``"reduce"`` or ``"free"``, and elements those of the whole unit, not of a shard.

    Attributes:
        live: elements of whole units that a rank holds now.
        peak: the most at once.
        sent: elements that each rank has sent: (N - 1)/N of each gathered or reduced unit.
    """

    def __init__(self, world: int) -> None:
        self.world = world
        self.events: list[tuple[str, int, int]] = []
        self.peak = 0
        self._held: dict[int, int] = {}

    def all_gather(self, unit: int, shards: Sequence[Any]) -> Any:
        """The whole flat parameter of a unit, a new tensor ``[N · k]`` from ``N`` shards ``[k]``.

        Raises:
            ValueError: not one shard for each rank, or shards of unequal length.
            RuntimeError: the unit was gathered already and not freed.
        """
        self._check(shards)
        if unit in self._held:
            raise RuntimeError(f"단위 {unit}은(는) 이미 모여 있습니다. 다시 모으기 전에 free로 비우세요.")
        whole = shards[0].new_zeros(len(shards) * len(shards[0]))
        for rank, shard in enumerate(shards):
            whole[rank * len(shard) : (rank + 1) * len(shard)] = shard.detach()
        self._held[unit] = len(whole)
        self.peak = max(self.peak, self.live)
        self.events.append(("gather", unit, len(whole)))
        return whole

    def free(self, unit: int) -> None:
        """Drop the whole parameter of a unit. Raises RuntimeError where it is not held."""
        if unit not in self._held:
            raise RuntimeError(f"단위 {unit}은(는) 모여 있지 않으므로 비울 수 없습니다.")
        self.events.append(("free", unit, self._held.pop(unit)))

    def reduce_scatter(self, unit: int, tensors: Sequence[Any]) -> list[Any]:
        """The sum of the ranks' tensors ``[N · k]``, of which each rank keeps its shard ``[k]``: N new tensors.

        Raises:
            ValueError: not one tensor for each rank, unequal lengths, or a length that N does not divide.
        """
        self._check(tensors)
        if len(tensors[0]) % self.world:
            raise ValueError(f"길이 {len(tensors[0])}이(가) 랭크의 수 {self.world}(으)로 나누어떨어지지 않습니다. 0으로 채우세요.")
        total = tensors[0].detach().clone()
        for tensor in tensors[1:]:
            total += tensor.detach()
        self.events.append(("reduce", unit, len(total)))
        return [shard.clone() for shard in total.chunk(self.world)]

    @property
    def live(self) -> int:
        """Elements of whole units held now."""
        return sum(self._held.values())

    @property
    def sent(self) -> float:
        """Elements each rank has sent so far."""
        return sum(elements for kind, _, elements in self.events if kind != "free") * (self.world - 1) / self.world

    def _check(self, tensors: Sequence[Any]) -> None:
        if len(tensors) != self.world or len({tuple(tensor.shape) for tensor in tensors}) != 1 or tensors[0].ndim != 1:
            raise ValueError(f"랭크마다 하나씩, 길이가 같은 1차원 텐서 {self.world}개가 필요합니다.")
