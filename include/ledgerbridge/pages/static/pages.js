// What makes the pages a little handier; each of them works without it.
"use strict";

// Light or dark as Airflow's own pages are.
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch { /* a browser that keeps nothing follows the system */ }

// One press for all rows in which either side has just one suggestion.
const certain = document.querySelectorAll("input[data-mutual]");
const actions = document.querySelector(".actions.ticked");
if (certain.length && actions && document.documentElement.lang) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = document.documentElement.lang === "da"
    ? "Sæt kryds ved alle med gensidigt forslag" : "Tick all with a mutual suggestion";
  button.addEventListener("click", () => certain.forEach((box) => { box.checked = true; }));
  actions.prepend(button);
}

// Choosing a customer in a row ticks the row.
document.querySelectorAll(".guide tbody tr").forEach((row) => {
  const box = row.querySelector("input[type=checkbox]");
  row.addEventListener("change", (event) => { if (event.target !== box && box) box.checked = true; });
});
