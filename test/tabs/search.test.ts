/** The search tab: filters as you type, Enter goes to the message, servers are asked when nothing is here. */
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { HistoryHit, ListView } from '../../src/api.js';
import { createState } from '../../src/config/state.js';
import { cleanBody, cleanIdentifier } from '../../src/lib/text.js';
import { openAccount } from '../../src/storage/account.js';
import { type Answers, type Asked, start } from '../commands/fixture.js';
import { bare, full, jid } from '../helpers/fake-wire.js';

const ROOM = 'chat@muc.test';
const ME = bare('me@example.test');
const view = (rig: Asked): ListView => {
  const current = rig.core.shell.current().view;
  assert.equal(current.type, 'list');
  return current as ListView;
};
const texts = (rig: Asked): string[] => view(rig).items.map(item => item.row.map(part => part.text).join(''));
const header = (rig: Asked): string => (view(rig).header ?? []).flatMap(row => row.map(part => part.text)).join('');
function type(rig: Asked, line: string): void {
  rig.core.shell.typed(line, rig.core.shell.current().info.id);
  rig.clock.advance(100);
}

/** Signed in, with a folder of its own. */
async function signedIn(answers: Answers = {}): Promise<Asked> {
  const data = mkdtempSync(join(tmpdir(), 'causette-search-tab-'));
  const rig: Asked = start(answers, {
    online: false,
    core: {
      openStore: (account, onProblem) => openAccount(account, onProblem, { data, clock: rig.clock, createState }),
    },
  });
  await rig.core.api.session.connect({ jid: ME, password: 'x' });
  rig.wire.online({ anonymous: false, domain: 'example.test', jid: full(`${ME}/x`) });
  return rig;
}
function say(rig: Asked, from: string, body: string): void {
  rig.wire.message(`${ROOM}/${from}`, body);
}

test('what is typed is looked for at once, and Enter goes to the message in its room', async () => {
  const rig = await signedIn();
  rig.enter(ROOM, ['ana']);
  say(rig, 'ana', 'the first release');
  say(rig, 'ana', 'nothing of it');
  for (let i = 0; i < 30; i++) say(rig, 'ana', `line ${i}`);
  await rig.run('/search');
  type(rig, 'relea');
  assert.match(texts(rig)[0] ?? '', /ana.*the first release/);
  assert.equal(header(rig), '1 message');
  type(rig, 'release from:bo');
  assert.deepEqual(
    texts(rig).filter(text => !text.startsWith('…')),
    [],
  );
  type(rig, 'release from:an in:chat');
  const command = view(rig).items[0]?.command ?? '';
  await rig.run(command);
  assert.equal(rig.core.api.tabs.current.chat?.id, ROOM);
  const revealed = Number(rig.screen.asked.findLast(([what]) => what === 'reveal')?.[1]);
  const entry = rig.core.store.chat(bare(ROOM))?.log.get(revealed);
  assert.equal(entry?.kind === 'message' && entry.body, 'the first release');
});

test('more than fits is said, and the last row looks further back', async () => {
  const rig = await signedIn();
  rig.enter(ROOM, ['ana']);
  for (let i = 0; i < 120; i++) say(rig, 'ana', `needle ${i}`);
  await rig.run('/search');
  type(rig, 'needle');
  assert.match(header(rig), /^The newest 100 messages/);
  assert.match(texts(rig)[0] ?? '', /needle 119/);
  await rig.run(view(rig).items.find(item => /further/.test(item.row[0]?.text ?? ''))?.command ?? '');
  rig.clock.advance(100);
  assert.equal(header(rig), '120 messages');
});

test('a guest keeps nothing, and searches what is in the tabs', async () => {
  const rig = start();
  rig.enter(ROOM, ['ana']);
  say(rig, 'ana', 'where is the CAFÉ');
  await rig.run('/search');
  type(rig, 'cafe');
  assert.match(texts(rig)[0] ?? '', /where is the CAFÉ/);
  assert.match(header(rig), /no history is kept/);
  await rig.run(view(rig).items[0]?.command ?? '');
  assert.equal(rig.core.api.tabs.current.chat?.id, ROOM);
});

const archived = (n: number, body: string): unknown => ({
  kind: 'message',
  type: 'groupchat',
  from: jid(`${ROOM}/ana`),
  source: 'archive',
  stamp: 1000 + n,
  stanzaId: `s${n}`,
  body: cleanBody(body),
});

test('a server whose archive finds words is asked when nothing is here, and shows what stands around', async () => {
  const pages: unknown[] = [];
  const rig = start({
    'mam.has': true,
    'mam.searches': (archive: unknown) => archive === ROOM,
    'mam.page': (...args: unknown[]) => {
      const query = args[1] as { text?: string; before?: string; after?: string };
      if (query.text === undefined && query.before !== 's5' && query.after !== 's5')
        return { messages: [], complete: true };
      pages.push(args);
      const messages =
        query.text !== undefined
          ? [archived(5, 'the old needle')]
          : query.before === 's5'
            ? [archived(4, 'before it')]
            : [archived(6, 'after it')];
      return { messages, complete: true };
    },
  });
  rig.enter(ROOM, ['ana']);
  await rig.run('/search');
  type(rig, 'needle');
  assert.deepEqual(pages, [], 'somebody is still typing');
  rig.clock.advance(1000);
  await new Promise(resolve => setImmediate(resolve));
  rig.clock.advance(100);
  assert.match(texts(rig)[0] ?? '', /the old needle/);
  assert.match(header(rig), /1 archive asked/);
  assert.deepEqual(pages[0], [ROOM, { text: 'needle', before: '', max: 100 }]);
  await rig.run(view(rig).items[0]?.command ?? '');
  await new Promise(resolve => setImmediate(resolve));
  assert.equal(rig.core.api.tabs.current.kind, 'context');
  const around = texts(rig).map(text => text.replace(/^\S+ \S+ /, ''));
  assert.deepEqual(
    around.map(text => text.replace(/^.*ana /, '')),
    ['before it', 'the old needle', 'after it'],
  );
  assert.equal(view(rig).start, view(rig).items[1]?.id);
});

test('an archive that finds no words says so', async () => {
  const rig = start({ 'mam.has': false, 'mam.searches': false });
  rig.enter(ROOM, ['ana']);
  await rig.run('/search');
  type(rig, 'needle');
  rig.clock.advance(1000);
  await new Promise(resolve => setImmediate(resolve));
  assert.match(header(rig), /no archive here finds words/);
});

test('a message too far up is shown between its neighbours, in the middle of the list', async () => {
  const rig = await signedIn();
  const { history } = rig.core.api;
  rig.enter(ROOM, ['ana']);
  for (let i = 0; i < 30; i++) say(rig, 'ana', `line ${i}`);
  const hits: HistoryHit[] = [];
  history.search({ words: ['line 15'] }, found => void hits.push(...found));
  rig.clock.advance(100);
  const hit = hits[0];
  assert.ok(hit);
  rig.core.api.tabs.open('context', hit);
  const at = view(rig).items.findIndex(item => item.id === view(rig).start);
  assert.match(texts(rig)[at] ?? '', /line 15/);
  assert.equal(at, 15);
  assert.equal(cleanIdentifier('ana'), hit.entry.sender.name);
});

test('Enter where nothing was found asks the archives at once', async () => {
  const rig = start({ 'mam.has': false, 'mam.searches': false });
  rig.enter(ROOM, ['ana']);
  await rig.run('/search');
  type(rig, 'needle');
  await rig.run('needle');
  await new Promise(resolve => setImmediate(resolve));
  assert.match(header(rig), /no archive here finds words/);
  assert.equal(
    rig.notices().some(text => /Nobody can hear/.test(text)),
    false,
  );
});
