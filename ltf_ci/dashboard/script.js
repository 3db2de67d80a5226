
"use strict";
// The page is whole without it: it sorts, it searches, and says how long ago a day was.
const table = document.querySelector("table");
const rows = Array.from(table.querySelectorAll("tr[id]"));
const headings = Array.from(table.tHead.rows[0].cells);
const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

const sortedBy = (row, column) => {
  const cell = row.cells[column];
  const time = cell.querySelector("time");
  if (time) return time.dateTime;
  if (cell.dataset.sort) return Number(cell.dataset.sort);
  const text = cell.textContent.trim();
  return text === "" || text === "not known" ? null : text;
};
const compare = (one, other) =>
  typeof one === "number" && typeof other === "number" ? one - other : collator.compare(one, other);

const sort = (column, direction) => {
  const known = [], unknown = [];
  for (const row of rows) {
    const value = sortedBy(row, column);
    (value === null ? unknown : known).push([value, row]);
  }
  known.sort((one, other) => direction * compare(one[0], other[0]));
  for (const each of known.concat(unknown)) each[1].parentElement.append(each[1]); // base images stay apart
  headings.forEach((heading) => heading.removeAttribute("aria-sort"));
  order.value = String(column);
  headings[column].setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
};

const order = document.getElementById("order"); // where there is no room for headings
headings.forEach((heading, column) => {
  order.append(new Option(heading.textContent, String(column)));
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = heading.textContent;
  button.addEventListener("click", () => sort(column, heading.getAttribute("aria-sort") === "ascending" ? -1 : 1));
  heading.replaceChildren(button);
});
order.addEventListener("change", () => {
  const column = Number(order.value);
  sort(column, /^(Size|Made)$/.test(headings[column].textContent) ? -1 : 1); // the largest, the newest first
});

const choices = [["language", 0], ["framework", 1]].map(([id, column]) => [document.getElementById(id), column]);
const chosen = (row, except) =>
  choices.every(([choice, column]) => choice === except || !choice.value || row.cells[column].textContent === choice.value);
const offer = () => {
  for (const [choice, column] of choices) {
    const before = choice.value;
    const texts = new Set(rows.filter((row) => chosen(row, choice)).map((row) => row.cells[column].textContent));
    const options = Array.from(texts).sort(collator.compare).map((text) => new Option(text, text));
    choice.replaceChildren(new Option("all", ""), ...options);
    choice.value = texts.has(before) ? before : "";
  }
};

const counts = Array.from(document.querySelectorAll(".count"));
let filter = "";
const isOf = (row) =>
  filter === "" || row.querySelector(".state." + filter) !== null ||
  (filter === "base" && row.parentElement.className === "bases") ||
  (filter === "release" && row.parentElement.className !== "bases");
for (const count of counts) {
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-pressed", "false");
  button.append(...count.childNodes);
  button.addEventListener("click", () => {
    filter = filter === count.dataset.filter ? "" : count.dataset.filter;
    for (const each of counts) {
      each.firstChild.setAttribute("aria-pressed", String(each.dataset.filter === filter));
    }
    search();
  });
  count.append(button);
}

const words = document.getElementById("words");
const shown = document.getElementById("shown");
const textOf = (row) => Array.from(row.cells, (cell) => cell.textContent).join(" ").toLowerCase();
const texts = new Map(rows.map((row) => [row, textOf(row)]));
const search = () => {
  const wanted = words.value.toLowerCase().split(/\s+/);
  let count = 0;
  for (const row of rows) {
    row.hidden = !(isOf(row) && chosen(row, null) && wanted.every((word) => texts.get(row).includes(word)));
    if (!row.hidden) count += 1;
  }
  shown.textContent = count === rows.length ? rows.length + " shown" : count + " of " + rows.length + " shown";
};
words.addEventListener("input", search);
for (const [choice] of choices) {
  choice.addEventListener("change", () => {
    offer();
    search();
    const left = rows.filter((row) => !row.hidden);
    if (left.length === 1) for (const details of left[0].querySelectorAll("details")) details.open = true;
  });
}
offer();
document.getElementById("find").addEventListener("submit", (event) => event.preventDefault());
document.getElementById("find").hidden = false;
search();

if (navigator.clipboard) {
  for (const command of document.querySelectorAll(".command")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "copy";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(command.textContent);
      button.textContent = "copied";
    });
    command.after(button);
  }
}

const ago = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const units = [["year", 365], ["month", 30], ["day", 1]];
for (const time of document.querySelectorAll("time")) {
  const days = (Date.parse(time.dateTime) - Date.now()) / 86400000;
  const [unit, length] = units.find((each) => Math.abs(days) >= each[1]) || units[2];
  const text = document.createElement("span");
  text.textContent = ago.format(Math.trunc(days / length), unit);
  time.append(text);
}
