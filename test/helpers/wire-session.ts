/** A session against the scripted server, with everything it reports written down. */
import { createSession, type Session, type SessionEvents, type SessionOptions } from '../../src/xmpp/session.js';
import { textOf } from '../../src/xmpp/xml.js';
import { testAuthority } from './hostile-server.js';

export interface WireSession {
  session: Session;
  readonly events: { event: keyof SessionEvents; payload: unknown }[];
  readonly warnings: string[];
  readonly bodies: string[];
  /** Resolves with the first event of this name, also if it has happened already. */
  first<K extends keyof SessionEvents>(event: K): Promise<SessionEvents[K]>;
  /** Resolves with the event of this name and number, counted from 1. */
  nth<K extends keyof SessionEvents>(event: K, number: number): Promise<SessionEvents[K]>;
  /** Resolves when the condition holds; checked after each event. */
  until(condition: () => boolean): Promise<void>;
}

const EVENTS: readonly (keyof SessionEvents)[] = ['state', 'online', 'down', 'fatal', 'stanza', 'iq', 'warn'];

export function openSession(port: number, options: Partial<SessionOptions> = {}): WireSession {
  const session = createSession({
    domain: 'chat.test',
    host: '127.0.0.1',
    port,
    tls: 'direct',
    ca: testAuthority,
    backoff: { baseMs: 5, maxMs: 20 },
    ...options,
  });
  const waiting = new Set<() => void>();
  const wire: WireSession = {
    session,
    events: [],
    warnings: [],
    bodies: [],
    until: condition =>
      new Promise(resolve => {
        const check = (): void => {
          if (!condition()) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    first: event => wire.nth(event, 1),
    async nth<K extends keyof SessionEvents>(event: K, number: number) {
      const found = (): unknown => wire.events.filter(item => item.event === event)[number - 1]?.payload;
      await wire.until(() => found() !== undefined);
      return found() as SessionEvents[K];
    },
  };
  for (const event of EVENTS) {
    session.on(event, payload => {
      wire.events.push({ event, payload });
      if (event === 'warn') wire.warnings.push((payload as SessionEvents['warn']).text);
      if (event === 'stanza') wire.bodies.push(textOf((payload as SessionEvents['stanza']).element, 'body') ?? '');
      for (const check of [...waiting]) check();
      // A listener that answers nothing must not take requests.
      return event === 'iq' ? false : undefined;
    });
  }
  session.start();
  return wire;
}
