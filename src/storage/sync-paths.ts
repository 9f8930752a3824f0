/** Waits until the disk has what was written. */
import { closeSync, constants, fsyncSync, openSync, statSync } from 'node:fs';

/** fsync of files and folders, in this order; what does not exist is left out, links are not followed. Throws what the disk says. */
export function syncPaths(paths: readonly string[]): void {
  for (const path of paths) {
    const folder = statSync(path, { throwIfNoEntry: false })?.isDirectory();
    // Windows has no such thing for folders.
    if (folder === undefined || (folder && process.platform === 'win32')) continue;
    const file = openSync(path, folder ? constants.O_RDONLY : constants.O_RDWR | constants.O_NOFOLLOW);
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }
}
