/** Breaks off code that does not come to an end: a call runs inside a script with a time limit, which another thread watches. */
import { Script } from 'node:vm';

/** Where the script finds its call; nested calls stand on each other. */
const CALLS = Symbol.for('causette.bounded');

/** What was broken off. */
export class EndlessError extends Error {}

/** Runs `call`; after `ms` milliseconds without an end it is broken off and an Error says so. What it awaits is not watched. */
export function createBounded(ms: number): <T>(call: () => T) => T {
  const calls: (() => unknown)[] = [];
  (globalThis as unknown as Record<symbol, unknown>)[CALLS] = (): unknown => calls.pop()?.();
  const script = new Script(`globalThis[Symbol.for('causette.bounded')]()`);
  return <T>(call: () => T): T => {
    calls.push(call);
    try {
      return script.runInThisContext({ timeout: ms }) as T;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
        throw new EndlessError(`it did not come to an end within ${ms / 1000} seconds and was broken off`);
      throw error;
    }
  };
}
