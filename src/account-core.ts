/** Makes the core of one account: with a wire, a store and a socket for later starts of its own. */
import { randomUUID } from 'node:crypto';
import type { Command, Plugin, TabKind } from './api.js';
import type { Config } from './config/config.js';
import { createState } from './config/state.js';
import type { AccountLinks } from './core/accounts.js';
import { type Core, type CoreOptions, createCore } from './core/app.js';
import type { AccountStore, OpenAccountStore } from './core/ports.js';
import type { Declarations } from './declarations.js';
import type { Dirs } from './lib/dirs.js';
import type { Log } from './lib/log.js';
import type { Waking } from './lib/waking.js';
import { createWire } from './xmpp/wire.js';
import type { Xep } from './xmpp/xep.js';

/** What all accounts of the process share. */
export interface Ground
  extends Pick<CoreOptions, 'themes' | 'state' | 'programs' | 'version' | 'onQuit' | 'pluginFolder' | 'answersStay'> {
  readonly config: Config;
  readonly declarations: Declarations;
  readonly dirs: Dirs;
  readonly waking: Waking;
  readonly log: Log;
  readonly debugFile: string | undefined;
  /** Something may be kept on disk. */
  readonly lasting: boolean;
}

const valuesOf = <T>(group: readonly { readonly value: unknown }[]): readonly T[] =>
  group.map(({ value }) => value as T);

export function createAccountCore(ground: Ground, links: AccountLinks): Core {
  const { config, declarations, dirs, waking, log, debugFile, lasting, ...rest } = ground;
  const { clock } = waking;
  /** What is kept of the account that is used now. */
  let kept: AccountStore | undefined;
  const wire = createWire({
    xeps: valuesOf<Xep>(declarations.xeps),
    clock,
    option: (name, jid) => (name.startsWith('account.') ? links.login.get(name) : config.get(name, jid)),
    debug: text => log.debug('wire', text),
    userAgent: { name: 'Causette', version: ground.version },
    remembered: ground.state,
    settle: urgent => kept?.history.settle?.(urgent) ?? 0,
    onWake: waking.onWake,
  });
  const openStore: OpenAccountStore = async (account, onProblem) => {
    const { openAccount } = await import('./storage/account.js');
    const { takeWishes } = await import('./hand-over.js');
    const place = { runtime: dirs.runtime, data: dirs.data, account };
    kept = await openAccount(account, onProblem, {
      data: dirs.data,
      clock,
      createState,
      // Whoever starts us again for this account is heard, as long as its folder is ours.
      held: () => takeWishes(place, wish => core.open(wish.rooms, wish.nick)),
      strict: () => config.get('history.sync') === 'strict',
    });
    return kept;
  };
  const core = createCore({
    ...rest,
    ...links,
    wire,
    settings: config,
    clock,
    random: randomUUID,
    declarations: {
      commands: valuesOf<Command>(declarations.commands),
      tabs: valuesOf<TabKind>(declarations.tabs),
      plugins: valuesOf<Plugin>(declarations.plugins),
    },
    ...(lasting && { openStore }),
    debug: text => log.debug('client', text),
    // `ui.start` has planned the first frame for this turn of the loop.
    drawn: () => new Promise(resolve => setImmediate(resolve)),
    ...(debugFile !== undefined && { debugFile }),
  });
  return core;
}
