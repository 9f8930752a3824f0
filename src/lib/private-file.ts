/** Files that a person names: read with a limit, written for their eyes only and never half. */
import { lstat, open, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { errorText, UserError } from './errors.js';
import { cleanIdentifier } from './text.js';

const MAX_BYTES = 1024 * 1024;

/** `~/list.txt` and relative paths as a shell means them. */
function wholePath(path: string): string {
  const home = path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
  return isAbsolute(home) ? home : resolve(home);
}

const reasonOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such file or folder';
  if (code === 'EACCES' || code === 'EPERM') return 'it is not allowed';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'ENOSPC') return 'the disk is full';
  return errorText(error);
};

export async function fileExists(path: string): Promise<boolean> {
  // A link that leads nowhere is there too.
  return lstat(wholePath(path)).then(
    () => true,
    () => false,
  );
}

/** The text of a file of at most a megabyte; rejects with a UserError. */
export async function readTextFile(path: string): Promise<string> {
  const file = wholePath(path);
  try {
    // A pipe or a device would be waited for without end.
    const info = await stat(file);
    if (!info.isFile()) throw new Error('it is no file');
    if (info.size > MAX_BYTES) throw new Error('it is larger than a megabyte');
    const handle = await open(file, 'r');
    try {
      return (await handle.readFile()).toString('utf8').slice(0, MAX_BYTES);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new UserError(`${cleanIdentifier(file)} cannot be read: ${reasonOf(error)}.`, 'Check its name.');
  }
}

/** Writes beside the file and renames: 0600, whole or not at all. Answers the whole path; rejects with a UserError. */
export async function writePrivateFile(
  path: string,
  text: string,
  options: { readonly replace?: boolean } = {},
): Promise<string> {
  const file = wholePath(path);
  const next = `${file}.${process.pid}.new`;
  try {
    if (options.replace !== true && (await fileExists(file))) throw new Error('it exists already');
    await writeFile(next, text, { mode: 0o600, flag: 'wx' });
    await rename(next, file);
    return file;
  } catch (error) {
    await unlink(next).catch(() => undefined);
    throw new UserError(
      `${cleanIdentifier(file)} cannot be written: ${reasonOf(error)}.`,
      'Choose another name or folder.',
    );
  }
}
