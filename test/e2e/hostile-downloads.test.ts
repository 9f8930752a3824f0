/** Names that strangers give to files (rows F), downloaded by the built program into the folder of a person. */
import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { expandRow, HOSTILE_ROWS, type Stage, startStage } from '../helpers/hostile-stage.js';

/** Row → the name under which its file is kept. */
const KEPT: Readonly<Record<string, string>> = {
  F014: 'bashrc',
  F015: 'file',
  F016: 'profile',
  F017: 'authorized_keys',
  F018: '_-rf',
  F019: 'abc[2J.txt',
  F020: `${'x'.repeat(196)}.txt`,
  F023: '_aux.html',
};
const BODY = 'what a stranger sent\n';

describe('files of strangers', () => {
  let stage: Stage;
  let web: Server;
  let name: { readonly header?: string } = {};
  let told = '';
  const folder = (): string => join(stage.terminal.home, 'Downloads');
  const everything = (): readonly string[] =>
    readdirSync(stage.terminal.home, { recursive: true, encoding: 'utf8' })
      .filter(path => !path.startsWith('Downloads'))
      .sort();
  const address = (path: string): string => `http://127.0.0.1:${(web.address() as AddressInfo).port}/${path}`;

  before(async () => {
    web = createServer((asked, answer) => {
      told = JSON.stringify([asked.headers, asked.url]);
      const { header } = name;
      answer.writeHead(200, header === undefined ? {} : { 'content-disposition': `attachment; ${header}` });
      answer.end(BODY);
    });
    await new Promise<void>(resolve => web.listen(0, '127.0.0.1', resolve));
    stage = await startStage();
    await stage.sync();
  });
  after(async () => {
    await stage.stop();
    await new Promise(resolve => web.close(resolve));
  });

  let serial = 0;
  /** A stranger posts the address, the person downloads it; answers the new names in the folder. */
  async function download(path: string): Promise<readonly string[]> {
    const had = new Set(names());
    stage.say('mallory', address(`${serial}/${path}`));
    await stage.sync();
    stage.terminal.enter('/download');
    // The notice comes when the file is whole.
    const arrived = (): readonly string[] => names().filter(one => !had.has(one));
    await stage.terminal.waitFor(() =>
      arrived().some(one => lstatSync(join(folder(), one)).size === Buffer.byteLength(BODY)),
    );
    assert.deepEqual(stage.taken().forbidden, []);
    serial++;
    return arrived();
  }
  function names(): readonly string[] {
    try {
      return readdirSync(folder());
    } catch {
      return [];
    }
  }

  for (const row of HOSTILE_ROWS.filter(({ id }) => KEPT[id] !== undefined)) {
    test(`${row.id}: ${row.must}`, async () => {
      const raw = expandRow(row.value);
      const wanted = KEPT[row.id] ?? '';
      const outside = everything();
      // Said by the server in both ways, and standing in the address itself. A header has no controls of its own.
      const said = [
        { header: `filename*=UTF-8''${raw.includes('%') ? raw : encodeURIComponent(raw).replace(/'/g, '%27')}` },
        ...(/[\0-\x1f\u0080-\uffff]/.test(raw) ? [] : [{ header: `filename="${raw.replace(/["\\]/g, '\\$&')}"` }]),
      ];
      for (const [index, one] of said.entries()) {
        name = one;
        const [kept, ...more] = await download('x');
        assert.deepEqual(more, []);
        assert.equal(kept, index === 0 ? wanted : numbered(wanted, index));
        const info = lstatSync(join(folder(), kept ?? ''));
        assert.equal(info.mode & 0o777, 0o600);
        assert.equal(readFileSync(join(folder(), kept ?? ''), 'utf8'), BODY);
      }
      name = {};
      // An address is resolved before it is asked for: `..` is no name there, and an empty one is `file`.
      const [kept] = await download(raw.includes('%') ? raw : encodeURIComponent(raw).replace(/^\.\.$/, ''));
      assert.equal(kept, numbered(wanted, said.length));
      // Nothing was written anywhere else.
      assert.deepEqual(
        everything().filter(path => !outside.includes(path) && !path.startsWith('.')),
        [],
      );
      assert.deepEqual(
        everything().filter(path => /bashrc|authorized_keys|profile/.test(path)),
        [],
      );
    });
  }

  test('F021: what exists is never written over, not even where a link leads', async () => {
    mkdirSync(folder(), { recursive: true });
    writeFileSync(join(folder(), 'report.txt'), 'mine');
    const victim = join(stage.terminal.home, 'victim');
    symlinkSync(victim, join(folder(), 'report (1).txt'));
    name = { header: 'filename="report.txt"' };
    assert.deepEqual(await download('x'), ['report (2).txt']);
    assert.equal(readFileSync(join(folder(), 'report.txt'), 'utf8'), 'mine');
    assert.throws(() => lstatSync(victim));
    assert.equal(readFileSync(join(folder(), 'report (2).txt'), 'utf8'), BODY);
  });

  test('the server of a file learns nothing about us', () => {
    const [headers] = JSON.parse(told) as [Record<string, string>];
    assert.deepEqual(Object.keys(headers).sort(), ['accept', 'accept-encoding', 'connection', 'host']);
  });
});

const numbered = (wanted: string, number: number): string => wanted.replace(/(\.[^.]*)?$/, ` (${number})$1`);
