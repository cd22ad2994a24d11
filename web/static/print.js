"use strict";

// What is wider than the paper although its lines break is made smaller, once the mathematics is set.
(() => {
  const WIDE = "table, mjx-container[display=true], pre, .cell_output > *";
  const fit = () => {
    for (const element of document.querySelectorAll(WIDE)) {
      const room = element.parentElement.clientWidth;
      const width = Math.max(element.scrollWidth, element.getBoundingClientRect().width);
      if (room > 0 && width > room + 1) element.style.zoom = Math.max(0.45, room / width);
    }
  };
  const ready = window.MathJax && window.MathJax.startup ? window.MathJax.startup.promise : Promise.resolve();
  window.addEventListener("load", () => Promise.all([ready, document.fonts.ready]).then(fit));
})();
