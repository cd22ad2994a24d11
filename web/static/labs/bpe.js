"use strict";

// Byte-pair encoding on the reader's own sentence, one merge at a time: the same splitting, the same rule for ties and therefore
// the same merges as course_lib.tokenizers.
(() => {
  const LONGEST = 1_000; // characters; every step counts all pairs anew
  const SHOWN = 5;
  const LETTER = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}";
  const WORDS = new RegExp(`[${LETTER}]+|[^${LETTER}\\p{White_Space}]+`, "gu");
  const PIECES = new RegExp(
    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\p{White_Space}\\p{L}\\p{N}]+"
      + "|\\p{White_Space}+(?!\\P{White_Space})|\\p{White_Space}+",
    "gu",
  );

  // GPT-2's table: a visible character for each of the 256 bytes.
  const VISIBLE = (() => {
    const shows = (b) => (b >= 0x21 && b <= 0x7e) || (b >= 0xa1 && b <= 0xac) || b >= 0xae;
    let next = 0x100;
    return Array.from({ length: 256 }, (_, b) => String.fromCodePoint(shows(b) ? b : next++));
  })();
  const BYTE = new Map(VISIBLE.map((symbol, byte) => [symbol, byte]));

  const byCodePoint = (a, b) => a.codePointAt(0) - b.codePointAt(0);
  const bytesOf = (text) => new TextEncoder().encode(text);

  function start(text, unit) {
    const pieces = text.match(unit === "byte" ? PIECES : WORDS) || [];
    const words = pieces.map((piece) => (unit === "byte" ? [...bytesOf(piece)].map((b) => VISIBLE[b]) : [...piece]));
    const alphabet = unit === "byte" ? [...VISIBLE] : [...new Set(words.flat())];
    return { words, vocab: new Map(alphabet.sort(byCodePoint).map((symbol, id) => [symbol, id])), pair: null };
  }

  // All pairs, best first: the most frequent, and among equals the one with the smallest ids (left, then right).
  function ranked(state) {
    const counts = new Map();
    for (const word of state.words) {
      for (let i = 0; i + 1 < word.length; i += 1) {
        const ids = [state.vocab.get(word[i]), state.vocab.get(word[i + 1])];
        const key = ids.join();
        const known = counts.get(key);
        if (known) known.count += 1;
        else counts.set(key, { left: word[i], right: word[i + 1], ids, count: 1 });
      }
    }
    return [...counts.values()].sort((a, b) => b.count - a.count || a.ids[0] - b.ids[0] || a.ids[1] - b.ids[1]);
  }

  function merged(word, pair) {
    const result = [];
    for (let i = 0; i < word.length; i += 1) {
      if (word[i] === pair.left && word[i + 1] === pair.right) {
        result.push(pair.left + pair.right);
        i += 1;
      } else result.push(word[i]);
    }
    return result;
  }

  function step(state, pair) {
    const vocab = new Map(state.vocab);
    const symbol = pair.left + pair.right;
    if (!vocab.has(symbol)) vocab.set(symbol, vocab.size);
    return { words: state.words.map((word) => merged(word, pair)), vocab, pair };
  }

  // Bytes that are a whole text are shown as that text, others in hexadecimal.
  function shown(symbol, unit) {
    if (unit !== "byte") return symbol;
    const bytes = Uint8Array.from([...symbol], (c) => BYTE.get(c));
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes).replaceAll(" ", "␣").replaceAll("\n", "⏎");
    } catch {
      return [...bytes].map((b) => b.toString(16).padStart(2, "0")).join(" ");
    }
  }

  const tokens = (state) => state.words.reduce((sum, word) => sum + word.length, 0);

  Lab.register("bpe", (lab) => {
    const { element, button, field } = Lab;
    const sentence = element("textarea", { rows: 3, maxlength: LONGEST, spellcheck: "false" });
    sentence.value = lab.options.text || "";
    const unit = element("select", {}, element("option", { value: "character" }, "글자"), element("option", { value: "byte" }, "바이트"));
    const once = element("input", { type: "checkbox" });
    const buttons = {
      step: button("한 번 병합", () => move(1)),
      back: button("한 번 되돌리기", () => move(-1)),
      end: button("끝까지 병합", () => move(Infinity)),
      reset: button("처음으로", () => move(-Infinity)),
    };
    const text = element("div", { class: "lab-text", role: "group", "aria-label": "지금의 토큰" });
    const rows = element("tbody");
    const table = element(
      "table", { class: "lab-table" }, element("caption", {}, "다음 병합의 후보"),
      element("thead", {}, element("tr", {}, ...["쌍", "번호", "횟수", "차례"].map((name) => element("th", { scope: "col" }, name)))),
      rows,
    );
    const list = element("ol", { class: "lab-merges" });
    let history = [];

    const least = () => (once.checked ? 1 : 2);
    const now = () => history.at(-1);
    const best = () => { const first = ranked(now())[0]; return first && first.count >= least() ? first : null; };
    const name = (pair) => `${shown(pair.left, unit.value)} + ${shown(pair.right, unit.value)}`;

    function begin() {
      history = [start(sentence.value.normalize("NFC"), unit.value)];
      draw();
    }

    function move(steps) {
      if (steps < 0) history.length = Math.max(1, history.length + steps);
      for (let i = 0, pair; i < steps && (pair = best()); i += 1) history.push(step(now(), pair));
      draw();
    }

    function chip(symbol, fresh) {
      return element(fresh ? "mark" : "span", { class: "lab-chip", title: `번호 ${now().vocab.get(symbol)}` }, shown(symbol, unit.value));
    }

    function draw() {
      const { words, pair, vocab } = now();
      const fresh = pair && pair.left + pair.right;
      text.replaceChildren(...words.map((word) => element("span", { class: "lab-word" }, ...word.map((s) => chip(s, s === fresh)))));
      drawCandidates();
      list.replaceChildren(...history.slice(1).map((state) => element(
        "li", { "data-left": state.pair.left, "data-right": state.pair.right },
        `${name(state.pair)} → ${shown(state.pair.left + state.pair.right, unit.value)} (${state.pair.count}번)`,
      )));
      // A button that is not to be used stays where the keyboard is: aria-disabled, not disabled.
      for (const [key, possible] of Object.entries({ step: best(), end: best(), back: history.length > 1, reset: history.length > 1 })) {
        buttons[key].setAttribute("aria-disabled", possible ? "false" : "true");
      }
      lab.say(sentenceAbout(tokens(now()), vocab.size));
    }

    function drawCandidates() {
      const candidates = ranked(now());
      const next = best();
      const tied = next ? candidates.filter((other) => other.count === next.count).length : 0;
      rows.replaceChildren(...candidates.slice(0, SHOWN).map((other) => element(
        "tr", { class: other === candidates[0] && next ? "lab-next" : "" },
        element("td", {}, name(other)), element("td", {}, `(${other.ids.join(", ")})`), element("td", {}, String(other.count)),
        element("td", {}, other !== candidates[0] || !next ? "" : tied > 1 ? `다음 (${tied}개가 동점, 번호가 가장 작음)` : "다음"),
      )));
      table.hidden = candidates.length === 0;
    }

    function sentenceAbout(count, size) {
      if (!count) return "문장을 적어 보세요.";
      const density = (bytesOf(sentence.value.normalize("NFC")).length / count).toFixed(2);
      const sizes = `토큰 ${count}개, 어휘 ${size}개, 토큰당 ${density}바이트입니다.`;
      const { pair } = now();
      const end = best() ? "" : once.checked ? " 더 병합할 쌍이 없습니다." : " 두 번 이상 나오는 쌍이 더 없습니다.";
      return `${pair ? `${history.length - 1}번째 병합: ${name(pair)}, ${pair.count}번. ` : "병합하기 전. "}${sizes}${end}`;
    }

    for (const control of [sentence, unit]) control.addEventListener("input", begin);
    once.addEventListener("input", draw);
    lab.add(
      field("문장", sentence),
      element("div", { class: "lab-row" }, field("시작하는 단위", unit), field("한 번만 나온 쌍도 병합", once)),
      element("div", { class: "lab-row", role: "group", "aria-label": "병합" }, ...Object.values(buttons)),
      lab.spoken, text,
      element("div", { class: "lab-columns" }, table,
        element("details", { class: "lab-done" }, element("summary", {}, "배운 병합"), list)),
    );
    begin();
  });
})();
