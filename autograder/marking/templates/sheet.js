// Marks of one sheet: counted as they are typed, kept in this browser, given out as a file. Nothing is sent anywhere.
const { assignment, item, grader } = document.body.dataset;
const place = `marking/${assignment}/${item}/${grader}`;
const answers = [...document.querySelectorAll(".answer")];
const inputs = (answer) => [...answer.querySelectorAll("input")];
const given = (input) => (input.value === "" || !input.validity.valid ? null : Number(input.value));
const complete = (answer) => inputs(answer).every((input) => given(input) !== null);

function mark(answer) {
  return { checksum: answer.dataset.checksum, points: inputs(answer).map(given), comment: answer.querySelector("textarea").value };
}

function show(answer) {
  const points = inputs(answer).map(given);
  const sum = points.reduce((total, value) => total + (value ?? 0), 0);
  const full = inputs(answer).reduce((total, input) => total + Number(input.max), 0);
  const wrong = inputs(answer).some((input) => !input.validity.valid);
  answer.querySelector(".sum").textContent = wrong ? "점수는 0부터 배점까지입니다." : `합 ${+sum.toFixed(4)} / ${+full.toFixed(4)}`;
  const state = answer.querySelector(".state");
  state.className = `badge state ${complete(answer) ? "good" : points.some((value) => value !== null) ? "part" : "plain"}`;
  state.textContent = complete(answer) ? "채점함" : points.some((value) => value !== null) ? "하는 중" : "아직";
  document.getElementById("done").textContent = answers.filter(complete).length;
}

function all() {
  return Object.fromEntries(answers.map((answer) => [answer.dataset.code, mark(answer)]));
}

function keep() {
  try {
    localStorage.setItem(place, JSON.stringify(all()));
    document.getElementById("kept").textContent = "이 브라우저에 저장됨";
  } catch {
    document.getElementById("kept").textContent = "이 브라우저에 저장할 수 없습니다. 자주 내려받으세요.";
  }
}

let kept = {};
try {
  kept = JSON.parse(localStorage.getItem(place)) ?? {};
} catch {
  kept = {}; // written by something else, or this browser keeps nothing: the page begins as it was made
}
for (const answer of answers) {
  const before = kept[answer.dataset.code];
  if (before && before.checksum === answer.dataset.checksum) {
    inputs(answer).forEach((input, number) => { if (before.points[number] != null) input.value = before.points[number]; });
    if (before.comment) answer.querySelector("textarea").value = before.comment;
  }
  for (const button of answer.querySelectorAll("[data-share]")) {
    button.addEventListener("click", () => {
      const input = button.parentElement.querySelector("input");
      input.value = +(Number(button.dataset.share) * Number(input.max)).toFixed(4);
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
  answer.addEventListener("input", () => { show(answer); keep(); });
  show(answer);
}

document.getElementById("next").addEventListener("click", () => {
  const open = answers.find((answer) => !complete(answer));
  if (!open) return;
  open.scrollIntoView();
  open.querySelector("input").focus({ preventScroll: true });
});
document.getElementById("save").addEventListener("click", () => {
  const data = JSON.stringify({ format: 1, assignment, item, grader, marks: all() }, null, 1);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([data], { type: "application/json" }));
  link.download = `marks-${item}${grader ? `-${grader}` : ""}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
});
