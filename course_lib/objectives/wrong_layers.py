# ruff: noqa: ARG002
"""Two-stream layers as certain misconceptions make them, by name, each with what the student is told."""

from __future__ import annotations

from torch import Tensor, nn

from course_lib.kit.model import Block, Rotary, masked_attention


class _Layer(nn.Module):
    """The right layer, in steps that its children get wrong."""

    def __init__(self, block: Block) -> None:
        super().__init__()
        self.block = block

    def forward(self, content: Tensor, query: Tensor, content_mask: Tensor, query_mask: Tensor, positions: Rotary) -> tuple[Tensor, Tensor]:
        memory = self.block.input_layernorm(content)
        return self.stream(content, memory, content_mask, positions), self.stream(query, memory, query_mask, positions)

    def stream(self, x: Tensor, memory: Tensor, mask: Tensor, positions: Rotary) -> Tensor:
        x = x + self.mixed(self.block.input_layernorm(x), memory, mask, positions)
        return x + self.block.mlp(self.block.post_attention_layernorm(x))

    def mixed(self, x: Tensor, memory: Tensor, mask: Tensor, positions: Rotary) -> Tensor:
        mask = mask if mask.ndim == 2 else mask[:, None]
        return self.block.self_attn(x, memory, positions, lambda query, key, value: masked_attention(query, key, value, mask))


class _OwnMemory(_Layer):
    def forward(self, content, query, content_mask, query_mask, positions):
        norm = self.block.input_layernorm
        return self.stream(content, norm(content), content_mask, positions), self.stream(query, norm(query), query_mask, positions)


class _QueryMemory(_Layer):
    def forward(self, content, query, content_mask, query_mask, positions):
        memory = self.block.input_layernorm(query)
        return self.stream(content, memory, content_mask, positions), self.stream(query, memory, query_mask, positions)


class _NewMemory(_Layer):
    def forward(self, content, query, content_mask, query_mask, positions):
        norm = self.block.input_layernorm
        content = self.stream(content, norm(content), content_mask, positions)
        return content, self.stream(query, norm(content), query_mask, positions)


class _OneMask(_Layer):
    def forward(self, content, query, content_mask, query_mask, positions):
        return super().forward(content, query, content_mask, content_mask, positions)


class _QueryMask(_Layer):
    def forward(self, content, query, content_mask, query_mask, positions):
        return super().forward(content, query, query_mask, query_mask, positions)


class _Swapped(_Layer):
    def forward(self, content, query, content_mask, query_mask, positions):
        return super().forward(content, query, query_mask, content_mask, positions)


class _Inverted(_Layer):
    def forward(self, content, query, content_mask, query_mask, positions):
        return super().forward(content, query, ~content_mask, ~query_mask, positions)


class _Still(_Layer):
    def forward(self, content, query, content_mask, query_mask, positions):
        return content, super().forward(content, query, content_mask, query_mask, positions)[1]


class _Exchanged(_Layer):
    def forward(self, content, query, content_mask, query_mask, positions):
        return super().forward(content, query, content_mask, query_mask, positions)[::-1]


class _RawMemory(_Layer):
    def forward(self, content, query, content_mask, query_mask, positions):
        return self.stream(content, content, content_mask, positions), self.stream(query, content, query_mask, positions)


class _RawQuery(_Layer):
    def stream(self, x, memory, mask, positions):
        x = x + self.mixed(x, memory, mask, positions)
        return x + self.block.mlp(self.block.post_attention_layernorm(x))


class _NoResidual(_Layer):
    def stream(self, x, memory, mask, positions):
        x = self.mixed(self.block.input_layernorm(x), memory, mask, positions)
        return x + self.block.mlp(self.block.post_attention_layernorm(x))


class _NoFeedForward(_Layer):
    def stream(self, x, memory, mask, positions):
        return x + self.mixed(self.block.input_layernorm(x), memory, mask, positions)


class _OneNorm(_Layer):
    def stream(self, x, memory, mask, positions):
        x = x + self.mixed(self.block.input_layernorm(x), memory, mask, positions)
        return x + self.block.mlp(self.block.input_layernorm(x))


_MEMORY = "키와 값은 두 흐름 모두 이 층에 들어온 내용 흐름에서 옵니다."

WRONG_LAYERS: dict[str, tuple[type[nn.Module], str]] = {
    "질의 흐름의 기억": (_OwnMemory, f"질의 흐름의 키와 값을 질의 흐름에서 가져오고 있습니다. {_MEMORY}"),
    "모두 질의 흐름에서": (_QueryMemory, f"키와 값을 모두 질의 흐름에서 가져오고 있습니다. {_MEMORY}"),
    "새 내용을 봄": (_NewMemory, f"질의 흐름이 이 층에서 새로 만든 내용을 보고 있습니다. {_MEMORY}"),
    "질의가 자기를 봄": (_OneMask, "질의 흐름에도 content_mask를 써서 자기 토큰을 보고 있습니다. query_mask를 쓰세요."),
    "내용이 자기를 못 봄": (_QueryMask, "내용 흐름에도 query_mask를 쓰고 있습니다. content_mask를 쓰세요."),
    "두 마스크가 바뀜": (_Swapped, "두 마스크가 바뀌었습니다. 내용에는 content_mask, 질의에는 query_mask입니다."),
    "True와 False가 반대": (_Inverted, "마스크를 뒤집어 쓰고 있습니다. True가 볼 수 있는 곳입니다."),
    "내용이 그대로": (_Still, "내용 흐름을 바꾸지 않고 다음 층에 넘기고 있습니다. 두 흐름 모두 블록을 지나갑니다."),
    "차례가 바뀜": (_Exchanged, "두 흐름을 (질의, 내용)의 차례로 돌려주고 있습니다. (내용, 질의)입니다."),
    "기억을 정규화하지 않음": (_RawMemory, "키와 값이 될 내용에 input_layernorm을 쓰지 않았습니다."),
    "질의를 정규화하지 않음": (_RawQuery, "묻는 쪽에 input_layernorm을 쓰지 않았습니다."),
    "잔차가 없음": (_NoResidual, "어텐션의 결과를 원래 벡터에 더하지 않았습니다(잔차 연결)."),
    "피드포워드가 없음": (_NoFeedForward, "어텐션 다음의 피드포워드(mlp)를 빠뜨렸습니다."),
    "정규화를 잘못 씀": (_OneNorm, "피드포워드의 앞에는 post_attention_layernorm을 씁니다."),
}
