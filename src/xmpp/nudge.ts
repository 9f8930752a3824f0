/**
 * Says a space where the server would wait for us: one that fills its packets (Nagle) holds the rest back until our system has
 * acknowledged what came, which it does up to 40 ms late unless we have something to say. White space between stanzas means
 * nothing and may be sent at any time but while logging in. RFC 6120 §4.6.1
 */
import type { Socket } from 'node:net';

/** Less than this is no burst, and nobody waits for its end. */
const BURST_BYTES = 4096;
/** So long nothing came in the middle of a burst: either it is over, or we are waited for, or the server has much to do. */
const PAUSE_MS = 4;
/** What comes so soon behind a space had waited for it; else the next one comes later, for it costs both sides something. */
const AT_ONCE_MS = 3;
const MAX_PAUSE_MS = 16;
/** What comes so late has nothing to do with it. */
const NEXT_BURST_MS = 200;
/** Servers send two tickets or so behind the handshake of TLS 1.3, and the answer to our header behind these. */
const MAX_TICKETS = 4;

export interface Nudge {
  /** Bytes came. */
  heard(bytes: number): void;
  /** Something is sent anyway. */
  said(): void;
  stop(): void;
}

export function createNudge(socket: Socket): Nudge {
  /** Heard since we said something. */
  let bytes = 0;
  let heardAt = 0;
  let pauseMs = PAUSE_MS;
  /** A space of ours was not answered yet. */
  let saidAt: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let over = false;
  let tickets = 0;
  let begun = false;
  let answered = false;

  const say = (): void => {
    bytes = 0;
    if (over || !socket.writable) return;
    saidAt = performance.now();
    socket.write(' ');
  };
  const look = (): void => {
    timer = undefined;
    if (over || bytes < BURST_BYTES) return;
    const rest = heardAt + pauseMs - performance.now();
    if (rest > 0) timer = setTimeout(look, rest);
    else say();
  };
  socket.on('session', () => {
    // Not now: OpenSSL is in the middle of reading.
    setImmediate(() => {
      if (begun && !answered && tickets++ < MAX_TICKETS) say();
    });
  });

  return {
    heard(count) {
      answered = true;
      bytes += count;
      heardAt = performance.now();
      if (saidAt !== undefined) {
        const late = heardAt - saidAt;
        const useless = late > AT_ONCE_MS && late < NEXT_BURST_MS;
        pauseMs = useless ? Math.min(pauseMs * 2, MAX_PAUSE_MS) : PAUSE_MS;
        saidAt = undefined;
      }
      if (bytes >= BURST_BYTES) timer ??= setTimeout(look, pauseMs);
    },
    said() {
      begun = true;
      bytes = 0;
    },
    stop() {
      over = true;
      clearTimeout(timer);
    },
  };
}
