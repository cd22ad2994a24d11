"use strict";

// The frame of every laboratory. A page holds <section class="lab" data-lab="NAME"> with a text for readers without scripts;
// labs/NAME.js calls Lab.register("NAME", build), and build(lab) fills the section. `lab` offers what all laboratories share:
//   lab.options            the directive's options, as text
//   lab.add(...nodes)      appends to the panel
//   lab.say(text)          shows a sentence and has it read aloud
// Elements are made with Lab.element(tag, attributes, ...children), Lab.button(label, action) and Lab.field(label, control).
const Lab = (() => {
  let numbers = 0;

  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else if (value === true) made.setAttribute(name, "");
      else if (value !== false) made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  }

  function button(label, action) {
    return element("button", { type: "button", class: "lab-button", onclick: action }, label);
  }

  // A control with a visible label of its own.
  function field(label, control) {
    numbers += 1;
    control.id = `lab-${numbers}`;
    const box = control.type === "checkbox";
    const name = element("label", { for: control.id }, label);
    return element("div", { class: box ? "lab-field lab-box" : "lab-field" }, ...(box ? [control, name] : [name, control]));
  }

  function mount(section, build) {
    const panel = element("div", { class: "lab-panel" });
    const spoken = element("p", { class: "lab-said", role: "status", "aria-live": "polite" });
    const lab = {
      options: { ...section.dataset },
      add: (...nodes) => panel.append(...nodes),
      say: (text) => { spoken.textContent = text; },
      spoken,
    };
    build(lab);
    const instead = section.querySelector(".lab-instead");
    if (instead) instead.remove(); // only now: if build fails, the text stays
    section.append(panel);
    section.dataset.ready = "";
  }

  function register(name, build) {
    for (const section of document.querySelectorAll(`section.lab[data-lab="${name}"]`)) mount(section, build);
  }

  return { register, element, button, field };
})();
