// A word from below with a way back: toast("Deleted.", { action: "Undo", act: () => … }).

/** @param {{action?: string, act?: () => void, kind?: "good" | "bad" | "", seconds?: number}} more */
export function toast(text, { action = "", act, kind = "", seconds = action ? 10 : 5 } = {}) {
  const item = document.createElement("div");
  item.className = `toast ${kind}`.trim();
  item.setAttribute("role", kind === "bad" ? "alert" : "status");
  const words = document.createElement("p");
  words.textContent = text;
  item.append(words);
  let timer = 0;
  const close = () => {
    clearTimeout(timer);
    item.remove();
  };
  if (action) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "small";
    button.textContent = action;
    button.addEventListener("click", () => {
      close();
      act?.();
    });
    item.append(button);
  }
  // Whoever is about to press it is not hurried.
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(close, seconds * 1000);
  };
  for (const stay of ["pointerenter", "focusin"]) item.addEventListener(stay, () => clearTimeout(timer));
  for (const go of ["pointerleave", "focusout"]) item.addEventListener(go, wait);
  place().append(item);
  wait();
  return close;
}

function place() {
  const there = document.querySelector(".toasts");
  if (there) return there;
  const made = document.createElement("div");
  made.className = "toasts";
  document.body.append(made);
  return made;
}
