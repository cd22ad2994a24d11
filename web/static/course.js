"use strict";

// What the themes leave to be wished for. Each function looks after one thing and is called once, when the page is there.
(() => {
  // The theme leaves these without a name for screen readers, or with an English one.
  function nameControls() {
    document.querySelectorAll("details.toctree-toggle, .toctree-toggle").forEach((element) => {
      const summary = element.matches("summary") ? element : element.querySelector("summary");
      if (summary && !summary.getAttribute("aria-label")) summary.setAttribute("aria-label", "하위 차례 여닫기");
    });
    document.querySelectorAll("button.copybtn").forEach((button) => {
      button.setAttribute("aria-label", "복사하기");
      button.dataset.tooltip = "복사하기";
    });
  }

  // On a phone a wide figure keeps a size that can be read and is moved sideways in a frame of its own, by finger or by keyboard.
  function frameFigures() {
    const narrow = window.matchMedia("(max-width: 600px)");
    const frame = () => {
      if (!narrow.matches) return;
      document.querySelectorAll(".bd-article :is(.cell_output, figure) img").forEach((image) => {
        if (image.naturalWidth < 560 || image.closest(".wide-figure")) return;
        const around = document.createElement("div");
        around.className = "wide-figure";
        around.tabIndex = 0;
        around.setAttribute("role", "group");
        around.setAttribute("aria-label", "옆으로 밀어 보는 그림");
        image.replaceWith(around);
        around.append(image);
      });
    };
    window.addEventListener("load", frame);
    narrow.addEventListener("change", frame);
  }

  // Results: better Korean, and excerpts of what stands on the page instead of its printed table of contents or bare TeX.
  function mendSearch() {
    if (typeof Search === "undefined") return;
    Object.assign(Documentation.TRANSLATIONS, {
      "Hide Search Matches": "찾은 말 표시 지우기",
      "Search finished, found ${resultCount} page(s) matching the search query.": "${resultCount}곳을 찾았습니다.",
      "Your search did not match any documents. Please make sure that all words are spelled correctly and that you've selected enough categories.":
        "검색어가 있는 페이지가 없습니다. 맞춤법을 확인하거나 더 짧은 낱말로 찾아보세요.",
    });
    // Its own -1 is counted on by a step that was already due, and the dots go on for ever.
    Search.stopPulse = () => { Search._pulse_status = NaN; Search.dots.innerText = ""; };
    const toText = Search.htmlToText;
    Search.htmlToText = (page, anchor) => {
      const parsed = new DOMParser().parseFromString(page, "text/html");
      parsed.querySelectorAll("#jb-print-docs-body, .bd-article summary").forEach((element) => element.remove());
      parsed.querySelectorAll(".math").forEach((element) => {
        element.textContent = element.textContent.replace(/^\s*\\[([]|\\[)\]]\s*$/g, "");
      });
      return toText(parsed.documentElement.outerHTML, anchor);
    };
  }

  // Sphinx marks the words that were searched for where its search is not loaded; the theme loads it on every page.
  function markFound() {
    const searching = window.location.pathname.endsWith("/search.html");
    if (typeof Search !== "undefined" && typeof SphinxHighlight !== "undefined" && !searching) SphinxHighlight.highlightSearchWords();
  }

  document.addEventListener("DOMContentLoaded", () => {
    nameControls();
    frameFigures();
    mendSearch();
    markFound();
  });
})();
