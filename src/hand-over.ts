/** A second start on an account that runs already gives it the rooms it was asked for, over a socket that only we can reach. */
import { createHash } from 'node:crypto';
import { chmodSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { ensurePrivateDir } from './lib/dirs.js';

/** Between processes of one machine, and the other one may be busy drawing. */
const ANSWER_MS = 2000;
const MAX_BYTES = 64 * 1024;
const MAX_ROOMS = 100;

export interface Wish {
  /** Rooms or `xmpp:` links, as typed. */
  readonly rooms: readonly string[];
  readonly nick?: string;
}

/** One for each account and folder of data: two homes are two worlds. The name is a hash, because names of sockets are short. */
function pathFor(runtime: string, data: string, account: string): string {
  const name = createHash('sha256').update(`${data}\n${account}`).digest('hex').slice(0, 24);
  return join(ensurePrivateDir(runtime), `${name}.sock`);
}

/** A line of JSON; anything else closes the connection. */
function readLine(socket: Socket, take: (line: unknown) => void): void {
  let text = '';
  socket.setEncoding('utf8');
  socket.setTimeout(ANSWER_MS, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.on('data', (part: string) => {
    text += part;
    const end = text.indexOf('\n');
    if (end < 0) {
      if (text.length > MAX_BYTES) socket.destroy();
      return;
    }
    let line: unknown;
    try {
      line = JSON.parse(text.slice(0, end));
    } catch {
      socket.destroy();
      return;
    }
    take(line);
  });
}

function wishOf(line: unknown): Wish | undefined {
  if (typeof line !== 'object' || line === null) return undefined;
  const { rooms, nick } = line as Readonly<Record<string, unknown>>;
  if (!Array.isArray(rooms) || rooms.length > MAX_ROOMS || !rooms.every(room => typeof room === 'string')) {
    return undefined;
  }
  return { rooms, ...(typeof nick === 'string' && { nick }) };
}

/** Listens for later starts; only the process that holds the lock of the account may. The undo never throws. */
export function takeWishes(
  place: { readonly runtime: string; readonly data: string; readonly account: string },
  fulfil: (wish: Wish) => void,
): () => void {
  const path = pathFor(place.runtime, place.data, place.account);
  // Left behind by a kill: the lock is ours, so nobody listens there.
  rmSync(path, { force: true });
  const server = createServer(socket => {
    readLine(socket, line => {
      const wish = wishOf(line);
      if (wish !== undefined) fulfil(wish);
      socket.end(`${JSON.stringify({ ok: wish !== undefined, pid: process.pid })}\n`);
    });
  });
  server.on('error', () => server.close());
  server.listen(path, () => {
    try {
      chmodSync(path, 0o600);
    } catch {
      // The folder is closed to others anyway.
    }
  });
  server.unref();
  return () => {
    server.close();
    rmSync(path, { force: true });
  };
}

/** The process that took it over, or `undefined`: nobody runs on this account. */
export function handOver(
  place: { readonly runtime: string; readonly data: string; readonly account: string },
  wish: Wish,
): Promise<number | undefined> {
  return new Promise(resolve => {
    const socket = connect(pathFor(place.runtime, place.data, place.account));
    socket.once('close', () => resolve(undefined));
    readLine(socket, line => {
      const answer = line as { readonly ok?: unknown; readonly pid?: unknown } | null;
      resolve(answer?.ok === true && typeof answer.pid === 'number' ? answer.pid : undefined);
      socket.end();
    });
    socket.once('connect', () => socket.write(`${JSON.stringify(wish)}\n`));
  });
}
