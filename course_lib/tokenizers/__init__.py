"""Reference tokenizers: the oracles behind the checks of the tokenizer assignment."""

from course_lib.tokenizers.bpe import (
    BPETokenizer,
    ByteBPETokenizer,
    count_pairs,
    merge_pair,
    train_bpe,
    train_byte_bpe,
)

__all__ = ["BPETokenizer", "ByteBPETokenizer", "count_pairs", "merge_pair", "train_bpe", "train_byte_bpe"]
