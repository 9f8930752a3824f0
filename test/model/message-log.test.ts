import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMessageLog, type NewMessage } from '../../src/model/message-log.js';
import { s } from './world.js';

const said = (body: string, ids: Partial<NewMessage> = {}): NewMessage => ({
  kind: 'message',
  at: 0,
  sender: { name: s('alice') },
  self: false,
  body: s(body),
  action: false,
  source: 'live',
  highlight: false,
  ...ids,
});
const bodies = (log: ReturnType<typeof createMessageLog>): string[] =>
  [...log.newest()].reverse().map(entry => (entry.kind === 'message' ? entry.body : entry.kind));

test('a full log drops the oldest and never gives a number twice', () => {
  const log = createMessageLog({ capacity: 3 });
  for (const body of ['a', 'b', 'c', 'd', 'e']) log.append(said(body, { messageId: body }));
  assert.deepEqual(bodies(log), ['c', 'd', 'e']);
  assert.deepEqual([log.first, log.next, log.size], [2, 5, 3]);
  assert.equal(log.find('a'), undefined);
  assert.equal(log.find('c')?.seq, 2);
  log.clear();
  assert.deepEqual([log.first, log.next, log.last()], [5, 5, undefined]);
  assert.equal(log.append(said('f')).seq, 5);
});

test('pages of history go before the first, with numbers below it that are not reused either', () => {
  const log = createMessageLog({ capacity: 3 });
  log.append(said('x'));
  assert.deepEqual(
    log.prepend([said('a'), said('b')]).map(entry => entry.seq),
    [-2, -1],
  );
  assert.deepEqual(bodies(log), ['a', 'b', 'x']);
  assert.equal(log.first, -2);
  assert.equal(log.before(0)?.seq, -1);
  assert.equal(log.after(-1)?.seq, 0);
  assert.equal(log.prepend([said('1'), said('2'), said('3'), said('4')]).length, 3);
  assert.deepEqual(bodies(log), ['2', '3', '4', 'a', 'b', 'x']);
  log.clear();
  assert.equal(log.prepend([said('again')])[0]?.seq, -6);
});

test('neighbours are found from places that are gone', () => {
  const log = createMessageLog({ capacity: 2 });
  for (const body of ['a', 'b', 'c']) log.append(said(body));
  log.prepend([said('old')]);
  assert.equal(log.before(0)?.seq, -1);
  assert.equal(log.after(0)?.seq, 1);
  assert.equal(log.after(-9)?.seq, -1);
  assert.equal(log.before(-9), undefined);
  assert.equal(log.after(2), undefined);
  assert.equal(log.before(99)?.seq, 2);
});

test('a message is found by each of its ids, and one id may mean several messages', () => {
  const log = createMessageLog();
  log.append(said('a', { messageId: 'm', originId: 'o', stanzaId: 's' }));
  log.append(said('b', { messageId: 'm' }));
  for (const id of ['m', 'o', 's']) assert.equal(log.find(id)?.body, 'a');
  assert.deepEqual(
    log.findAll('m').map(entry => entry.body),
    ['a', 'b'],
  );
  log.update(0, { stanzaId: 'other' });
  assert.equal(log.find('s'), undefined);
  assert.equal(log.find('other')?.seq, 0);
  log.alias('correction', 0);
  assert.equal(log.find('correction')?.seq, 0);
});

test('a change raises the revision and leaves the copy that a reader holds alone', () => {
  const log = createMessageLog();
  const before = log.appendMessage(said('a', { error: s('no') }));
  const after = log.update(before.seq, { body: s('b'), error: undefined });
  assert.equal(before.body, 'a');
  assert.equal(after?.body, 'b');
  assert.equal(after?.rev, before.rev + 1);
  assert.equal(after !== undefined && 'error' in after, false);
  assert.equal(log.update(99, { body: s('c') }), undefined);
});

test('movements fold into the presence entry at the end, until somebody speaks or half an hour passes', () => {
  const log = createMessageLog();
  const move = (name: string, at: number) => log.move({ what: 'joined', name: s(name) }, at);
  const first = move('a', 0);
  const second = move('b', 1000);
  assert.equal(second.seq, first.seq);
  assert.equal(second.rev, first.rev + 1);
  assert.deepEqual(
    second.movements.map(one => one.name),
    ['a', 'b'],
  );
  assert.notEqual(move('c', 31 * 60_000).seq, first.seq);
  log.append(said('hello'));
  assert.equal(move('d', 32 * 60_000).movements.length, 1);
});

test('reactions are grouped by emoji and replaced by person', () => {
  const log = createMessageLog();
  const { seq } = log.append(said('a'));
  log.react(seq, '1', s('alice'), [s('👍'), s('👍'), s('🎉')]);
  log.react(seq, '2', s('carol'), [s('👍')]);
  assert.deepEqual(
    [...(log.react(seq, '3', s('dan'), [s('🎉')])?.reactions ?? [])],
    [
      ['👍', ['alice', 'carol']],
      ['🎉', ['alice', 'dan']],
    ],
  );
  log.react(seq, '1', s('alice'), []);
  log.react(seq, '2', s('carol'), []);
  assert.equal(log.react(seq, '3', s('dan'), [])?.reactions, undefined);
});
