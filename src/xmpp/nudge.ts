/**
 * Says a space where the server would wait for us: one that fills its packets (Nagle) holds its answer to our header back until
 * our system has acknowledged the tickets of TLS 1.3 before it, which it does 40 ms late unless we have something to say. White
 * space between stanzas means nothing and may be sent at any time but while logging in. RFC 6120 §4.6.1, §6.3.5
 */
import type { Socket } from 'node:net';

/** Servers send two tickets or so behind the handshake. */
const MAX_TICKETS = 4;

export interface Nudge {
  /** Our header goes out. */
  said(): void;
  /** Bytes came, or the stream ends: nothing of theirs waits for us any more. */
  stop(): void;
}

export function createNudge(socket: Socket): Nudge {
  let tickets = 0;
  let waited = false;
  let over = false;

  socket.on('session', () => {
    // Not now: OpenSSL is in the middle of reading.
    setImmediate(() => {
      if (waited && !over && socket.writable && tickets++ < MAX_TICKETS) socket.write(' ');
    });
  });

  return {
    said() {
      waited = true;
    },
    stop() {
      over = true;
    },
  };
}
