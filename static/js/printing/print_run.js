// A print run under way: how far it is, until it has ended.

const waiting = document.querySelector("[data-run]");
if (waiting) look();

async function look() {
  try {
    const answer = await fetch(waiting.dataset.run, { headers: { accept: "application/json" } });
    const { state, done, slips } = await answer.json();
    if (!answer.ok || (state !== "queued" && state !== "working")) return location.reload();
    waiting.querySelector("progress").value = done;
    waiting.querySelector("[data-count]").textContent = `${done}/${slips}`;
  } catch {
    // Offline for a moment: ask again.
  }
  setTimeout(look, 500);
}
