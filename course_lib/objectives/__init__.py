"""Reference objectives of language modelling: the oracles behind the checks of the objectives assignment."""

from course_lib.objectives.attention import causal_attention, causal_mask
from course_lib.objectives.clm import clm_loss, filter_logits, generate
from course_lib.objectives.compare import distinct_n, infill, pseudo_perplexity, steps_to_threshold
from course_lib.objectives.mlm import mask_tokens, mlm_loss
from course_lib.objectives.plm import TwoStreamLayer, plm_loss, sample_order, two_stream_masks

__all__ = [
    "TwoStreamLayer",
    "causal_attention",
    "causal_mask",
    "clm_loss",
    "distinct_n",
    "filter_logits",
    "generate",
    "infill",
    "mask_tokens",
    "mlm_loss",
    "plm_loss",
    "pseudo_perplexity",
    "sample_order",
    "steps_to_threshold",
    "two_stream_masks",
]
