/** The listeners of a session: each is called with the fact, and its fault costs one stanza of one feature, never the stream. */
import type { SessionEvents } from './session-types.js';

type Listener<K extends keyof SessionEvents> = (payload: SessionEvents[K]) => unknown;

export interface SessionEmitter {
  /** What the listeners answered, in their order. */
  emit<K extends keyof SessionEvents>(event: K, payload: SessionEvents[K]): unknown[];
  warn(text: string): void;
  /** Somebody listens. */
  has(event: keyof SessionEvents): boolean;
  on<K extends keyof SessionEvents>(event: K, listener: Listener<K>): () => void;
}

export function createSessionEmitter(): SessionEmitter {
  const listeners: { readonly [K in keyof SessionEvents]: Set<Listener<K>> } = {
    state: new Set(),
    online: new Set(),
    down: new Set(),
    fatal: new Set(),
    doubt: new Set(),
    stanza: new Set(),
    iq: new Set(),
    sent: new Set(),
    received: new Set(),
    warn: new Set(),
  };
  const warnOf = (event: keyof SessionEvents, cause: unknown): void => {
    if (event !== 'warn') emit('warn', { text: `a handler of ${event} failed`, cause });
  };
  function emit<K extends keyof SessionEvents>(event: K, payload: SessionEvents[K]): unknown[] {
    const results: unknown[] = [];
    for (const listener of [...listeners[event]]) {
      try {
        const result = listener(payload);
        if (result instanceof Promise) result.catch((error: unknown) => warnOf(event, error));
        results.push(result);
      } catch (error) {
        warnOf(event, error);
      }
    }
    return results;
  }
  return {
    emit,
    warn: text => void emit('warn', { text }),
    has: event => listeners[event].size > 0,
    on<K extends keyof SessionEvents>(event: K, listener: Listener<K>) {
      listeners[event].add(listener);
      return () => void listeners[event].delete(listener);
    },
  };
}
