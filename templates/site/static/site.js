// Everything here works without it: forms post, pages reload. It only saves waiting and clicks.
"use strict";

// Files may be dropped on the field that chooses them, and whether they are too large is told before they go.
for (const area of document.querySelectorAll(".drop")) {
  const input = area.querySelector("input[type=file]");
  const told = area.querySelector("[data-told]");
  const most = Number(area.dataset.mostBytes);
  const tell = () => {
    const files = [...input.files];
    const names = files.map((file) => file.name).join(" ");
    const isTooLarge = files.reduce((sum, file) => sum + file.size, 0) > most; // as they go: all in one request
    told.textContent = isTooLarge ? `${area.dataset.tooLarge} ${names}` : names;
    input.setCustomValidity(isTooLarge ? area.dataset.tooLarge : "");
  };
  input.addEventListener("change", tell);
  for (const event of ["dragenter", "dragover"]) area.addEventListener(event, (e) => { e.preventDefault(); area.classList.add("over"); });
  for (const event of ["dragleave", "drop"]) area.addEventListener(event, () => area.classList.remove("over"));
  area.addEventListener("drop", (e) => { e.preventDefault(); input.files = e.dataTransfer.files; tell(); });
}

// A page that waits asks how far it is, says so, and shows the result by itself.
const waiting = document.querySelector("[data-waits-for]");
if (waiting) {
  const soon = Date.now() + 5000; // most files take a second or two
  const ask = async () => {
    try {
      const answer = await fetch(waiting.dataset.waitsFor, { headers: { Accept: "application/json" } });
      if (answer.ok) {
        const state = await answer.json();
        if (state.is_done) { location.reload(); return; }
        if (waiting.textContent !== state.words) waiting.textContent = state.words;
      }
    } catch { /* the network may come back */ }
    setTimeout(ask, Date.now() < soon ? 250 : 1000);
  };
  setTimeout(ask, 250);
}

// A form goes once, however often its button is pressed.
for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", (e) => {
    if (form.dataset.gone) e.preventDefault();
    form.dataset.gone = "yes";
  });
}
window.addEventListener("pageshow", () => { for (const form of document.querySelectorAll("form")) delete form.dataset.gone; });

for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
