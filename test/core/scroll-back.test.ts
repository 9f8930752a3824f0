/** Above the first line of a tab there is more: out of the store page by page, then out of the archive, until the tab is full. */
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createState } from '../../src/config/state.js';
import { cleanBody, cleanIdentifier } from '../../src/lib/text.js';
import { openAccount } from '../../src/storage/account.js';
import { type Answers, type Asked, start } from '../commands/fixture.js';
import { createFakeClock } from '../helpers/fake-clock.js';
import { bare, full, jid } from '../helpers/fake-wire.js';

const ME = bare('me@example.test');
const ROOM = bare('chat@muc.test');
const AT = Date.UTC(2026, 0, 1);

async function keep(data: string, count: number): Promise<void> {
  const account = await openAccount(ME, assert.fail, { data, clock: createFakeClock(), createState });
  account?.history.batch(() => {
    for (let n = 0; n < count; n++) {
      account.history.add(
        ROOM,
        {
          kind: 'message',
          seq: n,
          rev: 1,
          at: AT + n * 60_000,
          sender: { name: cleanIdentifier('ana') },
          self: false,
          body: cleanBody(`kept ${n}`),
          action: false,
          source: 'live',
          highlight: false,
          stanzaId: `s${n}`,
        },
        'end',
      );
    }
  });
  account?.close();
}
async function open(data: string, answers: Answers = {}): Promise<Asked> {
  const rig: Asked = start(answers, {
    online: false,
    core: {
      openStore: (account, onProblem) => openAccount(account, onProblem, { data, clock: rig.clock, createState }),
    },
  });
  await rig.core.api.session.connect({ jid: ME, password: 'x' });
  rig.wire.online({ anonymous: false, domain: 'example.test', jid: full(`${ME}/x`) });
  rig.enter(ROOM, ['ana']);
  return rig;
}
const bodies = (rig: Asked): string[] =>
  [...(rig.core.store.chat(ROOM)?.log.newest() ?? [])]
    .flatMap(entry => (entry.kind === 'message' ? [entry.body] : []))
    .reverse();
const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

test('a room of thousands is read page by page to its first line, in order, each once', async () => {
  const data = join(mkdtempSync(join(tmpdir(), 'causette-scroll-')), 'data');
  await keep(data, 3000);
  const rig = await open(data, { 'mam.has': false });
  assert.equal(bodies(rig)[0], 'kept 2900');
  for (let i = 0; i < 40; i++) rig.core.api.history.older(ROOM);
  assert.deepEqual(
    bodies(rig),
    Array.from({ length: 3000 }, (_, n) => `kept ${n}`),
  );
  await rig.core.stop();
});

test('above what is kept comes what the archive has, and it is kept then', async () => {
  const data = join(mkdtempSync(join(tmpdir(), 'causette-scroll-')), 'data');
  await keep(data, 5);
  const asked: unknown[] = [];
  const rig = await open(data, {
    'mam.has': true,
    'mam.page': (...args: unknown[]) => {
      const query = args[1] as { before?: string };
      if (query.before !== 's0') return { messages: [], complete: true };
      asked.push(query);
      const messages = ['a', 'b'].map((id, i) => ({
        kind: 'message',
        type: 'groupchat',
        from: jid(`${ROOM}/ana`),
        source: 'archive',
        stamp: AT - 1000 + i,
        stanzaId: id,
        body: cleanBody(`archived ${id}`),
      }));
      return { messages, complete: true };
    },
  });
  rig.core.api.history.older(ROOM);
  await turn();
  await turn();
  const all = ['archived a', 'archived b', ...Array.from({ length: 5 }, (_, n) => `kept ${n}`)];
  assert.deepEqual(bodies(rig), all);
  // There is nothing above: nobody is asked again.
  rig.core.api.history.older(ROOM);
  await turn();
  assert.equal(asked.length, 1);
  await rig.core.stop();
  const again = await open(data, { 'mam.has': false });
  assert.deepEqual(bodies(again), all);
  await again.core.stop();
});

test('a tab that is full says how to go on, once, and asks no archive in vain', async () => {
  const data = join(mkdtempSync(join(tmpdir(), 'causette-scroll-')), 'data');
  await keep(data, 700);
  let asked = 0;
  const rig: Asked = start(
    { 'mam.has': () => ++asked > 0 && false },
    {
      online: false,
      set: { 'log.lines': '200' },
      core: {
        openStore: (account, onProblem) => openAccount(account, onProblem, { data, clock: rig.clock, createState }),
      },
    },
  );
  await rig.core.api.session.connect({ jid: ME, password: 'x' });
  rig.wire.online({ anonymous: false, domain: 'example.test', jid: full(`${ME}/x`) });
  rig.enter(ROOM, ['ana']);
  await turn();
  const before = asked;
  for (let i = 0; i < 10; i++) rig.core.api.history.older(ROOM);
  await turn();
  const said = rig.notices(ROOM).filter(text => /holds no more lines/.test(text));
  assert.equal(said.length, 1);
  assert.match(said[0] ?? '', /\/search in:chat before:2026-01-0\d/);
  assert.equal(asked, before);
  await rig.core.stop();
});

test('a second process shows nothing twice when it scrolls up', async () => {
  const data = join(mkdtempSync(join(tmpdir(), 'causette-scroll-')), 'data');
  const first = await open(data, { 'mam.has': false });
  const second = await open(data, { 'mam.has': false });
  for (const rig of [first, second]) {
    for (let n = 0; n < 3; n++) rig.wire.message(`${ROOM}/ana`, `live ${n}`, { stanzaId: `l${n}` });
  }
  second.core.api.history.older(ROOM);
  assert.deepEqual(bodies(second), ['live 0', 'live 1', 'live 2']);
  await second.core.stop();
  await first.core.stop();
});
