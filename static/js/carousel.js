// Pictures to swipe through. Without this they scroll sideways.

export async function setUp() {
  const gallery = document.querySelector("[data-carousel].several");
  if (!gallery) return;
  try {
    const { default: Swiper } = await import("../vendor/swiper/swiper-bundle.min.mjs");
    const now = gallery.querySelector("[data-carousel-now]");
    new Swiper(gallery.querySelector(".swiper"), {
      speed: 250,
      keyboard: { enabled: true },
      on: { slideChange: (swiper) => { now.textContent = swiper.activeIndex + 1; } },
    });
  } catch {
    // They go on scrolling.
  }
}
