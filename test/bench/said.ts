/** A million messages that look like talk: seeded, so that each run measures the same. */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BareJid, parseBareJid } from '../../src/lib/jid.js';
import { cleanBody, cleanIdentifier } from '../../src/lib/text.js';
import type { MessageEntry } from '../../src/model/types.js';
import { loadDriver } from '../../src/storage/driver.js';
import { printHeader, printRecord } from '../../src/storage/log-format.js';
import { openSqlite, SCHEMA, type SqliteKeep } from '../../src/storage/sqlite.js';

const SYLLABLES =
  'ba ko ri ten mal shu vor qui est lon gra pe dis fal mu ing tion er an de no ka si re to va li cha um os'.split(' ');
const WORDS = 20_000;
const CHATS = 300;
const NICKS = 2000;
const FIRST = Date.UTC(2019, 0, 1);
const EVERY_MS = 240_000;

export function createRandom(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x80000000;
  };
}

export interface Talk {
  readonly chat: BareJid;
  readonly entry: MessageEntry;
}

/** Message `n` is about a year later for each 131,400; some of it is Chinese, and one in a million says `xylophone`. */
export function* talk(count: number, random = createRandom()): Generator<Talk> {
  const pick = <T>(all: readonly T[], lean = 3): T => all[Math.floor(random() ** lean * all.length)] as T;
  const vocabulary = Array.from({ length: WORDS }, () =>
    Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(SYLLABLES, 1)).join(''),
  );
  const chats = Array.from({ length: CHATS }, (_, i) => parseBareJid(`room${i}@rooms.example.org`) as BareJid);
  const nicks = Array.from({ length: NICKS }, (_, i) =>
    cleanIdentifier(`${pick(SYLLABLES, 1)}${pick(vocabulary)}${i}`),
  );
  for (let n = 0; n < count; n++) {
    const words =
      random() < 0.15
        ? Array.from({ length: 6 + Math.floor(random() * 24) }, () =>
            String.fromCharCode(0x4e00 + Math.floor(random() ** 2 * 6000)),
          ).join('')
        : Array.from({ length: 3 + Math.floor(random() * 18) }, () => pick(vocabulary)).join(' ');
    const self = random() < 0.1;
    yield {
      chat: pick(chats, 2),
      entry: {
        kind: 'message',
        seq: n,
        rev: 1,
        at: FIRST + n * EVERY_MS,
        sender: { name: self ? cleanIdentifier('me') : pick(nicks) },
        self,
        body: cleanBody(n === Math.floor(count / 40) ? `${words} the Xylophone, zq 龘` : words),
        action: false,
        highlight: false,
        source: 'live',
        stanzaId: `s${n}`,
      },
    };
  }
}

const cache = join(tmpdir(), `causette-bench-${process.getuid?.() ?? 0}-${SCHEMA}`);

/** A store with so many messages, made once and kept for the next run (`rm -r` it to be rid of it). */
export async function manySaid(count: number): Promise<SqliteKeep | undefined> {
  const driver = await loadDriver();
  if (driver === undefined) return undefined;
  const file = join(cache, `${count}.db`);
  const open = (path: string): SqliteKeep | undefined =>
    openSqlite({ driver, file: path, readOnly: false, onProblem: text => console.log(text), now: Date.now });
  if (existsSync(file)) return open(file);
  console.log(`  (${count} messages are put into ${file} first; the next run finds them there)`);
  mkdirSync(cache, { recursive: true, mode: 0o700 });
  const making = `${file}.${process.pid}`;
  for (const ending of ['', '-wal', '-shm']) rmSync(making + ending, { force: true });
  const keep = open(making);
  const said = talk(count);
  for (let done = false; !done; ) {
    keep?.batch(() => {
      for (let i = 0; i < 10_000 && !done; i++) {
        const next = said.next();
        if (next.done === true) done = true;
        else keep.add(next.value.chat, next.value.entry, 'end');
      }
    });
    while (keep?.tidy());
  }
  keep?.close();
  renameSync(making, file);
  return open(file);
}

/** The same as text logs in this folder; only for a store without SQLite. */
export function logsOf(count: number): ReadonlyMap<string, string> {
  const files = new Map<string, string[]>();
  for (const { chat, entry } of talk(count)) {
    const name = `${chat}/${new Date(entry.at).toISOString().slice(0, 7)}.log`;
    const lines = files.get(name) ?? [printHeader(chat)];
    lines.push(printRecord(entry, entry.self ? 'out' : 'in'));
    files.set(name, lines);
  }
  return new Map([...files].map(([name, lines]) => [name, lines.join('')]));
}
