/** The core without a screen on a real server, with everything on disk: what the tests of history share. */
import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createConfig } from '../../src/config/config.js';
import { createState } from '../../src/config/state.js';
import { type Core, createCore } from '../../src/core/app.js';
import { safe } from '../../src/lib/text.js';
import { type Clock, systemClock } from '../../src/lib/time.js';
import type { MessageEntry } from '../../src/model/types.js';
import { openAccount } from '../../src/storage/account.js';
import { createSession } from '../../src/xmpp/session.js';
import type { SessionOptions } from '../../src/xmpp/session-types.js';
import { createWire } from '../../src/xmpp/wire.js';
import type { Xep } from '../../src/xmpp/xep.js';
import { bare } from '../helpers/fake-wire.js';
import { PATIENCE_MS } from '../helpers/patience.js';

const folder = join(import.meta.dirname, '../../src/xmpp/xeps');
const xeps = await Promise.all(
  readdirSync(folder)
    .filter(file => file.endsWith('.ts'))
    .sort()
    .map(async file => ((await import(pathToFileURL(join(folder, file)).href)) as { readonly default: Xep }).default),
);

export interface Client {
  readonly core: Core;
  /** Bodies in the log of this chat, oldest first. */
  bodies(chat: string): readonly string[];
  entries(chat: string): readonly MessageEntry[];
  readonly notices: readonly string[];
  /** Resolves when it holds; looked at after each event. */
  until(condition: () => boolean, what: string): Promise<void>;
  /** Goes away politely. */
  stop(): Promise<void>;
  /** As after kill -9: nothing is written any more, nobody is told. */
  kill(): void;
}

/** The real clock, until it is stopped. */
function mortalClock(): Clock & { stop(): void } {
  const undos = new Set<() => void>();
  let stopped = false;
  const kept = (undo: () => void): (() => void) => {
    if (stopped) undo();
    else undos.add(undo);
    return () => {
      undos.delete(undo);
      undo();
    };
  };
  return {
    now: systemClock.now,
    after(ms, fn) {
      const undo = kept(
        systemClock.after(ms, () => {
          undo();
          fn();
        }),
      );
      return undo;
    },
    every: (ms, fn) => kept(systemClock.every(ms, fn)),
    stop() {
      stopped = true;
      for (const undo of undos) undo();
      undos.clear();
    },
  };
}

export async function startClient(options: {
  readonly data: string;
  readonly account: string;
  readonly password: string;
  readonly host: string;
  readonly port: number;
  readonly caFile: string;
  readonly room?: string;
  /** Patience and pauses of the session. */
  readonly session?: Partial<SessionOptions>;
}): Promise<Client> {
  const clock = mortalClock();
  const settings = createConfig({ file: join(options.data, 'config.toml'), clock });
  const notices: string[] = [];
  const wire = createWire({
    xeps,
    clock,
    option: (name, jid) => settings.get(name, jid),
    createSession: made => createSession({ ...made, ...options.session }),
    debug: text => {
      if (process.env['CAUSETTE_TEST_DEBUG'] !== undefined) console.error(text);
    },
  });
  let dead = false;
  let closeStore: (() => void) | undefined;
  const core = createCore({
    wire,
    settings,
    clock,
    random: randomUUID,
    declarations: { commands: [], tabs: [START], plugins: [] },
    themes: {},
    state: createState(undefined),
    programs: { run: async () => ({ code: 0, output: safe`` }) },
    version: 'test',
    debug: text => {
      if (process.env['CAUSETTE_TEST_DEBUG'] !== undefined) console.error(text);
    },
    async openStore(account, onProblem) {
      const opened = await openAccount(account, onProblem, { data: options.data, clock, createState });
      if (opened === undefined) return undefined;
      closeStore = () => opened.close();
      const { history, state } = opened;
      return {
        ...opened,
        history: { ...history, add: (...args) => (dead ? undefined : history.add(...args)) },
        state: { get: key => state.get(key), set: (key, value) => (dead ? undefined : state.set(key, value)) },
      };
    },
  });
  core.api.on('notice:added', ({ text }) => void notices.push(text));
  const local = bare(options.account);
  const waiting = new Set<() => void>();
  core.shell.onTouch(() => {
    for (const check of [...waiting]) check();
  });
  const client: Client = {
    core,
    notices,
    entries(chat) {
      const found: MessageEntry[] = [];
      for (const entry of core.store.chat(bare(chat))?.log.newest() ?? [])
        if (entry.kind === 'message') found.unshift(entry);
      return found;
    },
    bodies: chat => client.entries(chat).map(entry => entry.body),
    until: (condition, what) =>
      new Promise((resolve, reject) => {
        const limit = setTimeout(() => {
          waiting.delete(check);
          reject(
            new Error(
              `${[...core.store.chats.keys()]
                .map(
                  id =>
                    `${id}: ${client
                      .entries(id)
                      .map(one => `${one.body} ${one.delivery ?? ''}`)
                      .slice(-9)
                      .join(', ')}`,
                )
                .join('\n')} waited in vain for ${what}; notices: ${notices.join(' | ')}`,
            ),
          );
        }, PATIENCE_MS);
        const check = (): void => {
          if (!condition()) return;
          waiting.delete(check);
          clearTimeout(limit);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    stop: () => core.stop(),
    kill() {
      dead = true;
      void wire.disconnect();
      closeStore?.();
      // The dead have no timers.
      clock.stop();
    },
  };
  await core
    .start({
      rooms: [],
      exec: [],
      jid: local,
      host: options.host,
      port: options.port,
      tls: 'starttls',
      caFile: options.caFile,
      passwordCommand: ['true'],
    })
    .catch(() => undefined);
  await core.api.session.connect({ jid: local, password: options.password });
  if (options.room !== undefined) {
    const [room = '', nick = ''] = options.room.split('/');
    await core.api.muc.join(bare(room), { nick });
  }
  return client;
}

const START = { kind: 'start', title: () => safe`start`, view: () => ({ type: 'text' as const, rows: [] }) };
