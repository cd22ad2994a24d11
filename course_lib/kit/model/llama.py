"""The decoder as a checkpoint of the transformers library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from course_lib.kit.model.arms import Decoder

if TYPE_CHECKING:
    from transformers import LlamaForCausalLM


def to_llama(decoder: Decoder, **tokens: int) -> LlamaForCausalLM:
    """The same model as ``transformers.LlamaForCausalLM``, with a copy of the weights.

    Args:
        tokens: ``bos_token_id``, ``eos_token_id``, ``pad_token_id`` where there are such; the library's own may exceed the vocabulary.
    """
    from transformers import LlamaConfig, LlamaForCausalLM

    config = decoder.config
    special: dict[str, int | None] = {"bos_token_id": None, "eos_token_id": None, "pad_token_id": None} | tokens
    llama = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=config.vocab_size,
            hidden_size=config.hidden_size,
            intermediate_size=config.intermediate_size,
            num_hidden_layers=config.num_hidden_layers,
            num_attention_heads=config.num_attention_heads,
            num_key_value_heads=config.num_attention_heads,
            max_position_embeddings=config.max_position_embeddings,
            rope_parameters={"rope_type": "default", "rope_theta": config.rope_theta},
            rms_norm_eps=config.rms_norm_eps,
            initializer_range=config.initializer_range,
            tie_word_embeddings=False,
            **special,
        )
    )
    llama.load_state_dict(decoder.state_dict())
    return llama.train(decoder.training)
