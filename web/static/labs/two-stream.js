"use strict";

// The two masks of permutation language modelling for an order of the reader's: the same as course_lib.objectives.plm.
// order[i] is the position predicted i-th, rank[j] the place of position j in the order.
(() => {
  const MOST = 10; // tokens; the tables fit a phone
  const KEYS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1, Home: -MOST, End: MOST };

  const upTo = (length) => Array.from({ length }, (_, i) => i);

  function ranks(order) {
    const rank = [];
    order.forEach((place, i) => { rank[place] = i; });
    return rank;
  }

  // Which positions the two streams of each position may attend to.
  function masks(order) {
    const rank = ranks(order);
    const rows = (sees) => upTo(order.length).map((i) => upTo(order.length).map((j) => sees(rank[j], rank[i])));
    return { content: rows((seen, own) => seen <= own), query: rows((seen, own) => seen < own) };
  }

  // Numbers as typed, or null where they are not each of 0 … length - 1 once.
  function parse(text, length) {
    const found = (text.match(/\d+/g) || []).map(Number);
    const whole = /^[\d\s,]*$/.test(text) && found.length === length && new Set(found).size === length;
    return whole && found.every((number) => number < length) ? found : null;
  }

  function shuffled(length) {
    const order = upTo(length);
    for (let i = length - 1; i > 0; i -= 1) {
      const j = Math.floor(Math.random() * (i + 1));
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  }

  Lab.register("two-stream", (lab) => {
    const { element, button, field } = Lab;
    const sentence = element("input", { type: "text", maxlength: 120, spellcheck: "false", autocomplete: "off" });
    sentence.value = lab.options.text || "";
    const typed = element("input", { type: "text", maxlength: 60, inputmode: "numeric", autocomplete: "off" });
    const predicted = element("select");
    const list = element("ol", { class: "lab-order", "aria-label": "맞히는 차례" });
    const lines = { query: element("p", { class: "lab-sees" }), content: element("p", { class: "lab-sees" }) };
    const tables = { content: maskTable(), query: maskTable() };
    let words = [], order = [], chosen = 0, chips = [], dragged = null;

    const range = (places) => (places.length ? places.join(", ") : "없음");
    const last = () => Number(predicted.value);
    const asked = (place) => order.indexOf(place) >= order.length - last();

    function maskTable() {
      const parts = { caption: element("caption"), head: element("tr"), body: element("tbody") };
      parts.table = element("table", { class: "lab-mask" }, parts.caption, element("thead", {}, parts.head), parts.body);
      return parts;
    }

    // The words have changed: as many of the old order as there still are, then the new ones.
    function read() {
      words = sentence.value.normalize("NFC").split(/\s+/u).filter(Boolean).slice(0, MOST);
      order = [...order.filter((place) => place < words.length), ...upTo(words.length).filter((place) => !order.includes(place))];
      chosen = Math.min(chosen, Math.max(0, words.length - 1));
      const keep = Math.min(last() || Math.ceil(words.length / 2), words.length);
      predicted.replaceChildren(...upTo(words.length).map((i) => element("option", { value: i + 1 }, `마지막 ${i + 1}개`)));
      if (words.length) predicted.value = keep;
      chips = words.map((word, place) => {
        const chip = button("", () => choose(place));
        chip.className = "lab-chip";
        chip.dataset.place = place;
        chip.append(element("small", {}, String(place)), ` ${word}`);
        chip.addEventListener("focus", () => choose(place));
        return chip;
      });
      show();
    }

    function choose(place) {
      if (place === chosen) return;
      chosen = place;
      draw();
    }

    function show() {
      typed.value = order.join(" ");
      typed.removeAttribute("aria-invalid");
      draw();
    }

    function set(next) {
      order = next;
      show();
    }

    function move(place, to) {
      const rest = order.filter((other) => other !== place);
      rest.splice(Math.min(Math.max(to, 0), rest.length), 0, place);
      if (rest.join() !== order.join()) set(rest);
    }

    function drawChips() {
      const focused = chips.find((chip) => chip === document.activeElement);
      chips.forEach((chip, place) => {
        chip.setAttribute("aria-pressed", String(place === chosen));
        chip.classList.toggle("lab-asked", asked(place));
      });
      const items = order.map((place) => element("li", {}, chips[place]));
      list.replaceChildren(...items);
      if (focused) focused.focus({ preventScroll: true }); // an element that moves loses the focus
    }

    function drawTable({ caption, head, body }, name, rows) {
      caption.textContent = `${name} (${rows.flat().filter(Boolean).length}쌍)`;
      head.replaceChildren(element("td", {}, ""), ...words.map((word, j) => element("th", { scope: "col", title: word }, String(j))));
      body.replaceChildren(...rows.map((row, i) => element(
        "tr", { class: `${i === chosen ? "lab-chosen" : ""} ${asked(i) ? "" : "lab-unasked"}`, onclick: () => choose(i) },
        element("th", { scope: "row" }, element("small", {}, String(i)), ` ${words[i]}`),
        ...row.map((sees, j) => element(
          "td", { class: sees ? "lab-sees-it" : "" },
          element("span", { "aria-hidden": "true" }, sees ? "●" : i === j && asked(i) ? "?" : ""),
          element("span", { class: "lab-aloud" }, sees ? "본다" : "못 본다"),
        )),
      )));
    }

    // The sentence as one stream of the chosen position has it: what it may not see is a box.
    function drawLine(line, name, row) {
      line.replaceChildren(element("b", {}, name), ...words.map((word, j) => element(
        "span", { class: `lab-token${row[j] ? " lab-open" : ""}${j === chosen ? " lab-own" : ""}` },
        row[j] ? word : j === chosen ? "?" : element("span", { role: "img", "aria-label": "못 봄" }, "□"),
      )));
    }

    function draw() {
      const some = words.length > 0;
      for (const node of [list, ...Object.values(lines), ...Object.values(tables).map((parts) => parts.table)]) node.hidden = !some;
      if (!some) {
        lab.say("문장을 적어 보세요. 빈칸으로 나눈 조각이 토큰입니다.");
        return;
      }
      const { content, query } = masks(order);
      drawChips();
      drawTable(tables.content, "내용 마스크", content);
      drawTable(tables.query, "질의 마스크", query);
      drawLine(lines.query, "질의 흐름", query[chosen]);
      drawLine(lines.content, "내용 흐름", content[chosen]);
      lab.say(sentenceAbout(content, query));
    }

    function sentenceAbout(content, query) {
      const sees = (row) => range(upTo(words.length).filter((j) => row[j]));
      const seenBy = range(upTo(words.length).filter((i) => query[i][chosen]));
      const context = order.slice(-last()).reduce((sum, place) => sum + query[place].filter(Boolean).length, 0) / last();
      return `자리 ${chosen} ‘${words[chosen]}’: 순위 ${order.indexOf(chosen)}. 질의가 보는 자리 ${sees(query[chosen])}. `
        + `내용이 보는 자리 ${sees(content[chosen])}. 이 토큰을 질의로 보는 자리 ${seenBy}. `
        + `맞히는 ${last()}개의 평균 문맥은 ${context.toFixed(1)}개입니다.`;
    }

    typed.addEventListener("input", () => {
      const next = parse(typed.value, words.length);
      typed.setAttribute("aria-invalid", String(!next));
      if (!next) lab.say(words.length ? `0부터 ${words.length - 1}까지를 한 번씩 적으세요.` : "먼저 문장을 적으세요.");
      else if (next.join() === order.join()) draw();
      else {
        order = next;
        draw();
      }
    });
    sentence.addEventListener("input", read);
    predicted.addEventListener("input", draw);
    list.addEventListener("keydown", (event) => {
      const chip = event.target.closest("[data-place]");
      if (!chip || !(event.key in KEYS)) return;
      event.preventDefault();
      const place = Number(chip.dataset.place);
      move(place, order.indexOf(place) + KEYS[event.key]);
    });
    // Dragging, by mouse or finger: the list holds the pointer, since the chip under it moves.
    list.addEventListener("pointerdown", (event) => {
      const chip = event.target.closest("[data-place]");
      if (!chip || event.button) return;
      event.preventDefault();
      list.setPointerCapture(event.pointerId);
      dragged = Number(chip.dataset.place);
      chip.focus({ preventScroll: true });
    });
    list.addEventListener("pointermove", (event) => {
      if (dragged === null) return;
      const under = document.elementFromPoint(event.clientX, event.clientY);
      const other = under && list.contains(under) ? under.closest("[data-place]") : null;
      if (other && Number(other.dataset.place) !== dragged) move(dragged, order.indexOf(Number(other.dataset.place)));
    });
    for (const end of ["pointerup", "pointercancel"]) list.addEventListener(end, () => { dragged = null; });

    lab.add(
      element("div", { class: "lab-row lab-wide" }, field("문장", sentence)),
      element("div", { class: "lab-row" }, field("순서 (자리의 번호)", typed), field("맞힐 것", predicted)),
      element(
        "div", { class: "lab-row", role: "group", "aria-label": "순서 고르기" },
        button("무작위", () => set(shuffled(words.length))),
        button("왼쪽부터", () => set(upTo(words.length))),
        button("오른쪽부터", () => set(upTo(words.length).reverse())),
      ),
      element("p", { class: "lab-help" }, "토큰을 끌거나, 토큰에서 화살표 키를 눌러 차례를 바꿉니다. 고른 토큰이 살펴볼 자리입니다."),
      list, lab.spoken, lines.query, lines.content,
      element("div", { class: "lab-columns lab-even" }, tables.content.table, tables.query.table),
    );
    order = [3, 0, 5, 2, 4, 1];
    chosen = 2;
    read();
  });
})();
