/** The index of words finds exactly what looking at every message finds, whatever is looked for. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createState } from '../../src/config/state.js';
import { cleanBody, cleanIdentifier } from '../../src/lib/text.js';
import { type HistoryQuery, matcherOf } from '../../src/model/history.js';
import type { MessageEntry } from '../../src/model/types.js';
import { openAccount } from '../../src/storage/account.js';
import { type Driver, loadDriver } from '../../src/storage/driver.js';
import { openSqlite } from '../../src/storage/sqlite.js';
import { createTextKeep } from '../../src/storage/text-keep.js';
import type { Keep } from '../../src/storage/types.js';
import { createFakeClock } from '../helpers/fake-clock.js';
import { bare } from '../helpers/fake-wire.js';

const DAY = 86_400_000;
const AT = Date.UTC(2025, 0, 1);
const COUNT = 1500;
const CHATS = ['lobby@rooms.test', 'hall@rooms.test', 'juliet@example.test'].map(bare);
const PIECES =
  'the quick brown fox jumps over café naïve Straße ПРИВЕТ мир 学中文 漢字 龘 👍 zq a x! ok "or" 100% _ * NOT ΟΔΟΣ 한국 \u0431\u0301'.split(
    ' ',
  );

function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x80000000;
  };
}

/** The same talk each time. */
function corpus(): { chat: (typeof CHATS)[number]; entry: MessageEntry }[] {
  const random = createRandom(7);
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  return Array.from({ length: COUNT }, (_, n) => {
    const words = Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(PIECES));
    const self = random() < 0.2;
    return {
      chat: pick(CHATS),
      entry: {
        kind: 'message' as const,
        seq: n,
        rev: 1,
        at: AT + n * (DAY / 4),
        sender: { name: cleanIdentifier(self ? 'me' : pick(['Romeo', 'mercutio', 'Zoë', 'o'])) },
        self,
        // Each is unlike all others, so that one is not taken for another.
        body: cleanBody(`${words.join(random() < 0.5 ? ' ' : '')} ${n.toString(36)}`),
        action: false,
        source: 'live' as const,
        highlight: false,
      },
    };
  });
}
const all = corpus();

const QUERIES: readonly HistoryQuery[] = [
  ...[
    ...PIECES,
    'qui',
    'uic',
    'ick b',
    'CAFE',
    'aive',
    'е',
    'ив',
    '中',
    '中文',
    '字',
    'q',
    'zz',
    'fox龘',
    'οδ',
    '국',
    '"',
    '%',
    '\\',
    "'",
    '\u0001',
    'б',
    ' ',
  ].map(word => ({ words: [word] })),
  { words: ['the', 'fox'] },
  { words: ['the', '中'] },
  { words: ['o', 'x'] },
  { words: ['fox'], from: 'me' },
  { words: [], from: 'rom' },
  { words: ['quick'], from: 'ZOE' },
  { words: [], from: 'nobody' },
  { words: ['brown'], in: 'rooms' },
  { words: [], in: 'juliet' },
  { words: ['fox'], in: 'nowhere' },
  { words: [], since: AT + 370 * DAY },
  { words: ['fox'], since: AT + 40 * DAY, before: AT + 45 * DAY },
  { words: [], before: AT + 3 * DAY },
  { words: ['fox'], before: AT + 360 * DAY },
  { words: ['fox'], since: AT - 400 * DAY, before: AT - 300 * DAY },
  { words: ['кошка'] },
];

function foundIn(keep: Keep, query: HistoryQuery): string[] {
  const bodies: string[] = [];
  const search = keep.search({ ...query, limit: 10_000 }, matcherOf(query));
  for (let next = search.next(); next.done !== true; next = search.next())
    bodies.push(...next.value.map(hit => hit.entry.body));
  return bodies.sort();
}
function wanted(query: HistoryQuery): string[] {
  const fits = matcherOf(query);
  return all
    .filter(({ chat, entry: { at, self, body, sender } }) => fits({ chat, at, self, body, nick: sender.name }))
    .map(({ entry }) => entry.body)
    .sort();
}

async function drivers(): Promise<readonly (readonly [string, Driver])[]> {
  const names = ['node:sqlite', '@photostructure/sqlite'];
  const loaded = await Promise.all(names.map(async name => [name, await loadDriver([name])] as const));
  return loaded.flatMap(([name, driver]) => (driver === undefined ? [] : [[name, driver] as const]));
}
const folder = (): string => mkdtempSync(join(tmpdir(), 'causette-search-'));

for (const [name, driver] of await drivers()) {
  const open = (file: string, readOnly = false) => {
    const keep = openSqlite({ driver, file, readOnly, onProblem: assert.fail, now: () => AT });
    assert.ok(keep);
    return keep;
  };

  describe(name, () => {
    test('what is in the index, what is not yet, and a part of each: all find the same', () => {
      const keep = open(join(folder(), 'history.db'));
      for (const { chat, entry } of all.slice(0, 700)) keep.add(chat, entry, 'end');
      while (keep.tidy());
      for (const { chat, entry } of all.slice(700)) keep.add(chat, entry, 'end');
      for (const round of ['in part', 'whole']) {
        for (const query of QUERIES) {
          assert.deepEqual(foundIn(keep, query), wanted(query), `${round}: ${JSON.stringify(query)}`);
        }
        while (keep.tidy());
      }
      keep.close();
    });

    test('a corrected message is found by its new words only, one taken back by none', () => {
      const keep = open(join(folder(), 'history.db'));
      const keys = all.map(({ chat, entry }) => keep.add(chat, entry, 'end') ?? 0);
      while (keep.tidy());
      const { chat, entry } = all[3] as (typeof all)[number];
      keep.change(chat, keys[3] ?? 0, { ...entry, body: cleanBody('the unicorn was here') });
      assert.deepEqual(foundIn(keep, { words: ['unicorn'] }), ['the unicorn was here']);
      assert.ok(!foundIn(keep, { words: [entry.body] }).includes(entry.body));
      keep.change(chat, keys[3] ?? 0, { ...entry, retracted: {} });
      assert.deepEqual(foundIn(keep, { words: ['unicorn'] }), []);
      keep.close();
    });

    test('a store of the first version is brought up to date and searched at once', () => {
      const file = join(folder(), 'history.db');
      const keep = open(file);
      for (const { chat, entry } of all) keep.add(chat, entry, 'end');
      keep.close();
      const old = driver(file, { readOnly: false });
      old.exec(`drop table terms; drop table find; drop table indexed; drop table nicks; drop table months;
        create virtual table words using fts5 (body, content = 'messages', content_rowid = 'id');
        create trigger words_add after insert on messages begin insert into words (rowid, body) values (new.id, new.body); end;
        create trigger words_remove after delete on messages begin insert into words (words, rowid, body) values ('delete', old.id, old.body); end;
        create trigger words_change after update of body on messages begin insert into words (rowid, body) values (new.id, new.body); end;
        pragma user_version = 1`);
      old.close();
      // A second process may only read: it looks at everything.
      const reader = open(file, true);
      assert.deepEqual(foundIn(reader, { words: ['fox'] }), wanted({ words: ['fox'] }));
      reader.close();
      const newer = open(file);
      assert.deepEqual(foundIn(newer, { words: ['fox'] }), wanted({ words: ['fox'] }));
      while (newer.tidy());
      assert.deepEqual(foundIn(newer, { words: ['fox'] }), wanted({ words: ['fox'] }));
      newer.close();
    });

    test('the newest come first, as many as are wanted', () => {
      const keep = open(join(folder(), 'history.db'));
      for (const { chat, entry } of all) keep.add(chat, entry, 'end');
      while (keep.tidy());
      const query = { words: ['fox'], limit: 5 };
      const search = keep.search(query, matcherOf(query));
      const times: number[] = [];
      for (let next = search.next(); next.done !== true; next = search.next())
        times.push(...next.value.map(hit => hit.entry.at));
      const newest = all.filter(({ entry }) => entry.body.includes('fox')).map(({ entry }) => entry.at);
      assert.deepEqual(times, newest.reverse().slice(0, 5));
      keep.close();
    });
  });
}

test('text logs alone find the same, also when the question grows letter by letter', async () => {
  const account = await openAccount(bare('me@example.test'), assert.fail, {
    data: join(folder(), 'data'),
    clock: createFakeClock(),
    createState,
    driver: null,
  });
  assert.ok(account);
  const { history } = account;
  const whole = (query: HistoryQuery): string[] => {
    const bodies: string[] = [];
    const search = history.search({ ...query, limit: 10_000 }, matcherOf(query));
    for (let next = search.next(); next.done !== true; next = search.next())
      bodies.push(...next.value.map(hit => hit.entry.body));
    return bodies.sort();
  };
  for (const { chat, entry } of all) history.add(chat, entry, 'end');
  for (const query of QUERIES) assert.deepEqual(whole(query), wanted(query), JSON.stringify(query));
  for (const word of ['brown', 'nowhere', 'quick']) {
    for (let i = 1; i <= word.length; i++) {
      const query = { words: [word.slice(0, i)] };
      assert.deepEqual(whole(query), wanted(query), query.words[0]);
    }
  }
  // What is said meanwhile is found too.
  const { chat, entry } = all[0] as (typeof all)[number];
  assert.deepEqual(whole({ words: ['nowhere'] }), []);
  history.add(chat, { ...entry, body: cleanBody('now here nowhere') }, 'end');
  assert.deepEqual(whole({ words: ['nowhere'] }), ['now here nowhere']);
  account.close();
});

test('text logs that hold nothing of it are passed in slices: thousands of files keep no key waiting', () => {
  const logs = folder();
  const files = 400;
  for (let n = 0; n < files; n++) {
    const path = join(logs, `contact${n}@example.test`);
    mkdirSync(path);
    writeFileSync(join(path, '2025-01.log'), '');
  }
  /** Each look at the clock takes a millisecond: eight of them are a slice. */
  let time = 0;
  const keep = createTextKeep(logs, createState(undefined), () => time++);
  const query = { words: ['nowhere'] };
  const search = keep.search(query, matcherOf(query));
  let longest = 0;
  let begun = time;
  for (let next = search.next(); next.done !== true; next = search.next()) {
    longest = Math.max(longest, time - begun);
    begun = time;
  }
  assert.ok(time >= 2 * files, 'it looks at the clock for each of them');
  assert.ok(longest <= 10, `${longest} looks in one slice`);
});
