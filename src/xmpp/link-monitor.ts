/** Finds out that a link is dead although nobody said so: acknowledgement requests with deadlines. XEP-0198 §4 */
import type { Clock } from './session-types.js';

/** Several sends share one request for an acknowledgement. */
const REQUEST_DELAY_MS = 250;
const REQUEST_AT = 50;
/** After a suspension the answer has to come soon. */
export const PROBE_MS = 5000;

/**
 * Silence after which the server is asked. That the host of the other end of the line has gone the system notices itself
 * (`dial.ts`), within 40 s and without waking us; so this is for a server that hangs. Behind a proxy that end is the proxy.
 */
export const IDLE_MS = 120_000;
export const IDLE_BEHIND_PROXY_MS = 30_000;

export interface LinkMonitor {
  /** Anything arrived. */
  heard(): void;
  /** Our question was answered. */
  answered(): void;
  sent(count: number): void;
  /** Asks now; without an answer in this time the link is dead. */
  probe(limitMs?: number): void;
  stop(): void;
}

export function createLinkMonitor(options: {
  clock: Clock;
  idleMs: number;
  ackTimeoutMs: number;
  /** Writes the question. */
  ask(): void;
  /** Half of the time is over without an answer; false: it came. */
  onDoubt(doubtful: boolean): void;
  onDead(): void;
}): LinkMonitor {
  const { clock } = options;
  let idle: unknown;
  let heardAt = clock.now();
  let request: unknown;
  let slow: unknown;
  let deadline: unknown;
  let unasked = 0;
  let stopped = false;
  let doubtful = false;

  const clear = (...handles: unknown[]): void => {
    for (const handle of handles) if (handle !== undefined) clock.clearTimeout(handle);
  };
  const doubt = (next: boolean): void => {
    if (doubtful === next) return;
    doubtful = next;
    options.onDoubt(next);
  };
  const arm = (limitMs: number): void => {
    clear(slow, deadline);
    slow = clock.setTimeout(() => doubt(true), limitMs / 2);
    deadline = clock.setTimeout(options.onDead, limitMs);
  };
  const probe = (limitMs = options.ackTimeoutMs): void => {
    if (stopped) return;
    clear(request);
    request = undefined;
    unasked = 0;
    if (deadline === undefined || limitMs < options.ackTimeoutMs) arm(limitMs);
    options.ask();
  };
  /** One timer for a whole flood: when it ends it looks how long nothing was heard. */
  const rest = (ms = options.idleMs): void => {
    idle = clock.setTimeout(() => {
      const left = options.idleMs - (clock.now() - heardAt);
      // What was said a moment after the timer was set is not worth another wake-up.
      if (left > options.idleMs / 20 && left < options.idleMs) {
        rest(left);
        return;
      }
      probe();
      heardAt = clock.now();
      rest();
    }, ms);
  };
  rest();

  return {
    heard() {
      if (stopped) return;
      heardAt = clock.now();
      doubt(false);
      // Behind a long archive page the answer is late, but the link is not dead.
      if (deadline !== undefined) arm(options.ackTimeoutMs);
    },
    answered() {
      clear(slow, deadline);
      slow = deadline = undefined;
    },
    sent(count) {
      if (stopped) return;
      unasked += count;
      if (unasked >= REQUEST_AT) probe();
      else request ??= clock.setTimeout(() => probe(), REQUEST_DELAY_MS);
    },
    probe,
    stop() {
      stopped = true;
      clear(idle, request, slow, deadline);
    },
  };
}
