/** What is kept of conversations: the same promises with SQLite and without. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createState } from '../../src/config/state.js';
import { cleanBody, cleanIdentifier } from '../../src/lib/text.js';
import { matcherOf } from '../../src/model/history.js';
import type { MessageEntry } from '../../src/model/types.js';
import { type AccountOptions, openAccount } from '../../src/storage/account.js';
import { loadDriver } from '../../src/storage/driver.js';
import type { Hit } from '../../src/storage/types.js';
import { createFakeClock } from '../helpers/fake-clock.js';
import { bare } from '../helpers/fake-wire.js';

const ME = bare('me@example.test');
const ROOM = bare('lobby@rooms.test');
const JULIET = bare('juliet@example.test');
const AT = Date.UTC(2026, 10, 22, 20, 0, 0);
const driver = await loadDriver();

function said(n: number, body = `message ${n}`, more: Partial<MessageEntry> = {}): MessageEntry {
  return {
    kind: 'message',
    seq: n,
    rev: 1,
    at: AT + n * 1000,
    sender: { name: cleanIdentifier('romeo') },
    self: false,
    body: cleanBody(body),
    action: false,
    source: 'live',
    highlight: false,
    ...more,
  };
}

function place(more: Partial<AccountOptions> = {}) {
  const data = join(mkdtempSync(join(tmpdir(), 'causette-keep-')), 'data');
  const problems: string[] = [];
  const options: AccountOptions = { data, clock: createFakeClock(), createState, ...more };
  return {
    folder: join(data, 'me@example.test'),
    problems,
    async open() {
      const account = await openAccount(ME, sentence => void problems.push(sentence), options);
      assert.ok(account);
      return account;
    },
  };
}
const bodies = (entries: readonly MessageEntry[]): string[] => entries.map(one => one.body);
function found(search: Iterator<readonly Hit[]>): string[] {
  const all: string[] = [];
  for (let one = search.next(); one.done !== true; one = search.next())
    all.push(...one.value.map(hit => hit.entry.body));
  return all;
}

for (const [name, more] of [
  ['SQLite', {}],
  ['text logs alone', { driver: null }],
] as const) {
  describe(name, { skip: name === 'SQLite' && driver === undefined ? 'no SQLite here' : false }, () => {
    test('what was said is there after a restart, page by page', async () => {
      const spot = place(more);
      let account = await spot.open();
      for (let i = 1; i <= 25; i++) account.history.add(ROOM, said(i), 'end');
      account.history.add(JULIET, said(99, 'elsewhere'), 'end');
      account.close();
      account = await spot.open();
      const newest = account.history.page(ROOM, 10);
      assert.deepEqual(bodies(newest), bodies(Array.from({ length: 10 }, (_, i) => said(16 + i))));
      const older = account.history.page(ROOM, 20, newest[0]?.stored);
      assert.deepEqual(bodies(older), bodies(Array.from({ length: 15 }, (_, i) => said(1 + i))));
      assert.deepEqual(account.history.page(ROOM, 20, older[0]?.stored), []);
      const middle = older[10]?.stored ?? 0;
      assert.deepEqual(bodies(account.history.around(ROOM, middle, 2)), bodies([9, 10, 11, 12, 13].map(n => said(n))));
      assert.equal(account.history.count(ROOM), 25);
      account.close();
    });

    const SEARCHES: readonly [
      string,
      Parameters<Awaited<ReturnType<ReturnType<typeof place>['open']>>['history']['search']>[0],
      string[],
    ][] = [
      ['a word', { words: ['fox'] }, ['The quick brown Fox']],
      ['the beginning of a word', { words: ['qui'] }, ['The quick brown Fox']],
      ['the middle of a word', { words: ['uic'] }, ['The quick brown Fox']],
      ['several words', { words: ['brown', 'the'] }, ['The quick brown Fox']],
      ['Chinese', { words: ['学中'] }, ['我在学中文']],
      ['Cyrillic in capitals', { words: ['ПРИВЕТ'] }, ['привет всем']],
      ['percent is no wildcard', { words: ['100%'] }, ['100% sure']],
      ['quotes are no syntax', { words: ['"OR'] }, []],
      ['a sender', { words: [], from: 'mercu' }, ['100% sure']],
      ['me', { words: [], from: 'me' }, ['привет всем']],
      ['a chat', { words: [], in: 'juliet' }, ['我在学中文']],
      ['since', { words: [], since: AT + 4000 }, ['100% sure']],
      ['before', { words: [], before: AT + 2000 }, ['The quick brown Fox']],
      ['nothing', { words: ['nowhere'] }, []],
    ];
    for (const [what, query, wanted] of SEARCHES) {
      test(`search finds ${what}`, async () => {
        const account = await place(more).open();
        const { history } = account;
        history.add(ROOM, said(1, 'The quick brown Fox'), 'end');
        history.add(JULIET, said(2, '我在学中文'), 'end');
        history.add(ROOM, said(3, 'привет всем', { self: true }), 'end');
        history.add(ROOM, said(4, '100% sure', { sender: { name: cleanIdentifier('Mercutio') } }), 'end');
        assert.deepEqual(found(history.search(query, matcherOf(query))), wanted);
        account.close();
      });
    }

    test('the cursor of an archive survives', async () => {
      const spot = place(more);
      const account = await spot.open();
      account.history.setCursor(ROOM, 'id-7');
      account.close();
      assert.equal((await spot.open()).history.cursor(ROOM), 'id-7');
    });

    test('a second process reads, writes nothing and knows who does', async () => {
      const spot = place(more);
      const first = await spot.open();
      first.history.add(ROOM, said(1), 'end');
      const second = await spot.open();
      assert.equal(second.writable, false);
      assert.equal(second.holder, process.pid);
      assert.equal(second.history.add(ROOM, said(2), 'end'), undefined);
      second.state.set('drafts', { x: 'y' });
      second.close();
      first.close();
      const third = await spot.open();
      assert.deepEqual(bodies(third.history.page(ROOM, 10)), ['message 1']);
      assert.equal(third.state.get('drafts'), undefined);
      third.close();
    });
  });
}

describe('SQLite', { skip: driver === undefined ? 'no SQLite here' : false }, () => {
  test('everything about a message comes back', async () => {
    const spot = place();
    const account = await spot.open();
    const entry = said(1, 'hello', {
      self: true,
      action: true,
      highlight: true,
      delivery: 'sent',
      stanzaId: 's1',
      originId: 'o1',
      messageId: 'm1',
      versions: [cleanBody('helo')],
      reply: { id: 'r', name: cleanIdentifier('x'), excerpt: cleanBody('y') },
      reactions: new Map([[cleanIdentifier('👍'), [cleanIdentifier('juliet')]]]),
      remarks: [cleanBody('dated')],
      role: 'moderator',
      error: cleanBody('why'),
    });
    const key = account.history.add(ROOM, entry, 'end');
    assert.deepEqual(account.history.page(ROOM, 1)[0], { ...entry, seq: 0, rev: 0, stored: key });
    account.close();
  });

  test('the same archive id is one message, in each chat', async () => {
    const { history } = await place().open();
    const key = history.add(ROOM, said(1, 'a', { stanzaId: 'x' }), 'end');
    assert.equal(history.add(ROOM, said(2, 'a', { stanzaId: 'x' }), 'end'), key);
    assert.notEqual(history.add(JULIET, said(2, 'a', { stanzaId: 'x' }), 'end'), key);
    assert.equal(history.find(ROOM, { stanzaId: 'x' }), key);
  });

  test('what the archive fills in stands where it belongs', async () => {
    const { history } = await place().open();
    const one = history.add(ROOM, said(1, '1'), 'end') ?? 0;
    history.add(ROOM, said(5, '5'), 'end');
    let after = one;
    for (const n of [2, 3, 4]) after = history.add(ROOM, said(n, `${n}`), { after }) ?? 0;
    history.add(ROOM, said(0, '0'), 'start');
    assert.deepEqual(bodies(history.page(ROOM, 10)), ['0', '1', '2', '3', '4', '5']);
  });

  test('a correction changes the row and is found; what was taken back is not kept', async () => {
    const { history } = await place().open();
    const key = history.add(ROOM, said(1, 'helo'), 'end') ?? 0;
    history.change(ROOM, key, said(1, 'hello'));
    assert.deepEqual(found(history.search({ words: ['helo'] }, matcherOf({ words: ['helo'] }))), []);
    assert.deepEqual(found(history.search({ words: ['hello'] }, matcherOf({ words: ['hello'] }))), ['hello']);
    history.change(ROOM, key, said(1, 'hello', { retracted: {} }));
    assert.deepEqual(found(history.search({ words: ['hello'] }, matcherOf({ words: ['hello'] }))), []);
    assert.deepEqual(history.page(ROOM, 1)[0]?.retracted, {});
  });

  test('a batch is all or nothing', async () => {
    const { history } = await place().open();
    assert.throws(() =>
      history.batch(() => {
        history.add(ROOM, said(1), 'end');
        throw new Error('no');
      }),
    );
    assert.equal(history.count(), 0);
    assert.ok(history.add(ROOM, said(1), 'end'));
    assert.equal(history.count(), 1);
  });

  test('files are for their owner only', async () => {
    const spot = place();
    const account = await spot.open();
    account.history.add(ROOM, said(1), 'end');
    for (const name of readdirSync(spot.folder)) {
      const { mode } = statSync(join(spot.folder, name));
      assert.equal(mode & 0o077, 0, name);
    }
    account.close();
    const left = readdirSync(spot.folder);
    assert.ok(left.includes('history.db') && left.includes('logs') && !left.includes('lock'), left.join());
    for (const name of left) if (name.endsWith('-wal')) assert.equal(statSync(join(spot.folder, name)).size, 0);
  });

  for (const [what, damage] of [
    [
      'is no database',
      (file: string) => writeFileSync(file, 'not a database, but long enough to be read as one '.repeat(50)),
    ],
    ['is cut', (file: string) => truncateSync(file, 5000)],
    [
      'has zeros in it',
      (file: string) =>
        writeFileSync(file, Buffer.concat([readFileSync(file).subarray(0, 4096), Buffer.alloc(60_000)])),
    ],
  ] as const) {
    test(`F025: a file that ${what} is kept aside and said, and the client goes on`, async () => {
      const spot = place();
      let account = await spot.open();
      for (let i = 0; i < 200; i++) account.history.add(ROOM, said(i), 'end');
      account.close();
      damage(join(spot.folder, 'history.db'));
      account = await spot.open();
      account.history.page(ROOM, 10);
      account.history.add(ROOM, said(1, 'after'), 'end');
      account.history.add(ROOM, said(2, 'after 2'), 'end');
      assert.deepEqual(bodies(account.history.page(ROOM, 1)), ['after 2']);
      assert.equal(spot.problems.length, 1);
      assert.match(spot.problems[0] ?? '', /damaged/);
      assert.ok(readdirSync(spot.folder).some(name => name.endsWith('.corrupt')));
      account.close();
    });
  }

  test('a database of a newer version is read and not written', async () => {
    const spot = place();
    let account = await spot.open();
    account.history.add(ROOM, said(1), 'end');
    account.close();
    const database = driver?.(join(spot.folder, 'history.db'), { readOnly: false });
    database?.exec('pragma user_version = 99');
    database?.close();
    account = await spot.open();
    assert.equal(account.history.add(ROOM, said(2), 'end'), undefined);
    assert.deepEqual(bodies(account.history.page(ROOM, 5)), ['message 1']);
    assert.match(spot.problems[0] ?? '', /newer/);
    account.close();
  });

  test('a kill in the middle of writing loses nothing that was answered', () => {
    const spot = place();
    const script = join(import.meta.dirname, '../helpers/kill-while-storing.ts');
    for (let round = 0; round < 3; round++) {
      // A file takes everything at once; a pipe that nobody has time to read does not.
      const told = join(mkdtempSync(join(tmpdir(), 'causette-keep-')), 'told');
      const out = openSync(told, 'w');
      const run = spawnSync(process.execPath, ['--import', 'tsx', script, spot.folder, String(round)], {
        encoding: 'utf8',
        stdio: ['ignore', out, 'pipe'],
      });
      closeSync(out);
      assert.equal(run.signal, 'SIGKILL', run.stderr);
      const last = Number(readFileSync(told, 'utf8').trim().split('\n').at(-1));
      const database = driver?.(join(spot.folder, 'me@example.test', 'history.db'), { readOnly: false });
      const row = database?.prepare('select count(*) as n from messages where body like ?').get(`${round}-%`);
      assert.ok(Number(row?.['n']) >= last && last > 50, `${row?.['n']} of ${last}`);
      assert.deepEqual(
        database
          ?.prepare('pragma quick_check')
          .all()
          .map(one => ({ ...one })),
        [{ quick_check: 'ok' }],
      );
      database?.close();
    }
  });
});

test('a folder that cannot be made is one sentence, and the client goes on without', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'causette-keep-')), 'file');
  writeFileSync(file, '');
  const problems: string[] = [];
  const account = await openAccount(ME, sentence => void problems.push(sentence), {
    data: join(file, 'data'),
    clock: createFakeClock(),
    createState,
  });
  assert.equal(account, undefined);
  assert.equal(problems.length, 1);
  assert.equal(existsSync(join(file, 'data')), false);
});
