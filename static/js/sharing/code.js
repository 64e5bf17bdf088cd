// The code on a projector: asked for again before it is another one, and when the link was replaced. The server's clock decides.

const RETRY = 2;
// The two codes before are still good, so one that stands still is so for a minute.
const GOOD_FOR = 60_000;

/** `stage` has the address to ask in data-projection; `lost` is called when there is no link any more. Returns a function that asks now. */
export function setUp(stage, lost = () => {}) {
  const image = document.getElementById("qr");
  const spoken = document.getElementById("spoken");
  const room = document.getElementById("room-code");
  const notOpen = document.getElementById("not-open");
  let heard = performance.now();
  let next = setTimeout(ask, Number(stage.dataset.again) * 1000);
  // A laptop that slept shows an old code until it asks.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void ask();
  });
  addEventListener("online", () => {
    void ask();
  });

  async function ask() {
    clearTimeout(next);
    let again = RETRY;
    try {
      const answer = await fetch(stage.dataset.projection, {
        headers: { Accept: "application/json" },
        redirect: "error",
      });
      if (answer.status === 401) {
        again = Infinity;
        stage.classList.toggle("stale", Boolean(room));
      } else if (!answer.ok) throw new Error(`${answer.status}`);
      else again = show(await answer.json());
      heard = performance.now();
    } catch {
      stage.classList.toggle("stale", Boolean(room) && performance.now() - heard > GOOD_FOR);
    }
    if (again < Infinity) next = setTimeout(ask, Math.max(again, 0.2) * 1000);
  }

  function show(code) {
    if (!code.link && image) lost();
    else if (code.link && (!image || Boolean(code.room) !== Boolean(room))) location.reload();
    else if (code.link) {
      stage.classList.remove("stale");
      stage.dataset.code = code.code;
      if (image.getAttribute("src") !== code.image) image.src = code.image;
      if (Number(image.dataset.modules) !== code.modules) {
        image.dataset.modules = code.modules;
        dispatchEvent(new Event("resize"));
      }
      spoken.textContent = code.spoken;
      if (notOpen) notOpen.hidden = code.state !== "waiting";
      if (room) room.textContent = code.room;
    }
    return code.again;
  }

  return () => {
    void ask();
  };
}
