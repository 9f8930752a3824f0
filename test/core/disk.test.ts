/** What disks do to us (rows Q8 to Q12, Q18, Q37 to Q42 of the fault table): said, lasting in the bar, and made good when it is over. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createConfig } from '../../src/config/config.js';
import { createState } from '../../src/config/state.js';
import { cleanBody, cleanIdentifier } from '../../src/lib/text.js';
import type { MessageEntry } from '../../src/model/types.js';
import { openAccount } from '../../src/storage/account.js';
import { createFakeClock } from '../helpers/fake-clock.js';
import { bare, full } from '../helpers/fake-wire.js';
import { createRig, type Rig } from '../helpers/run-command.js';

const ME = bare('me@example.test');
const ROOM = 'lobby@rooms.test';
const RETRY_MS = 31_000;
const place = (): string => join(mkdtempSync(join(tmpdir(), 'causette-disk-')), 'data');
const bar = (rig: Rig): string =>
  rig.core.shell
    .statusBar()
    .left.map(part => part.text)
    .join('');

async function signedIn(data: string, driver?: null): Promise<Rig> {
  const rig = createRig({
    online: false,
    core: {
      openStore: (account, onProblem) =>
        openAccount(account, onProblem, {
          data,
          clock: rig.clock,
          createState,
          ...(driver === null && { driver }),
        }),
    },
  });
  await rig.core.api.session.connect({ jid: ME, password: 'x' });
  rig.wire.online({ anonymous: false, domain: 'example.test', jid: full(`${ME}/x`) });
  rig.enter(ROOM, ['ana']);
  return rig;
}
async function keptIn(data: string, driver?: null): Promise<string[]> {
  const problems: string[] = [];
  const account = await openAccount(ME, text => void problems.push(text), {
    data,
    clock: createFakeClock(),
    createState,
    ...(driver === null && { driver }),
  });
  const bodies = account?.history.page(bare(ROOM), 1000).map(entry => entry.body) ?? [];
  account?.close();
  assert.deepEqual(problems, []);
  return bodies;
}
const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `line ${from + i} ${'x'.repeat(500)}`);
const logText = (data: string): string => {
  const folder = join(data, ME, 'logs', ROOM);
  return readdirSync(folder)
    .map(name => readFileSync(join(folder, name), 'utf8'))
    .join('');
};
/** How large files of this process may grow; what goes beyond fails as on a full disk. */
function limitFiles(bytes: number | 'unlimited'): void {
  const done = spawnSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:unlimited`], { encoding: 'utf8' });
  assert.equal(done.status, 0, `prlimit of util-linux is needed: ${done.stderr}`);
}

for (const [store, driver] of [
  ['SQLite', undefined],
  ['text logs alone', null],
] as const) {
  test(`Q8 with ${store}: while the disk is full the bar says so and nothing is lost; when there is space the backlog is written`, async () => {
    const data = place();
    const rig = await signedIn(data, driver);
    const say = (bodies: readonly string[]): void => {
      for (const body of bodies) rig.wire.message(`${ROOM}/ana`, body);
    };
    say(numbered(1, 3));
    rig.clock.advance(1000);
    assert.doesNotMatch(bar(rig), /not saved/);
    limitFiles(4096);
    try {
      say(numbered(4, 40));
      rig.clock.advance(1000);
      assert.match(bar(rig), /\[history not saved\]/);
      assert.match(rig.notices().join('\n'), /not saved: the disk/);
      say(numbered(41, 60));
      rig.clock.advance(RETRY_MS);
      assert.match(bar(rig), /\[history not saved\]/, 'it is still full');
      const log = rig.core.store.chat(bare(ROOM))?.log;
      const shown = [...(log?.newest() ?? [])].filter(entry => entry.kind === 'message');
      assert.equal(shown.length, 60, 'all of it is on the screen');
    } finally {
      limitFiles('unlimited');
    }
    rig.clock.advance(RETRY_MS);
    rig.clock.advance(RETRY_MS);
    assert.doesNotMatch(bar(rig), /not saved/);
    assert.match(rig.notices().join('\n'), /saved again/);
    await rig.core.stop();
    assert.deepEqual(await keptIn(data, driver), numbered(1, 60));
    const text = logText(data);
    for (const line of numbered(1, 60)) assert.equal(text.split(`> ${line}\n`).length, 2, line);
  });
}

test('Q9: settings that cannot be written leave the old file whole and are said', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'causette-disk-'));
  const file = join(folder, 'config.toml');
  const old = `# mine\n[ui]\ntheme = "light"\n${'# long\n'.repeat(1000)}`;
  writeFileSync(file, old);
  const problems: string[] = [];
  const config = createConfig({ file, clock: createFakeClock(), onProblem: text => void problems.push(text) });
  limitFiles(1024);
  try {
    config.set('ui.theme', 'dark');
    await config.flush();
    assert.equal(readFileSync(file, 'utf8'), old);
    assert.match(problems.join(), /could not be saved/);
  } finally {
    limitFiles('unlimited');
  }
  await config.flush();
  assert.match(readFileSync(file, 'utf8'), /# mine\n\[ui\]\ntheme = "dark"/);
});

test('Q10: a configuration cut at any byte is read as far as it is whole, or left alone and said', () => {
  const folder = mkdtempSync(join(tmpdir(), 'causette-disk-'));
  const file = join(folder, 'config.toml');
  const whole = '# mine\n[ui]\ntheme = "light"\n[keys]\n"ctrl-x" = "/next"\n[chat."a@b.test"]\nrooms.notify = "none"\n';
  const bytes = Buffer.from(whole);
  for (let length = 0; length <= bytes.length; length++) {
    const cut = bytes.subarray(0, length);
    writeFileSync(file, cut);
    const config = createConfig({ file, clock: createFakeClock() });
    assert.equal(config.problems.length > 0 || !config.broken, true, `cut at ${length}`);
    assert.ok(['auto', 'light'].includes(String(config.get('ui.theme'))), `cut at ${length}`);
    if (!config.broken) continue;
    assert.match(config.problems[0] ?? '', /config\.toml:\d+:\d+: /, `cut at ${length}`);
    config.set('ui.theme', 'dark');
    assert.deepEqual(readFileSync(file), cut, `cut at ${length}`);
  }
});

describe('the state file', () => {
  test('Q10: damaged, it is kept aside and said, and remembering goes on', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'causette-disk-')), 'state.json');
    for (const damage of ['{"a": 1', '', '[]', '\0\0\0\0']) {
      writeFileSync(file, damage);
      const problems: string[] = [];
      const state = createState(file, text => void problems.push(text));
      state.set('a', 2);
      assert.match(problems.join(), /damaged.*kept as/);
      assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), { a: 2 });
    }
    const aside = readdirSync(join(file, '..')).filter(name => name.endsWith('.corrupt'));
    assert.equal(aside.length, 4);
  });

  test('two processes lose nothing of each other', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'causette-disk-')), 'state.json');
    const [one, two] = [createState(file), createState(file)];
    one.set('a', 1);
    two.set('b', 2);
    one.set('c', 3);
    two.set('a', undefined);
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), { b: 2, c: 3 });
    assert.equal(one.get('a'), undefined);
    assert.equal(one.get('b'), 2);
    assert.equal(statSync(file).mode & 0o077, 0);
  });

  test('Q11: a lock left behind by a kill is no lock', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'causette-disk-')), 'state.json');
    writeFileSync(`${file}.lock`, '');
    const state = createState(file, assert.fail);
    state.set('a', 1);
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), { a: 1 });
    assert.equal(existsSync(`${file}.lock`), false);
  });

  test('Q8: what the full disk did not take is written when it does', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'causette-disk-')), 'state.json');
    const clock = createFakeClock();
    const problems: string[] = [];
    const state = createState(file, text => void problems.push(text), clock);
    state.set('a', 1);
    limitFiles(100);
    try {
      state.set('drafts', 'x'.repeat(500));
      state.set('drafts', 'y'.repeat(500));
      assert.equal(state.failing, true);
      assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), { a: 1 });
    } finally {
      limitFiles('unlimited');
    }
    clock.advance(RETRY_MS);
    assert.equal(state.failing, false);
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), { a: 1, drafts: 'y'.repeat(500) });
    assert.deepEqual(
      problems.map(text => /again/.test(text)),
      [false, true],
    );
  });
});

test('two programs with the same settings file lose nothing of each other', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'causette-disk-')), 'config.toml');
  const clock = createFakeClock();
  const [one, two] = [createConfig({ file, clock }), createConfig({ file, clock })];
  one.set('ui.theme', 'light');
  await one.flush();
  two.set('rooms.nick', 'nemo');
  await two.flush();
  one.set('typing.send', 'false');
  await one.flush();
  const both = createConfig({ file, clock });
  assert.deepEqual(
    [both.get('ui.theme'), both.get('rooms.nick'), both.get('typing.send'), both.problems],
    ['light', 'nemo', false, []],
  );
});

const said = (n: number, at: number): MessageEntry => ({
  kind: 'message',
  seq: n,
  rev: 1,
  at,
  sender: { name: cleanIdentifier('ana') },
  self: false,
  body: cleanBody(`line ${n}`),
  action: false,
  source: 'live',
  highlight: false,
});

test('Q18: a clock that jumps back an hour and on a day changes no order', async () => {
  const data = place();
  const open = () => openAccount(ME, assert.fail, { data, clock: createFakeClock(), createState });
  const account = await open();
  const now = Date.UTC(2026, 10, 22);
  [now, now - 3_600_000, now + 86_400_000, now + 1000].forEach((at, i) => {
    account?.history.add(bare(ROOM), said(i, at), 'end');
  });
  account?.close();
  assert.deepEqual(await keptIn(data), ['line 0', 'line 1', 'line 2', 'line 3']);
});

test('Q37: a second start on the account says who holds it and writes nothing', async () => {
  const data = place();
  const first = await signedIn(data);
  const second = await signedIn(data);
  assert.match(second.notices().join('\n'), new RegExp(`Another Causette \\(process ${process.pid}\\)`));
  second.wire.message(`${ROOM}/ana`, 'heard by both');
  first.wire.message(`${ROOM}/ana`, 'heard by both');
  await second.core.stop();
  await first.core.stop();
  assert.deepEqual(await keptIn(data), ['heard by both']);
});

describe('Q38: a folder', () => {
  test('that is a file is one sentence, and the client works from memory', async () => {
    const data = place();
    mkdirSync(data, { recursive: true });
    writeFileSync(join(data, ME), 'in the way');
    const rig = await signedIn(data);
    rig.wire.message(`${ROOM}/ana`, 'hello');
    assert.match(rig.notices().join('\n'), /No history is kept/);
    assert.equal(rig.core.store.chat(bare(ROOM))?.log.last()?.kind, 'message');
    assert.equal(readFileSync(join(data, ME), 'utf8'), 'in the way');
    await rig.core.stop();
  });

  test('F028: that was opened to others is closed again, with its files', async () => {
    const data = place();
    (await signedIn(data)).wire.message(`${ROOM}/ana`, 'hello');
    const folder = join(data, ME);
    const rig = await signedIn(data);
    await rig.core.stop();
    for (const path of [data, folder]) chmodSync(path, 0o755);
    // The first one still holds the lock: whoever comes after it looks.
    writeFileSync(join(folder, 'lock'), '1 0\n');
    for (const name of readdirSync(folder)) if (name !== 'logs') chmodSync(join(folder, name), 0o644);
    await (await signedIn(data)).core.stop();
    for (const name of ['.', ...readdirSync(folder)]) assert.equal(statSync(join(folder, name)).mode & 0o077, 0, name);
  });

  test('with a link in the place of a log or the database writes through none of them', async () => {
    const data = place();
    const target = join(data, '..', 'target');
    writeFileSync(target, 'untouched');
    const logs = join(data, ME, 'logs', ROOM);
    mkdirSync(logs, { recursive: true });
    symlinkSync(target, join(data, ME, 'history.db'));
    const now = new Date(createFakeClock().now()).toISOString().slice(0, 7);
    symlinkSync(target, join(logs, `${now}.log`));
    const rig = await signedIn(data);
    rig.wire.message(`${ROOM}/ana`, 'hello');
    rig.clock.advance(1000);
    assert.match(rig.notices().join('\n'), /symbolic link|ELOOP/);
    assert.equal(readFileSync(target, 'utf8'), 'untouched');
    await rig.core.stop();
  });

  test('that may only be read is read, and nothing is added', async () => {
    const data = place();
    const rig = await signedIn(data);
    rig.wire.message(`${ROOM}/ana`, 'hello');
    await rig.core.stop();
    // The superuser may write anywhere: somebody else looks.
    const script = join(import.meta.dirname, '../helpers/read-only-account.ts');
    for (const path of [join(data, '..'), data, join(data, ME), join(data, ME, 'logs'), join(data, ME, 'logs', ROOM)]) {
      chmodSync(path, 0o500);
    }
    if (process.getuid?.() === 0) spawnSync('chown', ['-R', '65534:65534', join(data, '..')]);
    for (const name of ['history.db', 'state.json']) {
      if (existsSync(join(data, ME, name))) chmodSync(join(data, ME, name), 0o400);
    }
    const run = spawnSync(process.execPath, ['--import', 'tsx', script, data, ME, ROOM], { encoding: 'utf8' });
    assert.deepEqual(
      run.stdout.trim().split('\n'),
      ['writable false', 'hello', 'The history is only read'],
      run.stderr,
    );
  });
});

test('guests write nothing, unless asked', async () => {
  for (const [wanted, folders] of [
    ['off', []],
    ['on', ['anon.test']],
  ] as const) {
    const data = place();
    const rig = createRig({
      online: false,
      set: { 'history.guests': wanted },
      core: {
        openStore: (account, onProblem) => openAccount(account, onProblem, { data, clock: rig.clock, createState }),
      },
    });
    await rig.core.api.session.connect({ guestHost: 'anon.test' });
    rig.enter(ROOM, ['ana']);
    rig.wire.message(`${ROOM}/ana`, 'hello');
    rig.clock.advance(1000);
    await rig.core.stop();
    assert.deepEqual(existsSync(data) ? readdirSync(data) : [], folders);
  }
});

test('no bell and no news for history: it is only unread', async () => {
  const rig = await signedIn(place());
  const news: string[] = [];
  rig.core.api.on('message:highlighted', ({ message }) => void news.push(message.body));
  rig.wire.message(`${ROOM}/ana`, 'me: from the archive', { source: 'archive', missed: true, stanzaId: 's1' });
  assert.deepEqual(news, []);
  rig.wire.message(`${ROOM}/ana`, 'me: now');
  assert.deepEqual(news, ['me: now']);
  await rig.core.stop();
});

test('Q42: an unknown time zone is UTC', () => {
  const run = spawnSync(
    process.execPath,
    [
      '--import',
      'tsx',
      '--input-type=module',
      '-e',
      "import { timeOfDay } from './src/api.ts'; console.log(timeOfDay(Date.UTC(2026, 0, 1, 13, 5)))",
    ],
    { encoding: 'utf8', env: { ...process.env, TZ: 'Nowhere/Bad' }, cwd: join(import.meta.dirname, '../..') },
  );
  assert.match(run.stdout, /13:05/, run.stderr);
});

test('the package that writes settings does not take our signals', async () => {
  const config = createConfig({ file: join(place(), 'config.toml'), clock: createFakeClock() });
  config.set('ui.theme', 'light');
  await config.flush();
  assert.deepEqual(
    process.eventNames().filter(name => String(name).startsWith('SIG') && name !== 'SIGXFSZ'),
    [],
  );
});
