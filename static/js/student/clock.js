// How far the phone's clock is off: the page says when it was made, the browser when it was asked for and answered.

const LONGEST = 60_000;
const HISTORY = 2;

/** The server's clock minus the phone's in milliseconds; undefined where it cannot be told. `made` is the page's moment. */
export function clockOffset(made) {
  const { timing, navigation } = performance;
  // A page out of the browser's memory was made some other time.
  if (!made || !timing?.responseStart || navigation?.type === HISTORY) return undefined;
  const took = timing.responseStart - timing.requestStart;
  if (took < 0 || took > LONGEST) return undefined;
  return Math.round(Number(made) - (timing.requestStart + timing.responseStart) / 2);
}
