/** What follows the end of a stream: when the next attempt starts, where it goes, and when there is none. */
import { StreamFailure } from './errors.js';
import type { Backoff } from './session-types.js';

/** Retries after which waiting starts when the server asked for patience. */
const PATIENT_RETRIES = 4;
const PATIENCE: ReadonlySet<string> = new Set(['policy-violation', 'resource-constraint']);
const MAX_HOPS = 3;
/** So many broken streams within this time, and trying on is of no use. */
const BROKEN_STREAMS = 3;
const BROKEN_WINDOW_MS = 5 * 60_000;

export interface Place {
  host: string;
  port: number | undefined;
}

export interface Retry {
  /** Where the server sent us; only the next attempt goes there. */
  readonly redirect: Place | undefined;
  /** False when it was too often. */
  follow(place: Place): boolean;
  /** The same failure, or one that ends everything. */
  judge(failure: StreamFailure): StreamFailure;
  /** The first one comes at once, the next ones after random times under a growing limit. */
  nextDelayMs(failure: StreamFailure): number;
  /** The connection was good for a while: what comes next is a new failure. */
  settled(): void;
  /** A person starts anew. */
  reset(): void;
}

export function createRetry(options: {
  subject: string;
  backoff: Backoff;
  random: () => number;
  now: () => number;
}): Retry {
  const { subject, backoff, random } = options;
  let retries = 0;
  let hops = 0;
  let redirect: Place | undefined;
  let brokenAt: number[] = [];
  const retry: Retry = {
    get redirect() {
      return redirect;
    },
    follow(place) {
      if (hops >= MAX_HOPS) return false;
      hops++;
      redirect = place;
      return true;
    },
    judge(failure) {
      if (failure.condition !== 'see-other-host') redirect = undefined;
      if (failure.fatal || (failure.kind !== 'protocol' && failure.kind !== 'limit')) return failure;
      // Broken XML now and then is bad luck; again and again it is the server.
      const now = options.now();
      brokenAt = [...brokenAt.filter(at => now - at < BROKEN_WINDOW_MS), now];
      if (brokenAt.length < BROKEN_STREAMS) return failure;
      brokenAt = [];
      const reason = `${failure.message.replace(/\.$/, '')}, three times in a row`;
      return new StreamFailure(failure.kind, { subject, condition: failure.condition, reason, fatal: true });
    },
    nextDelayMs(failure) {
      if (PATIENCE.has(failure.condition)) retries = Math.max(retries, PATIENT_RETRIES);
      if (redirect !== undefined) return 0;
      const ceiling = Math.min(backoff.maxMs, backoff.baseMs * 2 ** (retries - 1));
      return retries++ === 0 ? 0 : random() * ceiling;
    },
    settled() {
      retries = 0;
      hops = 0;
    },
    reset() {
      retry.settled();
      redirect = undefined;
    },
  };
  return retry;
}
