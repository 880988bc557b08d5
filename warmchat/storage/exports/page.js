"use strict";
(() => {
  const form = document.getElementById("filters");
  const none = document.getElementById("none");
  const sessions = [...document.querySelectorAll(".session")];
  const turns = [...document.querySelectorAll(".turn")];
  const words = new Map(turns.map((turn) => [turn, turn.textContent.toLowerCase()]));

  function apply() {
    const asked = new FormData(form);
    const terms = asked.get("text").toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const turn of turns) {
      const fits =
        ["label", "kind", "profile"].every((name) => !asked.get(name) || turn.dataset[name] === asked.get(name)) &&
        terms.every((term) => words.get(turn).includes(term));
      turn.hidden = !fits;
      shown += fits;
    }
    for (const session of sessions) session.hidden = !session.querySelector(".turn:not([hidden])");
    none.hidden = shown > 0;
    form.elements.count.textContent = shown === turns.length ? "" : `${shown} of ${turns.length}`;
  }

  // Pointing at one span shows the other of its pair.
  function point(event) {
    const at = event.target.closest("[data-pair]");
    for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
    if (!at) return;
    const asked = at.dataset.pair.split(" ");
    for (const other of at.closest(".turn").querySelectorAll("[data-pair]")) {
      if (other.dataset.pair.split(" ").some((pair) => asked.includes(pair))) other.classList.add("lit");
    }
  }

  form.hidden = turns.length < 2;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("pointerover", point);
})();
