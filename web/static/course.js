"use strict";

// The theme leaves these without a name for screen readers, or with an English one.
document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("details.toctree-toggle, .toctree-toggle").forEach((element) => {
    const summary = element.matches("summary") ? element : element.querySelector("summary");
    if (summary && !summary.getAttribute("aria-label")) summary.setAttribute("aria-label", "하위 차례 여닫기");
  });
  document.querySelectorAll("button.copybtn").forEach((button) => {
    button.setAttribute("aria-label", "복사하기");
    button.dataset.tooltip = "복사하기";
  });
});
