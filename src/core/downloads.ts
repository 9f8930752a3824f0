/** Keeps files of others: in one folder, never over another file, for the person's eyes only. */
import { mkdir, open, unlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { errorCode, errorText, UserError } from '../lib/errors.js';
import { numberedName, receivedName } from '../lib/received-name.js';
import { cleanIdentifier } from '../lib/text.js';
import type { Wire } from './ports.js';

const MAX_NUMBER = 999;
const MIB = 1024 * 1024;

export interface Saved {
  /** The whole path. */
  readonly path: string;
  readonly bytes: number;
  /** Where it came from. */
  readonly host: string;
}

/** A file under this name or one with a number; `wx` (O_EXCL) follows no link and opens nothing that exists. */
async function openNew(
  folder: string,
  name: string,
): Promise<{ path: string; handle: Awaited<ReturnType<typeof open>> }> {
  for (let number = 0; number <= MAX_NUMBER; number++) {
    const path = join(folder, numberedName(name, number));
    try {
      return { path, handle: await open(path, 'wx', 0o600) };
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  }
  throw new UserError(`There are too many files named ${cleanIdentifier(name)}.`, '/set files.folder');
}

/** Saves what is behind the address. Rejects with a UserError; then nothing of it is left. */
export async function download(options: {
  readonly fetch: (address: string, maxBytes: number) => ReturnType<Wire['download']>;
  readonly address: string;
  readonly folder: string;
  readonly maxMib: number;
}): Promise<Saved> {
  const { address, fetch, maxMib } = options;
  const folder = resolve(options.folder.replace(/^~(?=\/|$)/, homedir()));
  const received = await fetch(address, maxMib * MIB);
  let path: string | undefined;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const made = await openNew(folder, receivedName(received.name));
    path = made.path;
    let bytes = 0;
    try {
      for await (const chunk of received.chunks) {
        await made.handle.writeFile(chunk);
        bytes += chunk.length;
      }
    } finally {
      await made.handle.close();
    }
    return { path, bytes, host: received.host };
  } catch (error) {
    if (path !== undefined) await unlink(path).catch(() => undefined);
    if (error instanceof UserError) throw error;
    const why = errorCode(error) === 'ENOSPC' ? 'the disk is full' : errorText(error);
    throw new UserError(`The file cannot be kept in ${cleanIdentifier(folder)}: ${why}.`, '/set files.folder');
  } finally {
    received.close();
  }
}
