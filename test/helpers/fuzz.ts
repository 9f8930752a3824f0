/** How long a fuzz goes on: some runs in every test, and with `FUZZ_SECONDS=180 npm test fuzz` so many seconds each. */
import type fc from 'fast-check';

const SECONDS = Number(process.env['FUZZ_SECONDS'] ?? 0);

/** Parameters for `fc.assert`: `runs` cases, or as many as fit into the time; a failure prints its seed. */
export function fuzzRuns<T>(runs: number): fc.Parameters<T> {
  return SECONDS > 0
    ? { numRuns: 1_000_000_000, interruptAfterTimeLimit: SECONDS * 1000, markInterruptAsFailure: false }
    : { numRuns: runs };
}
