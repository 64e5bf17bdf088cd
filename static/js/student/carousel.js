// Pictures to swipe through. Without this they scroll sideways, so it comes when the page has nothing else to do.

export async function setUp() {
  const gallery = document.querySelector("[data-carousel].several");
  if (!gallery) return;
  await idle();
  try {
    const { default: Swiper } = await import("../../vendor/swiper/swiper-bundle.min.mjs");
    const now = gallery.querySelector("[data-carousel-now]");
    new Swiper(gallery.querySelector(".swiper"), {
      speed: 250,
      keyboard: { enabled: true },
      on: {
        slideChange: (swiper) => {
          now.textContent = swiper.activeIndex + 1;
        },
      },
    });
  } catch {
    // They go on scrolling.
  }
}

function idle() {
  return new Promise((resolve) => {
    const wait = () => (window.requestIdleCallback ?? setTimeout)(resolve);
    if (document.readyState === "complete") wait();
    else addEventListener("load", wait, { once: true });
  });
}
