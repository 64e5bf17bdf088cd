// Import and export: says that a file is on its way, and looks how far an import is.

for (const form of document.querySelectorAll("form[data-sends]")) {
  form.addEventListener("submit", () => {
    form.querySelector(".sending").hidden = false;
    for (const button of form.querySelectorAll("button")) button.disabled = true;
  });
  // Back from the next page by the browser's own button.
  window.addEventListener("pageshow", () => {
    form.querySelector(".sending").hidden = true;
    for (const button of form.querySelectorAll("button")) button.disabled = false;
  });
}

const waiting = document.querySelector("[data-progress]");
if (waiting) look();

async function look() {
  try {
    const answer = await fetch(waiting.dataset.progress, { headers: { accept: "application/json" } });
    const { state, done, total } = await answer.json();
    if (!answer.ok || state !== "running") return location.reload();
    waiting.querySelector("progress").value = done;
    waiting.querySelector("[data-count]").textContent = `${done}/${total}`;
  } catch {
    // Offline for a moment: ask again.
  }
  setTimeout(look, 700);
}
