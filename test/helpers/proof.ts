/** Finds waits that prove nothing, because what they wait for stood there before the last key: `CAUSETTE_TEST_WAITS=FILE` lists them there. */
import { appendFileSync } from 'node:fs';

const LIST = process.env['CAUSETTE_TEST_WAITS'];

export interface Proof {
  /** Something is typed. */
  step(what: string): void;
  /** Something is waited for. */
  wait(holds: (lines: readonly string[]) => boolean, what: string): void;
}

export function createProof(lines: () => readonly string[]): Proof {
  if (LIST === undefined) return { step: () => undefined, wait: () => undefined };
  let before: readonly string[] = [];
  let typed = '';
  return {
    step(what) {
      // Answers of the terminal itself are nobody's step.
      if (/^\x1b(?:\[[?>]|\]|P)/.test(what)) return;
      before = lines();
      typed = what;
    },
    wait(holds, what) {
      if (typed === '' || !holds(before)) return;
      const [, ...stack] = new Error().stack?.split('\n') ?? [];
      const place = stack.map(line => /\/test\/((?!helpers\/(?:pty|proof))\S+?:\d+)/.exec(line)?.[1]).find(Boolean);
      appendFileSync(LIST, `${place ?? '?'}\t${JSON.stringify(typed)}\t${what}\n`);
    },
  };
}
