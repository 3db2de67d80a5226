
"use strict";
// The page is whole without it: it sorts, it searches, and says how long ago a day was.
const table = document.querySelector("table");
const body = table.tBodies[0];
const rows = Array.from(body.querySelectorAll("tr[id]"));
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
  body.append(...known.concat(unknown).map((each) => each[1]));
  headings.forEach((heading) => heading.removeAttribute("aria-sort"));
  headings[column].setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
};

headings.forEach((heading, column) => {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = heading.textContent;
  button.addEventListener("click", () => sort(column, heading.getAttribute("aria-sort") === "ascending" ? -1 : 1));
  heading.replaceChildren(button);
});
table.classList.add("sortable");

const words = document.getElementById("words");
const shown = document.getElementById("shown");
const textOf = (row) => Array.from(row.cells, (cell) => cell.textContent).join(" ").toLowerCase();
const texts = new Map(rows.map((row) => [row, textOf(row)]));
const search = () => {
  const wanted = words.value.toLowerCase().split(/\s+/);
  let count = 0;
  for (const row of rows) {
    row.hidden = !wanted.every((word) => texts.get(row).includes(word));
    if (!row.hidden) count += 1;
  }
  shown.textContent = count === rows.length ? rows.length + " shown" : count + " of " + rows.length + " shown";
};
words.addEventListener("input", search);
document.getElementById("find").addEventListener("submit", (event) => event.preventDefault());
document.getElementById("find").hidden = false;
search();

const ago = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const units = [["year", 365], ["month", 30], ["day", 1]];
for (const time of document.querySelectorAll("time")) {
  const days = (Date.parse(time.dateTime) - Date.now()) / 86400000;
  const [unit, length] = units.find((each) => Math.abs(days) >= each[1]) || units[2];
  const text = document.createElement("span");
  text.textContent = ago.format(Math.trunc(days / length), unit);
  time.append(text);
}
