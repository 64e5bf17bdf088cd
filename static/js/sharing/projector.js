// What pages for the projector share: the whole screen, and a screen that stays on.

/** `full` is the button for the whole screen, with the other label in data-leave; Escape leads to `back`. */
export function setUp(full, back) {
  full.hidden = !document.fullscreenEnabled;
  const label = full.textContent;
  full.addEventListener("click", () => {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void document.documentElement.requestFullscreen();
  });
  document.addEventListener("fullscreenchange", () => {
    full.textContent = document.fullscreenElement ? full.dataset.leave : label;
  });
  addEventListener("keydown", (event) => {
    if (/^(?:INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    if (event.key === "Escape" && !document.fullscreenElement) location.assign(back);
    if (event.key === "f" && !event.ctrlKey && !event.metaKey) full.click();
  });
  void stayAwake();
  document.addEventListener("visibilitychange", () => {
    void stayAwake();
  });
  document.addEventListener("fullscreenchange", () => {
    void stayAwake();
  });
}

// A phone on which an instructor looks at the page is no projector: its screen may go off.
function projected() {
  return Boolean(document.fullscreenElement) || matchMedia("(min-width: 50rem)").matches;
}

async function stayAwake() {
  if (document.visibilityState !== "visible" || !projected()) return;
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // Refused on battery saving; the projector's own settings decide.
  }
}
