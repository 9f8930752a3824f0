/** The core as tests use it: a real store and real settings, a fake wire, screen and clock; `run` types a line. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command, Plugin, TabKind } from '../../src/api.js';
import { createConfig } from '../../src/config/config.js';
import { createState } from '../../src/config/state.js';
import { type Core, type CoreOptions, createCore } from '../../src/core/app.js';
import { safe } from '../../src/lib/text.js';
import type { Clock } from '../../src/lib/time.js';
import { createFakeClock, type FakeClock } from './fake-clock.js';
import { createFakeScreen, type FakeScreen } from './fake-screen.js';
import { createFakeWire, type FakeWire } from './fake-wire.js';

export interface Rig {
  readonly core: Core;
  readonly wire: FakeWire;
  readonly screen: FakeScreen;
  readonly clock: FakeClock;
  readonly settings: CoreOptions['settings'];
  readonly debugged: readonly string[];
  readonly quits: readonly (string | undefined)[];
  /** Types a line in the current tab and waits until it is done; true if it worked. */
  run(line: string): Promise<boolean>;
  /** Presses Enter: true if the line was taken. */
  submit(line: string): boolean;
  /** Notices so far, as text, oldest first; of a chat or of the client. */
  notices(chat?: string): readonly string[];
  /** The newest notice anywhere. */
  lastNotice(): string;
  /** Opens and enters a room as `me`. */
  enter(room: string, others?: readonly string[], nick?: string): void;
}

export interface RigOptions {
  readonly commands?: readonly Command[];
  readonly tabs?: readonly TabKind[];
  readonly plugins?: readonly Plugin[];
  readonly wire?: FakeWire;
  readonly online?: boolean;
  readonly clock?: Clock;
  readonly core?: Partial<CoreOptions>;
  readonly set?: Readonly<Record<string, string>>;
}

const START: TabKind = {
  kind: 'start',
  title: () => safe`start`,
  view: () => ({ type: 'text', rows: [] }),
};
const ROSTER: TabKind = { ...START, kind: 'roster', title: () => safe`roster` };

/** One throwaway folder for each rig of this process, gone when it ends. */
const folders: string[] = [];
process.once('exit', () => {
  for (const one of folders) rmSync(one, { recursive: true, force: true });
});
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'causette-core-'));
  folders.push(made);
  return made;
};

export function createRig(options: RigOptions = {}): Rig {
  const wire = options.wire ?? createFakeWire();
  const screen = createFakeScreen();
  const clock = createFakeClock();
  const file = join(folder(), 'config.toml');
  const settings = createConfig({ file, clock }) as unknown as CoreOptions['settings'];
  for (const [name, value] of Object.entries(options.set ?? {})) settings.set(name, value);
  const debugged: string[] = [];
  const quits: (string | undefined)[] = [];
  let serial = 0;
  const core = createCore({
    wire,
    settings,
    screen,
    clock: options.clock ?? clock,
    random: () => `id${++serial}`,
    declarations: {
      commands: options.commands ?? [],
      tabs: [...(options.tabs?.some(one => one.kind === 'start') ? [] : [START, ROSTER]), ...(options.tabs ?? [])],
      plugins: options.plugins ?? [],
    },
    themes: { dark: { name: 'dark' }, light: { name: 'light' } },
    state: createState(undefined),
    programs: { run: async () => ({ code: 0, output: safe`` }) },
    version: '0.0.0-test',
    debug: text => void debugged.push(text),
    onQuit: message => void quits.push(message),
    ...options.core,
  });
  if (options.online !== false) wire.online();

  const rig: Rig = {
    core,
    wire,
    screen,
    clock,
    settings,
    debugged,
    quits,
    run: line => core.api.commands.run(line),
    submit: line => core.shell.submit(line),
    notices(chat) {
      const log =
        chat === undefined ? core.store.notices : [...core.store.chats.values()].find(one => one.id === chat)?.log;
      const texts: string[] = [];
      for (const entry of log?.newest() ?? []) {
        if (entry.kind !== 'notice') continue;
        texts.unshift(entry.rows.map(row => row.map(part => part.text).join('')).join('\n'));
      }
      return texts;
    },
    lastNotice() {
      const chat = core.api.tabs.current.chat?.id;
      return (chat === undefined ? undefined : rig.notices(chat).at(-1)) ?? rig.notices().at(-1) ?? '';
    },
    enter(room, others = [], nick = 'me') {
      wire.enter(room, nick, others);
      const chat = [...core.store.chats.values()].find(one => one.id === room);
      if (chat !== undefined) core.api.tabs.openChat(chat.id);
    },
  };
  return rig;
}

/** One line in a fresh, connected core: what it said and what was sent. */
export async function runCommand(line: string, options: RigOptions = {}): Promise<Rig & { readonly ok: boolean }> {
  const rig = createRig(options);
  const ok = await rig.run(line);
  return { ...rig, ok };
}
