"""The small transformer of the course: a decoder whose weights are those of Llama, and two siblings made of the same parts.

config = Config(vocab_size=512)
Decoder(config)(ids)        # causal: the logits of the next token
Encoder(config)(ids)        # bidirectional: the logits of the token itself
TwoStream(config, layer)(ids, content_mask, query_mask)   # for permutation language modelling, with a layer of one's own
"""

from course_lib.kit.model.arms import Decoder, Encoder, TwoStream, count_parameters
from course_lib.kit.model.layers import Block, Config, Rotary, masked_attention

__all__ = ["Block", "Config", "Decoder", "Encoder", "Rotary", "TwoStream", "count_parameters", "masked_attention"]
