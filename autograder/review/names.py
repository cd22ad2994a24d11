"""Rules on names: do they say what they hold, in the terms of the field, for as long as they live?"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from autograder.result import Finding
from autograder.review.cells import Cell
from autograder.review.edits import comment
from autograder.review.scopes import renamed
from autograder.review.structure import Function, definitions, walk_own

SHORT_LIFE = 12  # lines that a one-letter name may live
# Letters with a fixed meaning in this field's formulas and loops; capitals are matrices and sizes.
_SYMBOLS = frozenset("ijkntqvxyzwbp_")
_VAGUE = re.compile(
    r"tmp|temp|foo|bar|baz|qux|aaa|bbb|asdf|thing|stuff|lst|dic|arr|var|func|ret|retval|(my|a)_?(list|dict|func)|result_list|임시|변수"
    r"|(data|list|lst|dict|dic|arr|array|temp|tmp|var|val|value|result|res|ret|text|string|str|num|df|fn|func|function|foo|word|out|output|new)_?\d+"
)
_SUGGESTIONS = {
    "Counter": "pair_counts",
    "defaultdict": "count_by_word",
    "dict": "count_by_word",
    "set": "seen",
    "frozenset": "seen",
    "sorted": "sorted_pairs",
    "zip": "pairs",
    "len": "length",
    "sum": "total",
    "max": "best_pair",
    "min": "smallest",
    "split": "words",
    "splitlines": "lines",
    "join": "merged",
    "items": "entries",
    "open": "file",
    "enumerate": "numbered",
}


# What people write for a value that has a name in papers and libraries.
_TERMS = {
    "vocab": r"voca|vocabs|vocabulary_dict|vocab_dict|dictionary|word_dict|token_dict|token2id|tok2id",
    "merges": r"merge_list|merge_rules|merged_pairs_list|rule_list",
    "token_ids": r"token_idxs?|token_index_list|index_list|id_list|idx_list|ids_list|token_numbers",
    "pair_counts": r"pair_freqs?|pair_dict|pairs_dict|freq_dict|pair_count_dict",
    "logits": r"output_scores|raw_scores|logit_list|pred_scores",
    "attention_mask": r"attn_msk|att_mask|attention_msk|mask_attn|attn_m",
    "query": r"que|qry|query_vec",
    "hidden_states": r"hid|hiddens|hidden_vec|hs_out",
    "learning_rate": r"learn_rate|lrate|l_rate",
    "batch_size": r"batchsize|batch_sz|bsz",
    "special_tokens": r"special_list|sp_tokens|special_toks",
    "corpus": r"corpora_list|sentence_list|text_list|all_sentences",
    "perplexity": r"perplex|ppl_value",
}


def review_names(cell: Cell) -> Iterator[Finding]:
    """One finding per name and scope, at the line where the name is given."""
    yield from _vague(cell, cell.tree, arguments=[])
    for node, _owner in definitions(cell.tree):
        if isinstance(node, ast.ClassDef):
            continue
        if _is_vague(node.name):
            yield comment(cell, node.lineno, "vague-name", name=node.name, suggestion="")
        yield from _vague(cell, node, _all_arguments(node))
        yield from _short(cell, node)
        yield from _terms(cell, node)


def _terms(cell: Cell, function: Function) -> Iterator[Finding]:
    seen = set()
    for node in sorted(_stores(function), key=lambda n: (n.lineno, n.col_offset)):
        term = next((term for term, names in _TERMS.items() if re.fullmatch(names, node.id)), None)
        if term and node.id not in seen:
            seen.add(node.id)
            yield comment(cell, node.lineno, "field-term", renamed(cell, function, node.id, term), name=node.id, term=term)


def _vague(cell: Cell, scope: ast.AST, arguments: list[ast.arg]) -> Iterator[Finding]:
    seen = set()
    for argument in arguments:
        if _is_vague(argument.arg):
            seen.add(argument.arg)
            yield comment(cell, argument.lineno, "vague-name", name=argument.arg, suggestion="")
    suggestions = _suggestions(scope)
    for node in sorted(_stores(scope), key=lambda n: (n.lineno, n.col_offset)):
        if node.id not in seen and _is_vague(node.id):
            seen.add(node.id)
            yield _named(cell, scope, node, "vague-name", suggestions.get(node.id))


def _named(cell: Cell, scope: ast.AST, node: ast.Name, rule: str, suggestion: str | None, **fields: object) -> Finding:
    """A finding on a name. Names of the notebook itself are used by other cells: there a better one is only told."""
    form = renamed(cell, scope, node.id, suggestion) if suggestion and not isinstance(scope, ast.Module) else None
    said = f"(예: `{suggestion}`)" if suggestion else ""
    return comment(cell, node.lineno, rule, form, name=node.id, suggestion=said, **fields)


def _short(cell: Cell, function: Function) -> Iterator[Finding]:
    first: dict[str, ast.Name | ast.arg] = {a.arg: a for a in _all_arguments(function)}
    last: dict[str, int] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and len(node.id) == 1:
            if isinstance(node.ctx, ast.Store) and (node.id not in first or node.lineno < first[node.id].lineno):
                first[node.id] = node
            last[node.id] = max(last.get(node.id, 0), node.lineno)
    for name, place in first.items():
        lines = last.get(name, 0) - place.lineno + 1
        symbol = name in _SYMBOLS or name.isupper() or not name.isascii()  # β and 한 are somebody's terms
        if len(name) == 1 and not symbol and lines > SHORT_LIFE:
            if isinstance(place, ast.Name):
                yield _named(cell, function, place, "short-name", _suggestions(function).get(name), lines=lines)
            else:
                yield comment(cell, place.lineno, "short-name", name=name, lines=lines, suggestion="")


def _stores(scope: ast.AST) -> list[ast.Name]:
    return [node for node in walk_own(scope) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]


def _is_vague(name: str) -> bool:
    return bool(_VAGUE.fullmatch(name))


def _all_arguments(node: Function) -> list[ast.arg]:
    parts = node.args
    return [*parts.posonlyargs, *parts.args, *parts.kwonlyargs, *(a for a in (parts.vararg, parts.kwarg) if a)]


def _suggestions(scope: ast.AST) -> dict[str, str]:
    """A better name by old name, read off what is assigned; none where nothing fits or the better name is taken."""
    taken = {node.id for node in ast.walk(scope) if isinstance(node, ast.Name)}
    found: dict[str, str] = {}
    for node in walk_own(scope):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id=made) | ast.Attribute(attr=made))) if (
                made in _SUGGESTIONS
            ):
                if _SUGGESTIONS[made] not in taken:
                    found.setdefault(name, _SUGGESTIONS[made])
    return found
