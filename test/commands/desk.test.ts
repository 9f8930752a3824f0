import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Chord, ListView } from '../../src/api.js';
import { cleanLine } from '../../src/lib/text.js';
import type { IncomingPresence } from '../../src/model/incoming.js';
import { bare, full } from '../helpers/fake-wire.js';
import { type Answers, type Asked, stanzaError, start } from './fixture.js';

const ROOM = 'chat@muc.test';

/** A moderator's room, with the addresses of everybody. */
function desk(answers: Answers = {}): Asked {
  const rig = start(answers);
  rig.enter(ROOM, [], 'me');
  come(rig, 'me', 'boss@home.test/x', { affiliation: 'owner', role: 'moderator', codes: new Set(['self']) });
  return rig;
}

type Muc = NonNullable<IncomingPresence['muc']>;
function come(rig: Asked, nick: string, address?: string, more: Partial<Muc> = {}, id = `id-${nick}`): void {
  const realJid = address === undefined ? {} : { realJid: full(address) };
  rig.wire.receive({
    kind: 'presence',
    type: 'available',
    from: full(`${ROOM}/${nick}`),
    occupantId: id,
    muc: { affiliation: 'none', role: 'participant', codes: new Set(), ...realJid, ...more },
  });
}
function go(rig: Asked, nick: string, codes: readonly ('kicked' | 'banned')[] = []): void {
  rig.wire.receive({
    kind: 'presence',
    type: 'unavailable',
    from: full(`${ROOM}/${nick}`),
    occupantId: `id-${nick}`,
    muc: { affiliation: 'none', role: 'none', codes: new Set(codes) },
  });
}
let serial = 0;
const say = (rig: Asked, nick: string, body: string): void =>
  rig.wire.message(`${ROOM}/${nick}`, body, { stanzaId: `sid-${++serial}`, occupantId: `id-${nick}` });

const rows = (rig: Asked): readonly string[] =>
  (rig.core.shell.current().view as ListView).items.map(item => item.row.map(part => part.text).join(''));
const itemWith = (rig: Asked, words: string) => {
  const item = (rig.core.shell.current().view as ListView).items.find(one =>
    one.row.some(part => part.text.includes(words)),
  );
  assert.ok(item, `${words} in ${rows(rig).join('\n')}`);
  return item;
};
/** Presses a key on the row with these words. */
const press = (rig: Asked, words: string, chord: Chord): Promise<boolean> =>
  rig.run(itemWith(rig, words).keys?.[chord] ?? `no key ${chord}`);
/** Runs it and answers its question; the question is given back. */
async function answering(rig: Asked, done: Promise<boolean>, answer: 'y' | 'n' = 'y'): Promise<string> {
  let over = false;
  void done.then(() => {
    over = true;
  });
  while (rig.core.shell.question() === undefined && !over) await new Promise(setImmediate);
  const question = rig.core.shell.question();
  assert.ok(question, `no question: ${rig.lastNotice()}`);
  rig.core.shell.answer(question.id, answer);
  await done;
  return question.text;
}
const calls = (rig: Asked, name: string): readonly (readonly unknown[])[] => rig.asked.filter(call => call[0] === name);

test('the desk shows who came and went, with address, id and first words, also after they left', async () => {
  const rig = desk();
  come(rig, 'spammer', 'spam@evil.test/x');
  say(rig, 'spammer', 'see https://evil.test/buy now');
  go(rig, 'spammer');
  await rig.run('/mod');
  const row = rows(rig).find(one => one.includes('spammer')) ?? '';
  assert.match(
    row,
    /left \d\d:\d\d spammer {2}spam@evil\.test {2}began with a link {2}“see https:\/\/evil\.test\/buy now”/,
  );
  assert.equal(itemWith(rig, 'spammer').right?.[0]?.text, 'id id-spam…');
  assert.match(rig.notices(ROOM).join('\n'), /spammer begins with a link: “see https.*\/mod shows the desk/s);
});

test('several are marked with Space, and one key bans them all after one question', async () => {
  const rig = desk();
  for (const nick of ['one', 'two', 'three']) come(rig, nick, `${nick}@evil.test/x`);
  await rig.run('/mod');
  await press(rig, 'one', 'space');
  await press(rig, 'three', 'space');
  const question = await answering(rig, press(rig, 'two', 'b'));
  assert.match(question, /Ban (one, three|three, one)\?/);
  const banned = calls(rig, 'mucAdmin.setAffiliation').map(call => [call[2], call[3]]);
  assert.deepEqual(banned.sort(), [
    ['one@evil.test', 'outcast'],
    ['three@evil.test', 'outcast'],
  ]);
  assert.match(rig.notices().join('\n'), /Banned: .*z takes it back/);
  assert.ok(await rig.run('/mod undo'), rig.lastNotice());
  const lifted = calls(rig, 'mucAdmin.setAffiliation')
    .slice(2)
    .map(call => call[3]);
  assert.deepEqual(lifted, ['none', 'none']);
});

test('a no changes nothing', async () => {
  const rig = desk();
  come(rig, 'one', 'one@evil.test/x');
  await rig.run('/mod');
  for (const key of ['k', 'b', 'm', 'p', 'r']) await answering(rig, press(rig, 'one', key), 'n');
  assert.deepEqual(rig.asked, []);
});

test('purge bans first and then removes what was said under every nick', async () => {
  const rig = desk();
  come(rig, 'spammer', 'spam@evil.test/x');
  say(rig, 'spammer', 'first');
  say(rig, 'spammer', 'second');
  const question = await answering(rig, rig.run('/purge spammer advertising'));
  assert.match(question, /Ban spammer and remove 2 messages for good\?/);
  assert.deepEqual(
    rig.asked.map(call => [call[0], call.at(-1)]),
    [
      ['mucAdmin.setAffiliation', 'advertising'],
      ['moderation.retract', 'advertising'],
      ['moderation.retract', 'advertising'],
    ],
  );
  assert.match(rig.lastNotice(), /Banned: spammer\. 2 messages removed\./);
});

test('what a room refuses is told person by person', async () => {
  const rig = desk({ 'mucAdmin.setRole': stanzaError('not-allowed') });
  come(rig, 'one', 'one@evil.test/x');
  await rig.run('/mod');
  await answering(rig, press(rig, 'one', 'k'));
  assert.match(rig.notices().join('\n'), /Not one: the rank does not allow it\./);
});

test('voice requests wait in the desk for y or n', async () => {
  const rig = desk();
  come(rig, 'captain nemo', 'nemo@sea.test/boat', { role: 'visitor' });
  const ask = (): void =>
    rig.wire.receive({
      kind: 'message',
      type: 'normal',
      from: bare(ROOM),
      source: 'live',
      extra: { voiceRequest: { nick: 'captain nemo', jid: 'nemo@sea.test/boat' } },
    });
  ask();
  ask();
  assert.equal(rig.notices(ROOM).filter(one => one.includes('asks to be allowed')).length, 1);
  await rig.run('/mod');
  assert.match(rows(rig).join('\n'), /Ask to be allowed to talk 1/);
  await press(rig, 'captain nemo', 'n');
  const asked = { nick: 'captain nemo', jid: 'nemo@sea.test/boat' };
  assert.deepEqual(rig.asked.at(-1), ['mucAdmin.answerVoice', ROOM, asked, false]);
  assert.doesNotMatch(rows(rig).join('\n'), /Ask to be allowed/);
  ask();
  await press(rig, '? ', 'y');
  assert.deepEqual(rig.asked.at(-1), ['mucAdmin.answerVoice', ROOM, asked, true]);
});

test('who comes back under another nick is recognised', async () => {
  const rig = desk();
  come(rig, 'troll', 'troll@evil.test/x', {}, 'id-1');
  go(rig, 'troll', ['kicked']);
  come(rig, 'angel', 'troll@evil.test/x', {}, 'id-1');
  assert.match(rig.notices(ROOM).join('\n'), /angel, then called troll, was sent out and is back\./);
  await rig.run('/mod');
  assert.match(rows(rig).join('\n'), /here +angel {2}troll@evil\.test {2}was troll, back after a kick/);
});

test('ban by pattern shows whom it fits, asks, and spares the affiliated and ourselves', async () => {
  const rig = desk();
  come(rig, 'spam1', 'a@evil.test/x');
  come(rig, 'spam2', 'b@evil.test/x');
  come(rig, 'spamela', 'friend@home.test/x', { affiliation: 'member' });
  go(rig, 'spam2');
  const question = await answering(rig, rig.run('/ban --match ^spam\\w+ a wave'));
  assert.match(rig.notices(ROOM).join('\n'), /2 people would be banned:.*spam.*1 fits and stay/s);
  assert.match(question, /Ban 2 people\?/);
  assert.deepEqual(
    calls(rig, 'mucAdmin.setAffiliation')
      .map(call => [call[2], call[4]])
      .sort(),
    [
      ['a@evil.test', 'a wave'],
      ['b@evil.test', 'a wave'],
    ],
  );
  assert.equal(await rig.run('/kickre ^me$'), false, 'we are never hit');
});

test('a pattern that would hang is stopped with a sentence', async () => {
  const rig = desk();
  come(rig, `${'a'.repeat(60)}!`, 'a@evil.test/x');
  assert.equal(await rig.run('/kickre ^(a+)+$'), false);
  assert.match(rig.lastNotice(), /takes too long/);
});

test('banning a domain, the affiliated or ourselves is not done by a slip', async () => {
  const rig = desk();
  come(rig, 'ana', 'ana@example.org/x', { affiliation: 'admin' });
  const domain = await answering(rig, rig.run('/ban @example.org spam host'));
  assert.match(domain, /Ban everybody of example\.org from chat\? 1 person of it here\./);
  assert.deepEqual(rig.asked.at(-1), ['mucAdmin.setAffiliation', ROOM, 'example.org', 'outcast', 'spam host']);
  assert.match(await answering(rig, rig.run('/ban ana'), 'n'), /is admin here\. Ban all the same\?/);
  assert.equal(await rig.run('/ban boss@home.test'), false);
  assert.equal(rig.asked.length, 1);
});

test('a report goes to our server with what was said, and names whom to write to at theirs', async () => {
  const rig = desk({
    'contacts.of': [{ kind: cleanLine('abuse'), address: cleanLine('mailto:abuse@evil.test') }],
  });
  come(rig, 'spammer', 'spam@evil.test/x');
  say(rig, 'spammer', 'buy my watches');
  await answering(rig, rig.run('/report spammer'));
  const [, jid, sent] = calls(rig, 'reporting.report')[0] ?? [];
  assert.equal(jid, 'spam@evil.test');
  assert.match((sent as { text: string }).text, /spam@evil\.test in chat@muc\.test: spam\n.*buy my watches/);
  assert.equal((sent as { messages: unknown[] }).messages.length, 1);
  assert.match(rig.lastNotice(), /has the report and blocks.*write to mailto:abuse@evil\.test/s);
});

const BANNED = [
  { jid: 'old@evil.test', affiliation: 'outcast' },
  { jid: 'worse.test', affiliation: 'outcast', reason: cleanLine('spam host') },
];

test('bans are listed with reason and date where known, lifted by a key, written to a private file and read again', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'causette-bans-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const rig = desk({ 'mucAdmin.listAffiliation': BANNED });
  come(rig, 'spammer', 'old@evil.test/x');
  await rig.run('/ban spammer advertising');
  const file = join(folder, 'bans.txt');
  assert.ok(await rig.run(`/bans export ${file}`), rig.lastNotice());
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.match(
    readFileSync(file, 'utf8'),
    /^# banned from chat@muc\.test, .*\nold@evil\.test\tadvertising\nworse\.test\tspam host\n$/,
  );

  await rig.run('/bans');
  assert.match(rows(rig)[0] ?? '', /old@evil\.test {2}advertising/);
  assert.match(itemWith(rig, 'old@evil.test').right?.[0]?.text ?? '', /^me, \d{4}-/);
  assert.match(await answering(rig, press(rig, 'worse.test', 'u')), /Let worse\.test in again\?/);
  assert.deepEqual(calls(rig, 'mucAdmin.setAffiliation').at(-1)?.slice(1, 4), [ROOM, 'worse.test', 'none']);

  await rig.run('/close');
  writeFileSync(file, '# a list\nold@evil.test\nnew@evil.test  floods rooms\nboss@home.test\nnot an@@address\n');
  await answering(rig, rig.run(`/bans import ${file}`));
  assert.match(rig.notices(ROOM).join('\n'), /1 new ban in 1 room/);
  assert.deepEqual(calls(rig, 'mucAdmin.setAffiliation').at(-1), [
    'mucAdmin.setAffiliation',
    ROOM,
    'new@evil.test',
    'outcast',
    'floods rooms',
  ]);
});

const FORM = {
  type: 'form',
  instructions: [],
  fields: [
    { var: 'muc#roomconfig_moderatedroom', type: 'boolean', values: ['0'], options: [] },
    { var: 'muc#roomconfig_membersonly', type: 'boolean', values: ['0'], options: [] },
    { var: 'muc#roomconfig_changesubject', type: 'boolean', values: ['1'], options: [] },
  ].map(one => ({ ...one, label: '', required: false })),
};

test('/lockdown closes the room and opens it as it was', async () => {
  const answers: Record<string, unknown> = { 'mucAdmin.configForm': FORM };
  const rig = desk(answers);
  assert.ok(await rig.run('/lockdown on'), rig.lastNotice());
  const closed = calls(rig, 'mucAdmin.submitConfig')[0]?.[3] as ReadonlyMap<string, readonly string[]>;
  assert.deepEqual([...closed.values()], [['1'], ['0'], ['0']]);
  assert.match(rig.lastNotice(), /newcomers may only read.*moderatedroom on, changesubject off/s);
  answers['mucAdmin.configForm'] = {
    ...FORM,
    fields: FORM.fields.map(field => ({ ...field, values: closed.get(field.var) })),
  };
  assert.equal(await rig.run('/lockdown on'), false);
  assert.ok(await rig.run('/lockdown off'), rig.lastNotice());
  const opened = calls(rig, 'mucAdmin.submitConfig')[1]?.[3] as ReadonlyMap<string, readonly string[]>;
  assert.deepEqual([...opened.values()], [['0'], ['0'], ['1']]);
  assert.equal(await rig.run('/lockdown off'), false);
});

test('what a lockdown changed is on the disk before it is done, and told after a restart', async () => {
  const rig = desk({ 'mucAdmin.configForm': FORM, 'mucAdmin.submitConfig': stanzaError('forbidden') });
  assert.equal(await rig.run('/lockdown on'), false);
  assert.match(rig.lastNotice(), /Only owners may close a room/);
  assert.equal(rig.core.api.desk.lockdown(bare(ROOM)), undefined, 'what was refused needs no undoing');
  rig.core.api.desk.setLockdown(bare(ROOM), { at: 0, changed: [] });
  rig.wire.receive({ kind: 'room-left', room: bare(ROOM) });
  rig.enter(ROOM, [], 'me');
  assert.match(rig.notices(ROOM).join('\n'), /closed by your \/lockdown since .*\/lockdown off opens it again/s);
});

test('the two kinds of rank are explained once', async () => {
  const rig = desk();
  come(rig, 'ana', 'ana@example.org/x');
  await rig.run('/op ana');
  await rig.run('/quiet ana');
  await rig.run('/unquiet ana');
  assert.equal(rig.notices(ROOM).filter(one => one.includes('two kinds of rank')).length, 1);
  assert.deepEqual(
    calls(rig, 'mucAdmin.setRole').map(call => call[3]),
    ['moderator', 'visitor', 'participant'],
  );
});

test('titles that the room gave stand in the list of people and in /whois', async () => {
  const rig = desk();
  rig.wire.receive({
    kind: 'presence',
    type: 'available',
    from: full(`${ROOM}/ana`),
    hats: [cleanLine('Host')],
    muc: { affiliation: 'none', role: 'participant', codes: new Set() },
  });
  const side = rig.core.shell.current().side?.items.map(item => item.row.map(part => part.text).join(''));
  assert.ok(side?.includes('  ana Host'), side?.join('\n'));
  await rig.run('/whois ana');
  assert.match(rig.notices(ROOM).join('\n'), /hats: +Host/);
});

test('/whowas knows other nicks and first words', async () => {
  const rig = desk();
  come(rig, 'troll', 'troll@evil.test/x', {}, 'id-troll');
  say(rig, 'troll', 'hello there');
  go(rig, 'troll');
  come(rig, 'angel', 'troll@evil.test/x', {}, 'id-troll');
  go(rig, 'angel');
  assert.ok(await rig.run('/whowas angel'), rig.lastNotice());
  assert.match(
    rig.lastNotice(),
    /address: +troll@evil\.test.*other nicks: +troll.*began with: +hello there.*came: +2 times/s,
  );
});

test('a saved form says what was changed, and no secret', async () => {
  const fields = [
    ...FORM.fields,
    { ...FORM.fields[0], var: 'muc#roomconfig_roomsecret', type: 'text-private', values: [''] },
  ];
  const rig = desk({ 'mucAdmin.configForm': { ...FORM, fields } });
  const done = rig.run('/configure');
  await new Promise(setImmediate);
  const view = rig.core.shell.current().view;
  assert.equal(view.type, 'form');
  if (view.type !== 'form') return;
  view.edit('muc#roomconfig_moderatedroom', ['1']);
  view.edit('muc#roomconfig_roomsecret', ['sesame']);
  await rig.run('/form save');
  await done;
  const said = rig.notices(ROOM).join('\n');
  assert.match(said, /moderatedroom: no → yes/);
  assert.doesNotMatch(said, /sesame/);
  assert.doesNotMatch(said, /membersonly/);
});

test('-all lists, and bans in, every room in which we may', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'causette-bans-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const rig = desk({ 'mucAdmin.listAffiliation': [] });
  rig.enter('other@muc.test', [], 'me');
  rig.enter('third@muc.test', [], 'me');
  rig.wire.receive({
    kind: 'presence',
    type: 'available',
    from: full('third@muc.test/me'),
    muc: { affiliation: 'admin', role: 'moderator', codes: new Set(['self']) },
  });
  await rig.run('/bans -all');
  assert.deepEqual(
    new Set(calls(rig, 'mucAdmin.listAffiliation').map(call => call[1])),
    new Set([ROOM, 'third@muc.test']),
  );
  await rig.run('/close');
  const file = join(folder, 'bans.txt');
  writeFileSync(file, 'evil.test\n');
  const question = await answering(rig, rig.run(`/bans -all import ${file}`));
  assert.match(question, /Ban 2 addresses\?/);
  assert.deepEqual(
    calls(rig, 'mucAdmin.setAffiliation').map(call => call.slice(1, 4)),
    [
      [ROOM, 'evil.test', 'outcast'],
      ['third@muc.test', 'evil.test', 'outcast'],
    ],
  );
});

test('the lists of ranks are changed by keys, for all that are marked', async () => {
  const rig = desk({
    'mucAdmin.listAffiliation': [
      { jid: 'ana@example.org', affiliation: 'member', nick: cleanLine('ana') },
      { jid: 'bo@example.org', affiliation: 'member' },
    ],
  });
  await rig.run('/affiliation');
  await press(rig, 'ana@example.org', 'space');
  await press(rig, 'bo@example.org', 'space');
  const question = await answering(rig, press(rig, 'ana@example.org', 'delete'));
  assert.match(question, /Take the affiliation of .*ana@example\.org.* away\?/);
  assert.ok(calls(rig, 'mucAdmin.setAffiliation').every(call => call[3] === 'none'));
  assert.deepEqual(
    new Set(calls(rig, 'mucAdmin.setAffiliation').map(call => call[2])),
    new Set(['ana@example.org', 'bo@example.org']),
  );
});
