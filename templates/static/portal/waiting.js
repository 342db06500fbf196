// What was sent says so at once, in words after 2 s, and shows a way out after 10 s. All works without it, too.
const timers = new Map();

function wait(place) {
  const words = place.querySelector(".waiting");
  place.setAttribute("aria-busy", "true");
  if (!words) return;
  const lines = [...words.querySelectorAll("[data-after]")];
  lines.forEach((line) => (line.hidden = true));
  words.hidden = false;
  timers.set(place, lines.map((line) => setTimeout(() => (line.hidden = false), line.dataset.after * 1000)));
}

function rest(place) {
  place.removeAttribute("aria-busy");
  (timers.get(place) ?? []).forEach(clearTimeout);
  const words = place.querySelector(".waiting");
  if (words) words.hidden = true;
}

for (const place of document.querySelectorAll("[data-waiting]")) {
  const form = place instanceof HTMLFormElement;
  (form ? place : place.querySelector("a")).addEventListener(form ? "submit" : "click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (place.getAttribute("aria-busy")) event.preventDefault();
    else wait(place);
  });
  // Back from the vendor, the page may come out of the browser's memory as it was left.
  window.addEventListener("pageshow", () => rest(place));
}
