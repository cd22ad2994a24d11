"use strict";

// A pipeline's schedule as a Gantt chart: the same orders, times and counts as course_lib.distributed.pipeline.
// A task is {stage, kind: "F" | "B", number, start, end}; a forward pass lasts 1.
(() => {
  const KINDS = { gpipe: "GPipe", "1f1b": "1F1B" };
  const WORK = { F: "순전파", B: "역전파" };
  const upTo = (length) => Array.from({ length }, (_, i) => i);
  const number = (value) => String(Math.round(value * 100) / 100);
  const percent = (share) => `${(100 * share).toFixed(1)}%`;

  function makeSchedule(kind, stages, microbatches) {
    return upTo(stages).map((stage) => {
      const warmUp = kind === "gpipe" ? microbatches : Math.min(stages - stage - 1, microbatches);
      const order = upTo(warmUp).map((i) => ["F", i]);
      for (let i = warmUp; i < microbatches; i += 1) order.push(["F", i], ["B", i - warmUp]);
      for (let i = microbatches - warmUp; i < microbatches; i += 1) order.push(["B", i]);
      return order;
    });
  }

  // What a piece of work waits for: the stage before or behind, and, at the turn, its own forward pass.
  function needed(stage, kind, i, stages) {
    if (kind === "F") return stage ? `${stage - 1}F${i}` : null;
    return stage + 1 < stages ? `${stage + 1}B${i}` : `${stage}F${i}`;
  }

  function simulate(schedule, backward) {
    const ends = new Map(), free = schedule.map(() => 0), place = schedule.map(() => 0), tasks = [];
    for (let moved = true; moved;) {
      moved = false;
      schedule.forEach((order, stage) => {
        while (place[stage] < order.length) {
          const [kind, i] = order[place[stage]], before = needed(stage, kind, i, schedule.length);
          if (before !== null && !ends.has(before)) break;
          const start = Math.max(free[stage], before === null ? 0 : ends.get(before));
          free[stage] = start + (kind === "F" ? 1 : backward);
          ends.set(`${stage}${kind}${i}`, free[stage]);
          tasks.push({ stage, kind, number: i, start, end: free[stage] });
          place[stage] += 1;
          moved = true;
        }
      });
    }
    const makespan = Math.max(...free), busy = tasks.reduce((sum, task) => sum + task.end - task.start, 0);
    return { tasks, makespan, bubble: 1 - busy / (schedule.length * makespan), peaks: schedule.map(mostHeld) };
  }

  function mostHeld(order) {
    let most = 0, now = 0;
    for (const [kind] of order) {
      now += kind === "F" ? 1 : -1;
      most = Math.max(most, now);
    }
    return most;
  }

  Lab.register("pipeline", (lab) => {
    const { element, field } = Lab;
    const [stages, microbatches] = (lab.options.text || "4 8").split(" ");
    const choice = (entries, chosen) => {
      const select = element("select", {}, ...entries.map(([value, text]) => element("option", { value }, text)));
      select.value = chosen;
      return select;
    };
    const controls = {
      kind: choice(Object.entries(KINDS), "gpipe"),
      stages: choice(upTo(8).map((i) => [i + 1, i + 1]), stages),
      microbatches: choice(upTo(16).map((i) => [i + 1, i + 1]), microbatches),
      backward: choice(["1", "1.5", "2", "3"].map((ratio) => [ratio, ratio]), "2"),
    };
    const clock = element("input", { type: "range", min: 0, step: "any" });
    const chart = element("div", { class: "lab-gantt", role: "img" });
    const hand = element("div", { class: "lab-hand" });
    const body = element("tbody");
    const rows = element(
      "table", { class: "lab-table lab-stages" }, element("caption", {}, "스테이지마다"),
      element("thead", {}, element("tr", {}, ...["스테이지", "논 시간", "지금 하는 일", "붙든 수", "붙든 수의 최대"].map((text) => element("th", { scope: "col" }, text)))),
      body,
    );
    let schedule, run;

    // Numbers only where they fit; the width is known once the page is laid out.
    function fitNumbers() {
      const unit = chart.firstChild.clientWidth / run.makespan;
      chart.classList.toggle("lab-narrow", unit * Math.min(1, Number(controls.backward.value)) < 17);
    }

    function build() {
      schedule = makeSchedule(controls.kind.value, Number(controls.stages.value), Number(controls.microbatches.value));
      run = simulate(schedule, Number(controls.backward.value));
      const at = (time) => `${(100 * time) / run.makespan}%`;
      chart.replaceChildren(...schedule.map((_, stage) => element(
        "div", { class: "lab-lane", "data-stage": stage },
        ...run.tasks.filter((task) => task.stage === stage).map((task) => {
          const bar = element("span", { class: `lab-task lab-${task.kind === "F" ? "forward" : "backward"}` }, String(task.number));
          bar.style.left = at(task.start);
          bar.style.width = at(task.end - task.start);
          Object.assign(bar.dataset, { stage, kind: task.kind, number: task.number, start: task.start, end: task.end });
          return bar;
        }),
      )), hand);
      chart.setAttribute("aria-label", `${KINDS[controls.kind.value]} 일정의 간트 차트. 스테이지 ${schedule.length}개, 마이크로배치 ${controls.microbatches.value}개. 수는 아래 표에 있습니다.`);
      clock.max = run.makespan;
      clock.step = Number(controls.backward.value) % 1 ? 0.5 : 1;
      clock.value = 0;
      fitNumbers();
      look();
      lab.say(
        `${KINDS[controls.kind.value]}: 한 걸음 ${number(run.makespan)}, 버블 ${percent(run.bubble)}. `
        + `스테이지 0이 마이크로배치 ${run.peaks[0]}개의 활성값을 붙듭니다.`,
      );
    }

    // The stages at the time under the hand: what each one does, and what it holds.
    function look() {
      const now = Number(clock.value), ended = now >= run.makespan;
      hand.style.setProperty("--at", now / run.makespan);
      clock.setAttribute("aria-valuetext", `시각 ${number(now)}`);
      body.replaceChildren(...schedule.map((_, stage) => {
        const own = run.tasks.filter((task) => task.stage === stage);
        const task = own.find(({ start, end }) => start <= now && now < end);
        const begun = own.filter(({ kind, start }) => kind === "F" && start <= now).length;
        const over = own.filter(({ kind, end }) => kind === "B" && end <= now).length;
        const busy = own.reduce((sum, { start, end }) => sum + end - start, 0);
        return element(
          "tr", {}, element("th", { scope: "row" }, String(stage)),
          element("td", {}, number(run.makespan - busy)),
          element("td", {}, task ? `${WORK[task.kind]} ${task.number}` : ended ? "끝" : "기다림"),
          element("td", {}, String(begun - over)),
          element("td", {}, String(run.peaks[stage])),
        );
      }));
    }

    for (const control of Object.values(controls)) control.addEventListener("input", build);
    clock.addEventListener("input", () => {
      look();
      const working = [...body.rows].filter((row) => /파/.test(row.cells[2].textContent)).length;
      lab.say(`시각 ${number(Number(clock.value))}: 스테이지 ${schedule.length}개 가운데 ${working}개가 일합니다. 붙든 마이크로배치 ${[...body.rows].map((row) => row.cells[3].textContent).join(", ")}.`);
    });
    window.addEventListener("resize", fitNumbers);
    lab.add(
      element(
        "div", { class: "lab-row" },
        field("일정", controls.kind), field("스테이지 p", controls.stages),
        field("마이크로배치 m", controls.microbatches), field("역전파 ÷ 순전파", controls.backward),
      ),
      lab.spoken,
      element("p", { class: "lab-key" }, element("span", { class: "lab-task lab-forward" }, "0"), "순전파", element("span", { class: "lab-task lab-backward" }, "0"), "역전파"),
      chart,
      element("div", { class: "lab-clock" }, field("시각", clock)),
      rows,
    );
    build();
    requestAnimationFrame(fitNumbers);
  });
})();
