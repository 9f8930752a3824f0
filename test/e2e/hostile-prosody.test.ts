/** Bodies of strangers on a real Prosody: what it lets through reaches neither the terminal nor the log as a command. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { escapeXml, expandRow, HOSTILE_ROWS } from '../helpers/hostile-stage.js';
import type { Peer } from '../helpers/peer.js';
import type { TestTerminal } from '../helpers/pty.js';
import { readTerminalBytes } from '../helpers/terminal-bytes.js';
import { startWorld, type World } from '../helpers/world.js';

/** A server takes stanzas up to a quarter of a mebibyte. */
const MAX_BODY = 50_000;
const BATCH = 12;
const rows = HOSTILE_ROWS.filter(row => row.where === 'body' || row.where === 'url');

let world: World;
let home = '';
let terminal: TestTerminal;
let stranger: Peer;
before(async () => {
  home = mkdtempSync(join(tmpdir(), 'causette-hostile-prosody-'));
  world = await startWorld({ users: { romeo: 'orchard' } });
  terminal = await world.account('romeo', 'orchard', { home, columns: 100, rows: 30, more: [world.room] });
  await terminal.waitFor(/romeo in lobby/);
  stranger = await world.peer();
  await stranger.joinRoom(world.room, 'mallory');
});
after(async () => {
  await world.stop();
  rmSync(home, { recursive: true, force: true });
});

const say = (body: string): void =>
  stranger.send(`<message type='groupchat' to='${world.room}'><body>${escapeXml(body)}</body></message>`);

for (let at = 0; at < rows.length; at += BATCH) {
  const batch = rows.slice(at, at + BATCH);
  test(`in a room: ${batch.map(row => row.id).join(' ')}`, async () => {
    const offset = terminal.bytesWritten();
    for (const { value } of batch) say(expandRow(value).slice(0, MAX_BODY));
    const end = `end of batch ${at}`;
    say(end);
    await terminal.waitFor(lines => lines.some(line => line.includes(end)) && !terminal.modes().synchronizedOutput);
    const { forbidden, modes, titles, bells } = readTerminalBytes(terminal.raw().subarray(offset));
    assert.deepEqual([forbidden, modes, titles, bells], [[], [], [], 0], terminal.text());
    const last = terminal.screen().findLastIndex(line => line.includes(end));
    for (const line of terminal.screen().slice(1, last + 1))
      assert.match(line, /^(?:\d\d:\d\d[ !]| {6}|─)/, terminal.text());
  });
}

test('the log has one record a message: a line that was forged is indented, and nothing commands a terminal', async () => {
  terminal.enter('/quit');
  await terminal.waitExit();
  const logs = readdirSync(home, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && /\.(?:log|txt)$/.test(entry.name))
    .map(entry => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .filter(text => text.includes('end of batch'));
  assert.equal(logs.length, 1, 'one log of this room');
  const [text = ''] = logs;
  assert.doesNotMatch(text, /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
  let batches = 0;
  for (const line of text.split('\n').filter(one => one !== '')) {
    assert.match(line, /^(?:\d{4}-\d\d-\d\d|\s|#)/, 'a line begins with our date, or is a continuation');
    if (/^\d{4}/.test(line) && line.includes('end of batch')) batches++;
  }
  assert.equal(batches, Math.ceil(rows.length / BATCH));
});
