/** Several accounts in one process as tests use them: a fake wire for each, one screen, one clock. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command, Plugin, TabKind } from '../../src/api.js';
import { createConfig } from '../../src/config/config.js';
import { createState } from '../../src/config/state.js';
import type { Opening } from '../../src/core/account-wishes.js';
import { type Accounts, createAccounts } from '../../src/core/accounts.js';
import { type Core, createCore } from '../../src/core/app.js';
import type { AccountStore, OpenAccountStore, Settings } from '../../src/core/ports.js';
import { safe } from '../../src/lib/text.js';
import type { Row } from '../../src/model/view.js';
import { createFakeClock, type FakeClock } from './fake-clock.js';
import { createFakeScreen, type FakeScreen } from './fake-screen.js';
import { createFakeWire, type FakeWire, full } from './fake-wire.js';

export interface Several {
  readonly accounts: Accounts;
  readonly settings: Settings;
  readonly screen: FakeScreen;
  readonly clock: FakeClock;
  /** In the order in which the cores were made. */
  readonly wires: readonly FakeWire[];
  /** Opens one more behind the others, logged in as this address, or as a guest. */
  open(wish: Opening, jid?: string): Core;
  /** Types a line in the shown tab; true if it worked. */
  run(line: string): Promise<boolean>;
  /** The tabs as `number mark:title`. */
  tabs(): readonly string[];
  /** The status bar: left and right. */
  bar(): readonly [left: string, right: string];
  /** What stands in the info line. */
  info(): readonly string[];
}

const START: TabKind = { kind: 'start', title: () => safe`start`, view: () => ({ type: 'text', rows: [] }) };
const ROSTER: TabKind = { ...START, kind: 'roster', title: () => safe`roster` };

const folders: string[] = [];
process.once('exit', () => {
  for (const one of folders) rmSync(one, { recursive: true, force: true });
});

const textOf = (row: Row): string => row.map(part => part.text).join('');

export function createSeveral(
  options: {
    readonly commands?: readonly Command[];
    readonly plugins?: readonly Plugin[];
    readonly set?: Readonly<Record<string, string>>;
    readonly keep?: readonly string[];
    /** False: no login is answered. */
    readonly connects?: boolean;
    readonly store?: (account: string) => AccountStore | undefined;
  } = {},
): Several {
  const folder = mkdtempSync(join(tmpdir(), 'causette-accounts-'));
  folders.push(folder);
  const clock = createFakeClock();
  const screen = createFakeScreen();
  const settings: Settings = createConfig({ file: join(folder, 'config.toml'), clock });
  for (const name of options.keep ?? []) settings.keepAccount(name, true);
  for (const [name, value] of Object.entries(options.set ?? {})) settings.set(name, value);
  const state = createState(undefined);
  const wires: FakeWire[] = [];
  let serial = 0;
  const { store } = options;
  const openStore: OpenAccountStore = async account => store?.(account);
  const accounts = createAccounts({
    settings,
    state,
    route: {},
    make(links) {
      const wire = createFakeWire({ ...(options.connects !== undefined && { connects: options.connects }) });
      wires.push(wire);
      return createCore({
        ...links,
        wire,
        settings,
        clock,
        state,
        random: () => `id${++serial}`,
        declarations: { commands: options.commands ?? [], tabs: [START, ROSTER], plugins: options.plugins ?? [] },
        themes: { dark: { name: 'dark' }, light: { name: 'light' } },
        programs: { run: async () => ({ code: 0, output: safe`secret` }) },
        version: '0.0.0-test',
        ...(store !== undefined && { openStore }),
      });
    },
  });
  accounts.attachScreen(screen);
  return {
    accounts,
    settings,
    screen,
    clock,
    wires,
    open(wish, jid) {
      const core = accounts.open(wish);
      const wire = wires.at(-1);
      if (jid === undefined) wire?.online();
      else wire?.online({ anonymous: false, jid: full(`${jid}/x`), domain: jid.replace(/^.*@/, '') });
      return core;
    },
    run: line => accounts.shell.run(line),
    tabs: () => accounts.shell.tabs().map(({ number, title, account }) => `${number}${account?.mark ?? ''}:${title}`),
    bar() {
      const { left, right } = accounts.shell.statusBar();
      return [textOf(left), textOf(right)];
    },
    info: () => accounts.shell.info().map(notice => textOf(notice.row)),
  };
}
