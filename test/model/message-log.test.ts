import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
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

describe('what an archive tells', () => {
  const log = () => {
    const made = createMessageLog({ firstSeq: 1000 });
    made.append(said('a'));
    made.append(said('b'));
    return made;
  };

  test('goes before what came live since the gap was opened, page after page', () => {
    const one = log();
    one.openGap();
    one.append(said('live'));
    for (const body of ['1', '2', '3']) one.fill(said(body));
    assert.deepEqual(bodies(one), ['a', 'b', '1', '2', '3', 'live']);
  });

  test('goes on where it stopped when a further session begins in between', () => {
    const one = log();
    one.openGap();
    one.append(said('live 1'));
    one.fill(said('1'));
    one.openGap();
    one.append(said('live 2'));
    one.fill(said('2'));
    const known = one.last()?.seq ?? 0;
    assert.deepEqual(bodies(one), ['a', 'b', '1', '2', 'live 1', 'live 2']);
    one.filledTo([...one.newest()][1]?.seq ?? 0);
    one.fill(said('3'));
    one.filledTo(known);
    one.fill(said('4'));
    assert.deepEqual(bodies(one), ['a', 'b', '1', '2', 'live 1', '3', 'live 2', '4']);
  });

  test('stands between two live ones where it says so', () => {
    const one = log();
    one.openGap();
    const first = one.append(said('live 1'));
    one.append(said('live 2'));
    one.filledTo(first.seq);
    one.fill(said('between 1'));
    one.fill(said('between 2'));
    assert.deepEqual(bodies(one), ['a', 'b', 'live 1', 'between 1', 'between 2', 'live 2']);
  });

  test('does not go back because of a line that was typed earlier than it was sent', () => {
    const one = log();
    const typed = one.append(said('typed without a link'));
    one.openGap();
    one.fill(said('1'));
    one.filledTo(typed.seq);
    one.fill(said('2'));
    assert.deepEqual(bodies(one), ['a', 'b', 'typed without a link', '1', '2']);
  });

  test('goes around what the server itself told late, which stands before what is live', () => {
    const one = log();
    one.openGap();
    one.append(said('live'));
    const late = one.fill(said('late 1'), true);
    one.fill(said('late 2'), true);
    one.fill(said('1'));
    one.filledTo(late.seq);
    one.fill(said('2'));
    assert.deepEqual(bodies(one), ['a', 'b', '1', 'late 1', '2', 'late 2', 'live']);
  });

  test('comes to the end where nothing was open, and a closed gap takes nothing more', () => {
    const one = log();
    one.fill(said('1'));
    assert.deepEqual(bodies(one), ['a', 'b', '1']);
    one.openGap();
    one.closeGaps();
    one.append(said('c'));
    one.openGap();
    one.fill(said('2'));
    assert.deepEqual(bodies(one), ['a', 'b', '1', 'c', '2']);
  });

  test('a gap without anything said in it is one gap, and its mark stands at its end until it is filled', () => {
    const one = log();
    one.openGap();
    const { next } = one;
    one.openGap();
    assert.equal(one.next, next);
    one.append(said('live'));
    one.fill(said('1'));
    const mark = one.markGap({ kind: 'notice', at: 0, level: 'warning', rows: [] });
    assert.deepEqual(bodies(one), ['a', 'b', '1', 'notice', 'live']);
    one.fill(said('2'));
    one.remove(mark ?? 0);
    assert.deepEqual(bodies(one), ['a', 'b', '1', '2', 'live']);
  });

  test('a log that is full keeps its order while it is filled', () => {
    const one = createMessageLog({ capacity: 4 });
    one.openGap();
    one.append(said('live'));
    for (let i = 0; i < 20; i++) one.fill(said(`${i}`));
    assert.deepEqual(bodies(one), ['13', '14', '15', '16', '17', '18', '19', 'live']);
  });
});
