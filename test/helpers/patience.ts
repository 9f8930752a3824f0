/** How long the suites wait for what must come, and how they are slowed down on purpose to find what only works on a fast machine. */

/** The limit of every wait in milliseconds: a test fails because a thing does not happen, never because a machine is busy. */
export const PATIENCE_MS = 60_000;

/** `CAUSETTE_TEST_SLOW=400`: what terminals and connections carry comes up to that many milliseconds later, by another amount each. */
const SLOW_MS = Number(process.env['CAUSETTE_TEST_SLOW'] ?? 0);

/** True when tests are slowed down on purpose. */
export const isSlowed = SLOW_MS > 0;

/** Something that carries things one after the other, each somewhat later when tests are slowed down. */
export function createLag(): (work: () => void) => void {
  if (!isSlowed) return work => work();
  // Some are quick and some are slow, so that what usually comes first comes last.
  const most = Math.random() < 0.3 ? 0 : Math.random() * SLOW_MS;
  const queue: { readonly due: number; readonly work: () => void }[] = [];
  const next = (): void => {
    const first = queue[0];
    if (first === undefined) return;
    const wait = first.due - performance.now();
    if (wait > 0) {
      setTimeout(next, Math.ceil(wait));
      return;
    }
    queue.shift();
    first.work();
    setImmediate(next);
  };
  return work => {
    queue.push({ due: performance.now() + Math.random() * most, work });
    if (queue.length === 1) next();
  };
}
