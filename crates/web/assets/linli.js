// Improves what works without it: keys on the desk's queue, keeping what is typed, and looking again while something is under way.
"use strict";
(() => {
  const rows = [...document.querySelectorAll("[data-queue] tbody tr")];
  let at = -1;
  const go = (n) => {
    if (!rows.length) return;
    if (at >= 0) rows[at].removeAttribute("aria-selected");
    at = Math.max(0, Math.min(rows.length - 1, n));
    rows[at].setAttribute("aria-selected", "true");
    rows[at].querySelector("a")?.focus({ preventScroll: true });
    rows[at].scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName)) return;
    const k = e.key.toLowerCase();
    if (rows.length && k === "j") go(at + 1);
    else if (rows.length && k === "k") go(at - 1);
    else if (k === "x" && at >= 0) rows[at].querySelector("input[type=checkbox]")?.click();
    else if (k === "/") { const s = document.querySelector("input[type=search]"); if (s) { s.focus(); e.preventDefault(); } }
    else { const b = document.querySelector(`[data-key="${CSS.escape(k)}"]`); if (b) b.focus(); }
  });
  // What is typed is kept while she is still on the page; the button saves it too.
  for (const form of document.querySelectorAll("form[data-keep]")) {
    form.addEventListener("change", () => {
      fetch(form.dataset.keep, { method: "POST", body: new URLSearchParams(new FormData(form)), keepalive: true }).catch(() => {});
    });
  }
  const again = document.querySelector("[data-again]");
  if (again) setTimeout(() => location.reload(), Number(again.dataset.again) * 1000);
})();
