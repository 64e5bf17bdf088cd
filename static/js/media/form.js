// What the media part tells the form: that something has changed, how many uploads run, and what was done, aloud.

export const form = document.getElementById("lesson-form");
export const words = document.getElementById("media").dataset;

let uploads = 0;

export function changed() {
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

// Whoever saves waits for `form.dataset.pending` to go away; a `change` follows when it does.
export async function pending(work) {
  form.dataset.pending = uploads += 1;
  try {
    return await work();
  } finally {
    uploads -= 1;
    if (uploads) form.dataset.pending = uploads;
    else delete form.dataset.pending;
    changed();
  }
}

export function say(text, values = {}) {
  document.getElementById("media-said").textContent = fill(text, values);
}

export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}
