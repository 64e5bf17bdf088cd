// Review by keys: a key presses what is marked with it; Escape puts the offer to undo away. Never while one types.

const TYPING = "input:not([type=radio]), textarea, select, [contenteditable]";

function dismiss() {
  const close = document.querySelector("[data-closes]");
  if (!close) return;
  // The address without the offer, and no link that brings it back.
  history.replaceState(null, "", close.href);
  const query = new URL(close.href).search;
  for (const link of document.querySelectorAll('a[href*="student_was="]')) link.search = query;
  close.closest(".toasts").remove();
}

function press(target) {
  if (target.matches("input[type=radio]")) {
    target.checked = true;
    target.focus();
  } else if (target.matches("summary")) {
    target.parentElement.open = true;
    target.parentElement.querySelector("input:not([type=hidden])").focus();
  } else if (target.form && target.closest("#send-back") && !hasReason(target.form)) {
    target.form.elements.words.focus();
  } else {
    target.click();
  }
}

function hasReason(form) {
  return Boolean(form.querySelector("input[type=radio]:checked") || form.elements.words.value.trim());
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  if (event.key === "Escape") {
    if (event.target.matches?.(TYPING)) event.target.blur();
    else dismiss();
    return;
  }
  if (event.target.matches?.(TYPING) || document.querySelector("dialog[open]")) return;
  const target = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!target) return;
  event.preventDefault();
  press(target);
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-closes]")) return;
  event.preventDefault();
  dismiss();
});

// One decision is sent once, however often the key is pressed.
for (const form of document.querySelectorAll(".decide-side form")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

document.querySelector('.queue [aria-current="true"]')?.scrollIntoView({ block: "nearest" });
