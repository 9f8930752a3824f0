/** A budget that fills itself: so many at once, and then so many a second. */

/** The result answers true and counts, or false when nothing is left. `now` is in milliseconds. */
export function createBudget(most: number, perSecond: number, now: () => number): () => boolean {
  let left = most;
  let at = now();
  return () => {
    const time = now();
    left = Math.min(most, left + ((time - at) / 1000) * perSecond);
    at = time;
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}
