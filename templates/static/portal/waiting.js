// A sent form says so at once, in words after 2 s, and shows a way out after 10 s. Without it, forms work too.
const timers = new Map();

function wait(form) {
  const words = form.querySelector(".waiting");
  form.setAttribute("aria-busy", "true");
  if (!words) return;
  const lines = [...words.querySelectorAll("[data-after]")];
  lines.forEach((line) => (line.hidden = true));
  words.hidden = false;
  timers.set(form, lines.map((line) => setTimeout(() => (line.hidden = false), line.dataset.after * 1000)));
}

function rest(form) {
  form.removeAttribute("aria-busy");
  (timers.get(form) ?? []).forEach(clearTimeout);
  const words = form.querySelector(".waiting");
  if (words) words.hidden = true;
}

for (const form of document.querySelectorAll("form[data-waiting]")) {
  form.addEventListener("submit", (event) => {
    if (form.getAttribute("aria-busy")) event.preventDefault();
    else wait(form);
  });
  // Back from the vendor, the page may come out of the browser's memory as it was left.
  window.addEventListener("pageshow", () => rest(form));
}
