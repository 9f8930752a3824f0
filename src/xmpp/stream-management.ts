/** The counters of XEP-0198, kept apart from any connection so that a session outlives its streams. https://xmpp.org/extensions/xep-0198.html */

const MODULUS = 0x1_0000_0000;

export type Acknowledged<T> =
  | { kind: 'items'; items: T[] }
  /** Nobody can have handled more than was sent: RFC says `handled-count-too-high`. */
  | { kind: 'too-high'; handled: number; sent: number }
  /** Not a number, or older than what was acknowledged before. */
  | { kind: 'ignored' };

export interface StreamManagement<T> {
  /** For `<resume previd>`; undefined when the server cannot resume. */
  readonly resumeId: string | undefined;
  /** Where the server wishes the resumption, as it wrote it. */
  readonly location: string | undefined;
  /** Stanzas handled here, modulo 2^32. */
  readonly received: number;
  /** Stanzas sent, acknowledged or not, modulo 2^32. */
  readonly total: number;
  /** Sent and not acknowledged, oldest first. */
  readonly unacknowledged: readonly T[];
  /** Resuming would only repeat what went wrong. */
  readonly spoiled: boolean;
  countReceived(): void;
  sent(item: T): void;
  acknowledge(h: string | undefined): Acknowledged<T>;
  spoil(): void;
}

export function createStreamManagement<T>(options: {
  resumeId: string | undefined;
  location?: string | undefined;
}): StreamManagement<T> {
  let received = 0;
  let base = 0;
  let spoiled = false;
  const unacknowledged: T[] = [];
  return {
    resumeId: options.resumeId,
    location: options.location,
    get received() {
      return received;
    },
    get spoiled() {
      return spoiled;
    },
    get total() {
      return (base + unacknowledged.length) % MODULUS;
    },
    unacknowledged,
    countReceived() {
      received = (received + 1) % MODULUS;
    },
    sent(item) {
      unacknowledged.push(item);
    },
    acknowledge(h) {
      const handled = parseCount(h);
      if (handled === undefined) return { kind: 'ignored' };
      const count = (handled - base + MODULUS) % MODULUS;
      if (count > unacknowledged.length) {
        // More than half of the circle ahead is in truth behind us: an old answer that arrived late.
        if (count > MODULUS / 2 && handled < base) return { kind: 'ignored' };
        return { kind: 'too-high', handled, sent: (base + unacknowledged.length) % MODULUS };
      }
      base = handled;
      return { kind: 'items', items: unacknowledged.splice(0, count) };
    },
    spoil() {
      spoiled = true;
    },
  };
}

function parseCount(h: string | undefined): number | undefined {
  if (h === undefined || !/^[0-9]{1,10}$/.test(h)) return undefined;
  const value = Number(h);
  return value < MODULUS ? value : undefined;
}
