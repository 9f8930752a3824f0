/** The same bytes in tmux, which has widths of its own: what a person sees there is what @xterm/headless shows, up to differences that are listed. */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { cleanLine, type Safe } from '../../src/lib/text.js';
import { clusters, UNSURE } from '../../src/lib/width.js';
import { createFakeApp, createFakeLog, createFakeShell, fakeTab, logView, row } from '../helpers/expect-screen.js';
import { PATIENCE_MS } from '../helpers/patience.js';
import { findProgram } from '../setup.js';

const [COLUMNS, ROWS] = [80, 24];
const DARK: unknown = JSON.parse(readFileSync(new URL('../../themes/dark.json', import.meta.url), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'causette-tmux-'));
const socket = join(folder, 'socket');
const tmux = findProgram('tmux') ?? 'tmux';
const env = { PATH: process.env['PATH'], HOME: folder, LANG: 'C.UTF-8', TERM: 'xterm-256color' };
const run = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)(tmux, ['-u', '-S', socket, '-f', '/dev/null', ...args], { env, timeout: PATIENCE_MS }))
    .stdout;
after(() => {
  execFileSync(tmux, ['-S', socket, 'kill-server'], { env, stdio: 'ignore' });
  rmSync(folder, { recursive: true, force: true });
});

const LINES: readonly (readonly [nick: string, body: string])[] = [
  ['ana', 'plain words, Crème brûlée — “quotes”'],
  ['юрий', 'Съешь же ещё этих мягких французских булок'],
  ['漢字', '吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。'],
  ['수진', '다람쥐 헌 쳇바퀴에 타고파'],
  ['ana', 'family 👨‍👩‍👧‍👦 heart ❤️ thumbs 👍🏽 flags 🇫🇷🇯🇵 end'],
  ['ana', 'keycap 5️⃣ rainbow 🏳️‍🌈 end'],
  ['דוד', 'שלום עולם, this is (mixed) 123 טקסט'],
  ['سارة', 'مرحبا بالعالم 456'],
  ['राम', 'नमस्ते दुनिया, क्षत्रिय'],
  ['สมชาย', 'น้ำ ที่ ก็ ผู้'],
];

/** Column of the line before the list. */
const BORDER = 67;

/**
 * A row without what terminals keep or show in different ways in the cells of a cluster: tmux keeps the marks of direction and
 * leaves out skin tones; of a family both show as much as a cell holds; a sign that one takes for narrow has a blank behind it.
 */
const comparable = (line: string): string =>
  clusters(line.replace(/[\u2066-\u2069]/gu, '') as Safe)
    .map(({ s, trust }) => (trust === UNSURE ? String.fromCodePoint(s.codePointAt(0) ?? 0) : s))
    .join('')
    .replace(/(\p{Extended_Pictographic}|\d) +/gu, '$1 ')
    .trimEnd();

/** The screen drawn in small frames: what a terminal thinks of a width shows when the next frame comes. */
async function recorded(): Promise<{ bytes: string; rows: readonly string[] }> {
  const log = createFakeLog();
  const tab = fakeTab(1, 'hall', logView(log));
  tab.topic = row('A subject: 漢字, emoji 👍🏽');
  tab.side = {
    width: 12,
    items: LINES.map(([nick], i) => ({ id: `${i}`, row: [{ text: cleanLine(nick), token: 'nick.other' }] })),
  };
  const shell = createFakeShell([tab]);
  shell.options.set('ui.align', 'column');
  shell.options.set('ui.bidi', 'terminal');
  const app = await createFakeApp([tab], { columns: COLUMNS, rows: ROWS, shell, theme: DARK });
  for (const [nick, body] of LINES) {
    log.say(nick, body);
    shell.touch('log');
    await app.settle();
  }
  await app.type('typed: é漢👍🏽');
  const rows = await app.rows();
  const bytes = app.tty.takeOutput();
  app.close();
  return { bytes, rows };
}

test('a screen with wide letters, emoji and right-to-left text is the same in tmux', async () => {
  const { bytes, rows } = await recorded();
  writeFileSync(join(folder, 'bytes'), bytes);
  const inside = `stty raw -echo; cat bytes; ${tmux} -S ${socket} wait-for -S drawn; exec cat`;
  await run('new-session', '-d', '-x', String(COLUMNS), '-y', String(ROWS), '-c', folder, 'sh', '-c', inside);
  await run('wait-for', 'drawn');
  const look = async (): Promise<readonly string[]> => (await run('capture-pane', '-p')).split('\n').slice(0, ROWS);
  assert.deepEqual((await look()).map(comparable), rows.map(comparable));
  // In cells of tmux: what is beyond this width is cut off, and every row of the log ends with the line before the list.
  await run('resize-window', '-x', String(BORDER + 1));
  const cut = (await look()).slice(1, ROWS - 3);
  assert.deepEqual(
    cut.filter(line => !line.endsWith('│')),
    [],
  );
});
