/** All commands and tabs on the core without network or screen; calls of XEPs are noted and answered from a table. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command, Plugin, TabKind } from '../../src/api.js';
import { createFakeWire } from '../helpers/fake-wire.js';
import { createRig, type Rig, type RigOptions } from '../helpers/run-command.js';

const root = join(import.meta.dirname, '../..');

async function load<T>(folder: string): Promise<readonly { readonly file: string; readonly value: T }[]> {
  const files = readdirSync(join(root, folder)).filter(file => file.endsWith('.ts'));
  return Promise.all(
    files.sort().map(async file => {
      const module = (await import(pathToFileURL(join(root, folder, file)).href)) as { readonly default: T };
      return { file: file.slice(0, -3), value: module.default };
    }),
  );
}

export const commandFiles = await load<Command>('src/commands');
export const tabFiles = await load<TabKind>('src/tabs');
export const pluginFiles = await load<Plugin>('plugins');
export const commands = commandFiles.map(one => one.value);
export const tabs = tabFiles.map(one => one.value);

export interface Asked extends Rig {
  /** Calls of XEPs, oldest first: `[namespace.call, …arguments]`. */
  readonly asked: readonly (readonly unknown[])[];
}

/** What a call answers; an Error is thrown, a function is asked. */
export type Answers = Readonly<Record<string, unknown>>;

const NAMESPACES = [
  'mucAdmin',
  'moderation',
  'reporting',
  'contacts',
  'roster',
  'disco',
  'adhoc',
  'version',
  'lastActivity',
  'time',
  'ping',
  'vcard',
  'bookmarks',
  'blocking',
  'register',
  'mam',
];

export function start(answers: Answers = {}, options: RigOptions = {}): Asked {
  const wire = createFakeWire();
  const asked: unknown[][] = [];
  const noted =
    (name: string, real?: (...args: unknown[]) => unknown) =>
    async (...args: unknown[]): Promise<unknown> => {
      // The client asks archives by itself.
      if (!name.startsWith('mam.')) asked.push([name, ...args]);
      const answer = answers[name];
      if (answer instanceof Error) throw answer;
      if (typeof answer === 'function') return Reflect.apply(answer, undefined, args) as unknown;
      return answer === undefined ? real?.(...args) : answer;
    };
  const xeps = wire.xeps as unknown as Record<string, Record<string, unknown>>;
  for (const space of NAMESPACES) {
    xeps[space] = new Proxy(
      {},
      { get: (_, call) => (call === 'featureName' ? () => undefined : noted(`${space}.${String(call)}`)) },
    );
  }
  const muc = xeps['muc'] ?? {};
  xeps['muc'] = new Proxy(muc, {
    get: (target, call) =>
      // What the core asks at every entry is no call of a command.
      call === 'wanted'
        ? target[call]
        : noted(`muc.${String(call)}`, target[String(call)] as ((...args: unknown[]) => unknown) | undefined),
  });
  const rig = createRig({ ...options, wire, commands, tabs });
  return { ...rig, asked };
}

/** An error of the other side as the wire gives it. */
export function stanzaError(condition: string): Error {
  return Object.assign(new Error(condition), { condition });
}
