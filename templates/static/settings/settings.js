// Choices that stand in the ERP become lists, rows can be added and removed. Without it ids are typed, and all works.
"use strict";

const DEBOUNCE = 300, PATIENCE = 60000;
const say = (element, text, warns = false) => { element.textContent = text; element.classList.toggle("warns", warns); };

function make(tag, properties) { return Object.assign(document.createElement(tag), properties); }

function option(value, text, chosen) { return make("option", { value, textContent: text, selected: value === chosen }); }

class LiveField {
  constructor(form, input) {
    this.form = form; this.input = input; this.turn = 0;
    this.of = input.dataset.of; this.vendor = form.dataset.vendor;
    this.note = input.parentElement.querySelector(".note");
    this.parents = input.dataset.parents.trim().split(" ").filter(Boolean).map((pair) => pair.split("="));
    this.select = make("select", {});
    this.search = make("input", { type: "search", placeholder: `Search ${this.of}`, hidden: true });
    this.search.setAttribute("aria-label", `Search ${this.of}`);
    this.again = make("button", { type: "button", className: "again", textContent: "Try again", hidden: true });
    input.before(this.search, this.select);
    this.note.after(this.again);
    for (const name of ["aria-describedby", "aria-invalid", "aria-required"])
      if (input.hasAttribute(name)) this.select.setAttribute(name, input.getAttribute(name));
    this.select.id = input.id; input.id = `${input.id}-typed`;
    input.setAttribute("aria-label", `${this.select.labels[0]?.textContent ?? this.of}: id`);
    this.select.addEventListener("change", () => this.choose(this.select.value));
    this.again.addEventListener("click", () => { this.load().then(() => (this.select.hidden ? this.again : this.select).focus()); });
    this.search.addEventListener("input", () => { clearTimeout(this.timer); this.timer = setTimeout(() => this.load(), DEBOUNCE); });
    this.search.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    for (const [, name] of this.parents)
      this.field(name)?.addEventListener("change", () => { this.search.value = ""; this.load(); });
    this.load();
  }

  field(name) { return this.form.querySelector(`[name="${name}"]`); }

  choose(value) {
    this.input.value = value;
    this.input.dispatchEvent(new Event("change"));
    const found = this.found?.find((one) => one.id === value);
    this.tell(found?.problem ? `${found.label} is ${found.problem}.` : this.count(), Boolean(found?.problem));
  }

  tell(text, warns = false) { say(this.note, text, warns); }

  count() { return this.more ? `The first ${this.found.length} are shown. Search for others.` : ""; }

  lone(text, busy = false) {
    this.select.replaceChildren(option("", text));
    this.select.disabled = true; this.select.setAttribute("aria-busy", busy);
    this.show(true);
  }

  show(list) { this.select.hidden = !list; this.input.hidden = list; this.again.hidden = list; }

  address() {
    const address = new URL(this.form.dataset.choices, location.href);
    const asked = { setting: this.input.dataset.live, search: this.search.value, chosen: this.input.value };
    for (const [name, value] of Object.entries(asked)) address.searchParams.set(name, value);
    for (const [name, field] of this.parents) address.searchParams.set(`given.${name}`, this.field(field)?.value ?? "");
    return address;
  }

  async load() {
    const turn = ++this.turn;  // a late answer to an earlier question counts no more
    this.lone(`Loading ${this.of} from ${this.vendor}…`, true);
    this.tell("");
    const answer = await ask(this.address());
    if (turn !== this.turn) return;
    this.select.setAttribute("aria-busy", "false");
    if (answer.problem) this.fail(answer.problem);
    else if (answer.first) this.lone(`Choose ${answer.first} first`);
    else this.offer(answer);
  }

  fail(sentence) {
    this.show(false);
    this.tell(`The ${this.of} could not be loaded. ${sentence} Until then the id can be typed here.`, true);
  }

  offer(answer) {
    const value = this.input.value;
    this.found = answer.choices; this.more = answer.more;
    this.search.hidden = !(answer.more || this.search.value);
    const there = this.found.some((one) => one.id === value);
    const lead = [option("", this.found.length ? "None chosen" : `${this.vendor} has no ${this.of}`, value)];
    const label = answer.chosen?.label ?? this.input.dataset.label ?? "";
    if (value && !there) lead.push(option(value, answer.chosen ? label : `No longer in ${this.vendor}: ${label || value}`, value));
    const rest = this.found.map((one) => option(one.id, one.problem ? `${one.label} (${one.problem})` : one.label, value));
    this.select.replaceChildren(...lead, ...rest);
    this.select.disabled = !this.found.length && !value;
    this.show(true);
    if (value && !answer.chosen) this.tell(`No longer in ${this.vendor}: ${label || value}. Choose another one.`, true);
    else if (answer.chosen?.problem) this.tell(`${answer.chosen.label} is ${answer.chosen.problem}.`, true);
    else this.tell(this.found.length ? this.count() : this.search.value ? "Nothing is called so. Search for another word." : `Add one in ${this.vendor}, then load this page again.`);
  }
}

async function ask(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE) });
    return answer.ok ? await answer.json() : { problem: `The page was answered ${answer.status}. Load it again.` };
  } catch {
    return { problem: "There was no answer. Try again in a moment." };
  }
}

function enliven(form, place) {
  for (const input of place.querySelectorAll("input[data-live]")) if (!input.closest("template")) new LiveField(form, input);
}

function rows(form, place) {
  const add = place.querySelector(".add"), count = place.querySelector(":scope > input[type=hidden]");
  const template = place.querySelector("template");
  const shown = () => place.querySelectorAll(":scope > .row:not([hidden])").length;
  const limit = () => { add.hidden = shown() >= Number(place.dataset.rows); };
  const removable = (row) => {
    const button = row.querySelector(".remove");
    button.hidden = false;
    button.addEventListener("click", () => {
      for (const field of row.querySelectorAll("input, select, textarea")) { field.value = ""; field.checked = false; }
      row.hidden = true; limit(); add.focus();
    });
  };
  place.querySelectorAll(":scope > .row").forEach(removable);
  add.addEventListener("click", () => {
    const made = make("div", { innerHTML: template.innerHTML.replaceAll("-__row__-", `-${count.value}-`).replaceAll("__row__", Number(count.value) + 1) });
    const row = made.querySelector(".row");
    count.value = Number(count.value) + 1;
    add.before(row); removable(row); enliven(form, row); limit();
    row.querySelector("input:not([hidden]), select, textarea").focus();
  });
  limit();
}

for (const form of document.querySelectorAll("form.settings[data-choices]")) {
  form.querySelectorAll(".rows").forEach((place) => rows(form, place));
  enliven(form, form);
}
