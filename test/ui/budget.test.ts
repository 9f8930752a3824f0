/** What goes over the line to the terminal, counted: less with `--low-bandwidth`, and only new lines for those who hear the screen. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  createFakeApp,
  createFakeLog,
  createFakeShell,
  type FakeApp,
  type FakeLog,
  fakeTab,
  logView,
} from '../helpers/expect-screen.js';

const DARK: unknown = JSON.parse(readFileSync(new URL('../../themes/dark.json', import.meta.url), 'utf8'));

async function room(
  options: Readonly<Record<string, boolean | string>>,
  columns = 100,
  rows = 30,
): Promise<{ readonly app: FakeApp; readonly log: FakeLog; say(nick: string, body: string): Promise<string> }> {
  const log = createFakeLog();
  const tab = fakeTab(1, 'hall', logView(log));
  const shell = createFakeShell([tab]);
  for (const [name, value] of Object.entries(options)) shell.options.set(name, value);
  const app = await createFakeApp([tab], { columns, rows, shell, theme: DARK });
  const say = async (nick: string, body: string): Promise<string> => {
    app.tty.takeOutput();
    log.say(nick, body);
    shell.touch('log');
    await app.settle();
    return app.tty.takeOutput();
  };
  return { app, log, say };
}

const TALK: readonly (readonly [string, string])[] = Array.from({ length: 60 }, (_, i) => [
  ['ana', 'bob', 'captain nemo', 'דוד', '漢字'][i % 5] ?? '',
  `line ${i} with some words, https://example.test/${i} and more of them`,
]);

test('--low-bandwidth takes fewer bytes for the same talk, and no colour of a nick', async () => {
  const count = async (low: boolean): Promise<{ bytes: number; text: string }> => {
    const { app, say } = await room({ 'ui.low_bandwidth': low, 'ui.align': 'column' });
    let text = '';
    for (const [nick, body] of TALK) text += await say(nick, body);
    app.close();
    return { bytes: Buffer.byteLength(text), text };
  };
  const normal = await count(false);
  const low = await count(true);
  const own = TALK.reduce((sum, [nick, body]) => sum + Buffer.byteLength(nick) + Buffer.byteLength(body), 0);
  assert.ok(low.bytes <= 0.75 * normal.bytes, `${low.bytes} of ${normal.bytes} bytes`);
  // Its own text and 60 bytes is what a line may take at all, also one with a time, a right-to-left nick and a link.
  assert.ok(low.bytes <= own + 60 * TALK.length, `${(low.bytes - own) / TALK.length} bytes a line beside its text`);
  assert.match(normal.text, /38;5;\d+m/);
  const hues = new Set(low.text.match(/38;5;\d+/g));
  assert.ok(hues.size <= 3, `tokens may have colours, nicks have none: ${[...hues].join()}`);
});

test('--accessible appends: a new line is sent alone, what was there before is never sent again', async () => {
  const { app, say } = await room({ 'ui.accessible': true, 'typing.show': false }, 80, 12);
  for (let i = 0; i < 30; i++) await say('ana', `earlier ${i}`);
  for (let i = 0; i < 30; i++) {
    const sent = await say('bob', `newest ${i} here`);
    assert.ok(sent.includes(`newest ${i} here`), JSON.stringify(sent));
    assert.doesNotMatch(sent, /earlier|\x1b\[2J/);
    assert.deepEqual(
      [...sent.matchAll(/newest (\d+)/g)].map(match => match[1]),
      [String(i)],
    );
    assert.doesNotMatch(sent, /[\u2500-\u257f]/);
  }
  assert.equal((await app.rows()).at(-4), 'bob: newest 29 here (12:00)');
  app.close();
});

test('a room where nothing happens sends nothing', async () => {
  const { app, say } = await room({ 'ui.clock': false });
  await say('ana', 'the last words');
  app.tty.takeOutput();
  app.clock.advance(3_600_000);
  await app.settle();
  assert.equal(app.tty.takeOutput(), '');
  app.close();
});
