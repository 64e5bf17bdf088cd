// Buttons that print the page: <button data-print hidden>. They show themselves only where this runs.

for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
