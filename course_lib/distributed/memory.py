"""Memory of training: activations with checkpoints, and what a pipeline stage holds."""

from __future__ import annotations

STATE_BYTES = 16  # of a parameter in mixed precision with Adam: fp16 weight 2, fp16 gradient 2, fp32 master, momentum, variance 4 each


def checkpointed_memory(layers: int, segments: int) -> int:
    """Activations held at most when only the inputs of ``segments`` segments are kept: k + ⌈L/k⌉ (Chen et al. 2016, section 4).

    In units of one layer's activation: k checkpoints, and the ⌈L/k⌉ layers of the segment that is being run again.

    Raises:
        ValueError: ``segments`` is not between 1 and ``layers``.
    """
    if not 1 <= segments <= layers:
        raise ValueError(f"{layers} layers have between 1 and {layers} segments, not {segments}")
    return segments + -(-layers // segments)


def best_segments(layers: int) -> int:
    """The number of segments with the least memory, the smallest of several: about √L, where the memory is about 2√L."""
    return min(range(1, layers + 1), key=lambda segments: checkpointed_memory(layers, segments))


def stage_memory(parameters: int, layers: int, activation: int, in_flight: int, segments: int | None = None) -> int:
    """Bytes at most on one pipeline stage.

    Args:
        parameters: of the stage; 16 bytes each.
        layers: of the stage, each with ``activation`` bytes for one micro-batch.
        in_flight: micro-batches whose backward pass is still to come.
        segments: without, every activation is kept. With, each micro-batch in flight keeps k checkpoints, and one segment at a time is
            run again.
    """
    if segments is None:
        return STATE_BYTES * parameters + in_flight * layers * activation
    rerun = checkpointed_memory(layers, segments) - segments
    return STATE_BYTES * parameters + (in_flight * segments + rerun) * activation
