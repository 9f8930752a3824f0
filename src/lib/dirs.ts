/** Where our files live: the XDG Base Directory Specification (https://specifications.freedesktop.org/basedir-spec/). */
import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { UserError } from './errors.js';

export interface Dirs {
  /** What a person writes. */
  readonly config: string;
  /** What must be kept: history. */
  readonly data: string;
  /** What the program remembers: logs, drafts, window order. */
  readonly state: string;
  /** What can be made again. */
  readonly cache: string;
  /** Sockets; ends with the login. */
  readonly runtime: string;
}

const NAME = 'causette';

/** The folders by the environment; makes none of them. */
export function findDirs(env: Readonly<Record<string, string | undefined>> = process.env, home = homedir()): Dirs {
  // > All paths set in these environment variables must be absolute. If not, the path must be ignored.
  const base = (name: string, otherwise: string): string => {
    const value = env[name];
    return join(value !== undefined && isAbsolute(value) ? value : otherwise, NAME);
  };
  return {
    config: base('XDG_CONFIG_HOME', join(home, '.config')),
    data: base('XDG_DATA_HOME', join(home, '.local', 'share')),
    state: base('XDG_STATE_HOME', join(home, '.local', 'state')),
    cache: base('XDG_CACHE_HOME', join(home, '.cache')),
    runtime: base('XDG_RUNTIME_DIR', join(tmpdir(), `${NAME}-${userInfo().uid}`)),
  };
}

/** Makes a folder that only we can read, and refuses one that belongs to somebody else. */
export function ensurePrivateDir(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const info = statSync(path);
  if (!info.isDirectory()) throw new UserError(`${path} is not a folder.`, 'Move it away and start again.');
  const uid = process.getuid?.();
  if (uid !== undefined && info.uid !== uid) {
    throw new UserError(`${path} belongs to somebody else.`, 'Choose another place with XDG_CONFIG_HOME and its like.');
  }
  if ((info.mode & 0o077) !== 0) chmodSync(path, 0o700);
  return path;
}
