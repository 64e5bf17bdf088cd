// Copy buttons: <button data-copy="ID of a field or text" data-done="Copied" hidden>. They show themselves only where this runs.

const show = () => {
  for (const button of document.querySelectorAll("button[data-copy]")) button.hidden = false;
};
show();
// A list that was put in place of another one.
document.addEventListener("swapped", show);

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("button[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  button.dataset.label ??= button.textContent;
  await copy(source.value ?? (source.rows ? table(source) : source.textContent.trim()), source);
  button.textContent = button.dataset.done;
  setTimeout(() => {
    button.textContent = button.dataset.label;
  }, 2000);
});

/** As spreadsheets take it. */
function table({ rows }) {
  return [...rows].map((row) => [...row.cells].map((cell) => cell.textContent.trim()).join("\t")).join("\n");
}

async function copy(text, source) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Over plain http, as in a try-out on the school's network, there is no clipboard API.
    if (source.select) source.select();
    else getSelection().selectAllChildren(source);
    document.execCommand("copy");
  }
}
