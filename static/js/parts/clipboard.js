// Copy buttons: <button data-text="what is copied" hidden>. They show themselves only where this runs.

export function setUp(texts) {
  for (const button of document.querySelectorAll("button[data-text]")) {
    const label = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const done = await copy(button.dataset.text);
      button.textContent = done ? texts.copied : texts.copyFailed;
      button.classList.toggle("done", done);
      setTimeout(() => {
        button.textContent = label;
        button.classList.remove("done");
      }, 2_500);
    });
  }
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Over plain http, and in some apps' browsers, there is no clipboard API.
    const area = document.createElement("textarea");
    area.value = text;
    area.readOnly = true;
    area.className = "visually-hidden";
    (document.querySelector("dialog[open]") ?? document.body).append(area);
    area.select();
    area.setSelectionRange(0, text.length);
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
