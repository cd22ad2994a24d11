"""Korean search: every page that holds the word is found, inside compounds and with particles attached.

Sphinx splits at spaces and matches parts of words only beyond two letters, so it finds none of 정렬, 학습, 보상. Here every
run of Hangul is indexed by all its substrings, and the query's side cuts what is longer than the longest of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from sphinx.application import Sphinx
from sphinx.search import SearchLanguage

LONGEST = 8
_WORD = re.compile(r"\w+")
_RUN = re.compile(r"[가-힣]+|[^\W가-힣]+")


def grams(run: str, longest: int = LONGEST) -> Iterator[str]:
    """Yield every substring of ``run`` of 1 to ``longest`` syllables."""
    for start in range(len(run)):
        for end in range(start + 1, min(len(run), start + longest) + 1):
            yield run[start:end]


def index_terms(text: str) -> list[str]:
    """The terms under which a page that holds ``text`` is found, each once."""
    terms: dict[str, None] = {}
    for word in _WORD.findall(unicodedata.normalize("NFC", text).lower()):
        for run in _RUN.findall(word):
            if "가" <= run[0] <= "힣":
                terms.update(dict.fromkeys(grams(run)))
            else:
                terms.update(dict.fromkeys(filter(None, (run, *run.split("_")))))
        # Names such as bpe_train2 stay whole as well.
        terms[word] = None
    return list(terms)


# `Search` is the theme's search module; when a query is split, its index is there.
# Particles are taken off where a page holds what is left: 병합부터는 finds what 병합 finds. A word that no page holds is
# shortened from its end.
PARTICLES = (
    "에서|에게|한테|부터|까지|으로|로|처럼|보다|마다|조차|라도|이라도|이라고|라고|이란|란|이나|나|이며|며"
    "|과|와|은|는|이|가|을|를|의|에|도|만|야"
)
SPLITTER = """
function splitQuery(query) {
  const longest = LONGEST;
  const known = (term) => {
    const index = typeof Search !== "undefined" && Search._index;
    return !index || Object.hasOwn(index.terms, term) || Object.hasOwn(index.titleterms, term);
  };
  const shortened = (run) => {
    const particles = run.length > 2 && run.slice(2).match(/(?:PARTICLES)+$/);
    const stem = particles ? run.slice(0, 2 + particles.index) : run;
    if (known(stem)) return stem;
    let end = run.length;
    while (end > 2 && !known(run.slice(0, end))) end -= 1;
    return known(run.slice(0, end)) ? run.slice(0, end) : run;
  };
  const terms = [];
  for (const word of query.normalize("NFC").match(/[\\p{Letter}\\p{Number}_]+/gu) || []) {
    const runs = word.match(/[가-힣]+|[^가-힣]+/g);
    for (const run of runs) {
      if (!/[가-힣]/.test(run)) terms.push(run);
      else if (run.length > 1 || runs.length === 1) {
        const stem = run.length > longest ? run : shortened(run);
        terms.push(shortened(stem.slice(0, longest)));
        if (stem.length > longest) terms.push(shortened(stem.slice(-longest)));
      }
    }
  }
  return terms;
}
""".replace("LONGEST", str(LONGEST)).replace("PARTICLES", PARTICLES)


class KoreanSearch(SearchLanguage):
    """Substring index for Hangul; see the module."""

    lang = "ko"
    language_name = "Korean"
    js_splitter_code = SPLITTER

    def init(self, options: dict[str, str]) -> None:
        if options.get("type", "ngram") != "ngram":
            raise ValueError(f"html_search_options.type: there is only 'ngram', not {options['type']!r}")

    def split(self, input: str) -> list[str]:
        return index_terms(input)

    def word_filter(self, word: str) -> bool:
        return bool(word)


def setup(app: Sphinx) -> None:
    app.add_search_language(KoreanSearch)
