/** What a scenario gets, and how it measures one program after the other. */
import { setTimeout as delay } from 'node:timers/promises';
import type { TestTerminal } from '../helpers/pty.js';
import type { World } from '../helpers/world.js';
import { type Client, type ClientOptions, clientsOf, PATIENCE_MS, type Running } from './clients.js';
import type { Flood } from './flood.js';
import { calm } from './process.js';
import { type Measured, OURS, type Row } from './report.js';

export interface Load {
  readonly world: World;
  readonly flood: Flood;
  /** The peers that are wanted in this run. */
  readonly peers: ReadonlySet<string>;
  /** Less of what takes long to make. */
  readonly quick: boolean;
  /** The process of Prosody, which is to be quiet before the next program is measured. */
  readonly server: number;
  /** Peers that did not get into a room of so many in time, and are not tried again there. */
  readonly tooLarge: Map<string, number>;
}

export type Scenario = (load: Load) => Promise<readonly Row[]>;

const VERBOSE = process.env['BENCH_VERBOSE'] !== undefined;

/** The program did not get there within the time that a scenario has. */
class GaveUp extends Error {}

const seconds = (ms: number): string => `> ${Math.round(ms / 1000)} s`;

export const isWanted = (load: Load, who: string): boolean => who === OURS || load.peers.has(who);

/** A failure as a cell of the table: a peer that is too slow or dies is a result. */
export function failed(who: string, error: unknown): Measured {
  const text = error instanceof Error ? error.message : String(error);
  if (VERBOSE || who === OURS) console.log(`  ${who}: ${text}`);
  if (error instanceof GaveUp) return { who, text };
  if (/^after \d+ ms|^nobody entered/.test(text)) return { who, text: seconds(PATIENCE_MS), beyond: PATIENCE_MS };
  const end = /^the program ended \((\w+)\)/.exec(text)?.[1];
  return { who, text: end === undefined ? 'failed' : `died (${end})` };
}

/** A column of cells for each number that is measured, with one row for each client. */
export async function sideBySide(
  load: Load,
  count: number,
  measure: (client: Client) => Promise<readonly number[]>,
  options?: ClientOptions,
): Promise<readonly (readonly Measured[])[]> {
  const columns = Array.from({ length: count }, (): Measured[] => []);
  for (const client of clientsOf(load.world, options)) {
    if (!isWanted(load, client.who)) continue;
    const { who } = client;
    let values: readonly number[] | undefined;
    let why: Measured = { who };
    const begun = performance.now();
    try {
      values = await measure(client);
    } catch (error) {
      // Ours must do all of them.
      if (who === OURS) process.exitCode = 1;
      why = failed(who, error);
    }
    columns.forEach((cells, index) => {
      const value = values?.[index];
      cells.push(value === undefined ? why : { who, value });
    });
    if (VERBOSE)
      console.log(`  ${who}: ${((performance.now() - begun) / 1000).toFixed(1)} s, ${values?.map(Math.round)}`);
    // What was on its way to a program that is gone comes back to its senders.
    await calm(load.server);
    if (VERBOSE) console.log(`  ${who}: quiet after ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  }
  return columns;
}

let serial = 0;
/** A word that nothing else has on any screen. */
export const word = (what: string): string => `${what}${++serial}x`;

/** Entering a room of so many; a peer that fails is not asked again. */
export async function entering<T>(load: Load, who: string, occupants: number, enter: () => Promise<T>): Promise<T> {
  if (occupants >= (load.tooLarge.get(who) ?? Number.POSITIVE_INFINITY)) {
    throw new GaveUp(`${seconds(PATIENCE_MS)} to join`);
  }
  try {
    return await enter();
  } catch (error) {
    if (occupants >= 100) load.tooLarge.set(who, occupants);
    throw error;
  }
}

/** In a room of so many; `use` gets the client when the last thing of the entry is on the screen. */
export async function inRoom<T>(
  load: Load,
  client: Client,
  occupants: number,
  use: (running: Running, room: string) => Promise<T>,
): Promise<T> {
  const name = word('room');
  const room = load.flood.room(name, occupants);
  let running: Running | undefined;
  try {
    const entered = await entering(load, client.who, occupants, async () => {
      running = await client.start([room]);
      await running.terminal.waitFor(`welcome to ${name}`, running.patienceMs);
      return running;
    });
    return await use(entered, room);
  } finally {
    await running?.stop();
  }
}

/** Settles when the program has written nothing for so long. */
export async function quiet(terminal: TestTerminal, quietMs: number, limitMs = PATIENCE_MS): Promise<void> {
  const begun = performance.now();
  for (;;) {
    const now = performance.now();
    const rest = Math.max(begun, terminal.lastHeardAt()) + quietMs - now;
    if (rest <= 0 || now > begun + limitMs) return;
    await delay(Math.max(1, rest));
  }
}
