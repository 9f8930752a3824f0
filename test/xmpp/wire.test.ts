/** The wire and the rooms: facts of the session, entering, coming back, saying. */
import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { UserError } from '../../src/lib/errors.js';
import type { FullJid } from '../../src/lib/jid.js';
import { parseProxy } from '../../src/xmpp/login.js';
import { Refusal } from '../../src/xmpp/refusal.js';
import { attr, childOf, type Element } from '../../src/xmpp/xml.js';
import { createRig, enterRoom, ME, type Rig, ROOM, settle } from './fake-session.js';

const room = ROOM as never;
const self = (nick: string, codes = "<status code='110'/>"): string =>
  `<presence from='${ROOM}/${nick}' to='${ME}'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='participant'/>${codes}</x></presence>`;
const refusal = (condition: string, id: string | undefined, by = '', text?: string): string =>
  `<presence from='${ROOM}/me' to='${ME}' type='error' id='${id}'><error type='cancel'${by}><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>${text === undefined ? '' : `<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>${text}</text>`}</error></presence>`;

test('a new session is told as fresh, with its address and its encryption', async () => {
  const rig = await createRig();
  const session = rig.told.find(incoming => incoming.kind === 'session' && incoming.facts.status === 'online');
  assert.ok(session?.kind === 'session');
  assert.equal(session.fresh, true);
  assert.equal(session.facts.jid, ME);
  assert.deepEqual(session.facts.tls, { protocol: 'TLSv1.3', mechanism: 'SCRAM-SHA-256' });
  assert.equal(session.facts.anonymous, false);
});

test('an account asks for the roster and the carbons before it shows itself', async () => {
  const rig = await createRig();
  const asked = rig.questions.map(question => question.element.toString());
  assert.ok(asked.some(text => text.includes('jabber:iq:roster')));
  assert.ok(asked.some(text => text.includes('urn:xmpp:carbons:2')));
  const presence = rig.sent.find(el => el.getName() === 'presence');
  assert.equal(attr(presence, 'to'), undefined);
  assert.ok(childOf(presence, 'c', 'http://jabber.org/protocol/caps'));
});

test('a guest sends no presence to everybody and asks nothing by itself', async () => {
  const rig = await createRig(false);
  assert.deepEqual(rig.sent, []);
  assert.deepEqual(rig.questions, []);
  rig.wire.presence({ show: 'away' });
  assert.deepEqual(rig.sent, []);
  assert.equal(rig.wire.facts.show, 'away');
});

test('presence of a guest in a room carries no capabilities', async () => {
  const rig = await createRig(false);
  await enterRoom(rig);
  assert.equal(rig.sent.length, 1);
  assert.equal(childOf(rig.sent[0], 'c'), undefined);
});

test('entering a room settles with the self-presence and the nick the room gave', async () => {
  const rig = await createRig();
  const joining = rig.wire.xeps.muc.join(room, { nick: 'me', password: 'pw', maxHistory: 5 });
  await settle();
  await rig.refuse(`to="${ROOM}"`, 'item-not-found');
  const presence = rig.sent.at(-1);
  assert.equal(attr(presence, 'to'), `${ROOM}/me`);
  const x = childOf(presence, 'x', 'http://jabber.org/protocol/muc');
  assert.equal(x?.getChildText('password'), 'pw');
  assert.equal(attr(childOf(x, 'history'), 'maxstanzas'), '5');
  rig.receive(self('me2', "<status code='110'/><status code='210'/>"));
  assert.deepEqual(await joining, { room: ROOM, nick: 'me2', created: false });
});

test('a new room is unlocked with its defaults before entering settles', async () => {
  const rig = await createRig();
  const joining = rig.wire.xeps.muc.join(room, { nick: 'me' });
  await settle();
  await rig.refuse(`to="${ROOM}"`, 'item-not-found');
  rig.receive(self('me', "<status code='110'/><status code='201'/>"));
  await rig.answer('muc#owner', `<iq type='result' from='${ROOM}'/>`);
  assert.deepEqual(await joining, { room: ROOM, nick: 'me', created: true });
});

for (const [condition, sentence] of [
  ['not-authorized', /needs a password/],
  ['forbidden', /banned/],
  ['registration-required', /members only/],
  ['not-acceptable', /does not accept this nick/],
  ['item-not-found', /does not exist/],
  ['service-unavailable', /is closed/],
  ['remote-server-not-found', /guest host cannot reach muc\.example\.org/],
] as const) {
  test(`a guest refused with ${condition} reads why`, async () => {
    const rig = await createRig(false);
    const joining = rig.wire.xeps.muc.join(room, { nick: 'me' });
    await settle();
    await rig.refuse(`to="${ROOM}"`, condition);
    rig.receive(refusal(condition, attr(rig.sent.at(-1), 'id')));
    await assert.rejects(
      joining,
      (error: unknown) => error instanceof Refusal && error.condition === condition && sentence.test(error.message),
    );
    assert.ok(rig.told.some(incoming => incoming.kind === 'room-failed'));
    assert.equal(rig.wire.xeps.muc.joined.size, 0);
  });
}

for (const [address, moved] of [
  ['xmpp:new@rooms.example.net?join', 'new@rooms.example.net'],
  ['new@rooms.example.net', 'new@rooms.example.net'],
  ['xmpp://host/new@rooms.example.net', undefined],
  ['https://example.net/', undefined],
  ['rooms.example.net', undefined],
  ['%', undefined],
  ['', undefined],
] as const) {
  test(`a room that is gone and names "${address}" ${moved === undefined ? 'names no room' : 'offers it'}`, async () => {
    const rig = await createRig(false);
    const joining = rig.wire.xeps.muc.join(room, { nick: 'me' });
    await settle();
    await rig.refuse(`to="${ROOM}"`, 'gone');
    rig.receive(refusal('gone', attr(rig.sent.at(-1), 'id')).replace(/<gone([^>]*)\/>/, `<gone$1>${address}</gone>`));
    await assert.rejects(joining, (error: unknown) => {
      assert.ok(error instanceof Refusal);
      assert.equal(error.hint?.startsWith(`/join ${moved} `) ?? false, moved !== undefined);
      assert.match(error.message, moved === undefined ? /moved or no longer exists/ : /has moved to new@rooms/);
      return true;
    });
    assert.ok(!rig.sent.some(stanza => attr(stanza, 'to')?.startsWith('new@')), 'nobody goes there by themselves');
  });
}

for (const [condition, text] of [
  ['service-unavailable', undefined],
  ['resource-constraint', 'Too many users in this conference'],
] as const) {
  test(`a full room that says ${condition} is entered as soon as there is a place, until one gives up`, async () => {
    const rig = await createRig();
    const joining = rig.wire.xeps.muc.join(room, { nick: 'me' });
    await settle();
    const info =
      "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='conference' type='text'/></query>";
    await rig.answer(`to="${ROOM}"`, `<iq type='result' from='${ROOM}'>${info}</iq>`);
    rig.receive(refusal(condition, attr(rig.sent.at(-1), 'id'), '', text));
    await assert.rejects(joining, /is full/);
    const before = rig.sent.length;
    rig.clock.advance(10_000);
    await settle();
    await rig.answer(`to="${ROOM}"`, `<iq type='result' from='${ROOM}'>${info}</iq>`);
    assert.equal(attr(rig.sent.at(-1), 'to'), `${ROOM}/me`);
    assert.ok(rig.sent.length > before);
    rig.receive(self('me'));
    assert.equal(rig.wire.xeps.muc.joined.size, 1);
  });
}

test('a room that says what it is and lets nobody in is locked, and one that is busy for another reason is not full', async () => {
  for (const [condition, sentence] of [
    ['item-not-found', /is locked until its owner has set it up/],
    ['resource-constraint', /is too busy now/],
  ] as const) {
    const rig = await createRig();
    const joining = rig.wire.xeps.muc.join(room, { nick: 'me' });
    await settle();
    const info =
      "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='conference' type='text'/></query>";
    await rig.answer(`to="${ROOM}"`, `<iq type='result' from='${ROOM}'>${info}</iq>`);
    rig.receive(refusal(condition, attr(rig.sent.at(-1), 'id')));
    await assert.rejects(joining, sentence);
  }
});

for (const create of [true, false]) {
  test(`a room that is not there is made only if one says so: ${create}`, async () => {
    const rig = await createRig();
    const joining = rig.wire.xeps.muc.join(room, { nick: 'me', onMissing: async () => create });
    joining.catch(() => {});
    await settle();
    const before = rig.sent.length;
    await rig.refuse(`to="${ROOM}"`, 'item-not-found');
    await settle();
    assert.equal(rig.sent.length - before, create ? 1 : 0);
    if (!create) await assert.rejects(joining, /does not exist/);
  });
}

for (const [facts, sentence] of [
  ['not-allowed', /guest host cannot reach/],
  ['item-not-found', /does not exist/],
] as const) {
  test(`a guest who may not create a room, and asked about it gets ${facts}`, async () => {
    const rig = await createRig(false);
    const joining = rig.wire.xeps.muc.join(room, { nick: 'me' });
    await settle();
    await rig.refuse(`to="${ROOM}"`, facts);
    rig.receive(refusal('not-allowed', attr(rig.sent.at(-1), 'id')));
    await assert.rejects(joining, sentence);
  });
}

test('a taken nick gets an underscore', async () => {
  const rig = await createRig();
  const joining = rig.wire.xeps.muc.join(room, { nick: 'me' });
  await settle();
  await rig.refuse(`to="${ROOM}"`, 'forbidden');
  rig.receive(refusal('conflict', attr(rig.sent.at(-1), 'id')));
  await settle();
  assert.equal(attr(rig.sent.at(-1), 'to'), `${ROOM}/me_`);
  rig.receive(self('me_'));
  assert.equal((await joining).nick, 'me_');
  // The ghost leaves: the nick is taken back.
  rig.receive(
    `<presence type='unavailable' from='${ROOM}/me' to='${ME}'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='none'/></x></presence>`,
  );
  assert.equal(attr(rig.sent.at(-1), 'to'), `${ROOM}/me`);
});

test('a room that does not answer is given up after a while', async () => {
  const rig = await createRig();
  const joining = rig.wire.xeps.muc.join(room, { nick: 'me' });
  rig.clock.advance(60_000);
  await assert.rejects(joining, /did not answer in time/);
});

test('after a new session every room is entered again, with what was missed', async () => {
  const rig = await createRig();
  await enterRoom(rig);
  rig.clock.advance(1000);
  rig.receive(`<message from='${ROOM}/alice' to='${ME}' type='groupchat'><body>last</body></message>`);
  rig.down();
  rig.online(false);
  await settle();
  await rig.refuse(`to="${ROOM}"`, 'remote-server-timeout');
  const x = childOf(rig.sent.at(-1), 'x', 'http://jabber.org/protocol/muc');
  assert.ok(attr(childOf(x, 'history'), 'since')?.startsWith('2026-01-01T00:00:01'));
  const kinds = rig.told.map(incoming => incoming.kind);
  assert.ok(kinds.lastIndexOf('room-joining') > kinds.lastIndexOf('session'));
});

test('a resumed session enters nothing again and asks each room whether we are still in', async () => {
  const rig = await createRig();
  await enterRoom(rig);
  const before = rig.sent.length;
  rig.down();
  rig.online(true);
  await settle();
  assert.equal(rig.sent.length, before);
  await rig.refuse('urn:xmpp:ping', 'service-unavailable');
  assert.equal(
    rig.told.some(incoming => incoming.kind === 'room-left'),
    false,
  );
});

test('Q28: a room that forgot us is entered again', async () => {
  const rig = await createRig();
  await enterRoom(rig);
  rig.clock.advance(17 * 60_000);
  await settle();
  await rig.refuse('urn:xmpp:ping', 'not-acceptable');
  assert.ok(rig.told.some(incoming => incoming.kind === 'room-left'));
  assert.ok(rig.told.some(incoming => incoming.kind === 'room-joining'));
});

test('rooms where people speak are asked nothing, and none wakes us before it has been silent for a quarter of an hour', async () => {
  const rig = await createRig();
  await enterRoom(rig);
  const pings = (): number =>
    rig.questions.filter(({ element }) => element.toString().includes('urn:xmpp:ping')).length;
  for (let minute = 0; minute < 40; minute += 10) {
    rig.clock.advance(10 * 60_000);
    rig.receive(`<message from='${ROOM}/alice' to='${ME}' type='groupchat'><body>${minute}</body></message>`);
  }
  assert.equal(pings(), 0);
  rig.clock.advance(14 * 60_000);
  assert.equal(pings(), 0);
  rig.clock.advance(60_000);
  assert.equal(pings(), 1);
});

test('Q28: a room that does not show what we said is asked whether we are in', async () => {
  const rig = await createRig();
  await enterRoom(rig);
  rig.clock.advance(60_000);
  await rig.wire.say({ to: room, type: 'groupchat', id: 'e1', body: 'anybody?', typedAt: 0 });
  rig.clock.advance(9_000);
  assert.equal(
    rig.questions.some(question => question.element.toString().includes('urn:xmpp:ping')),
    false,
  );
  rig.clock.advance(2_000);
  await rig.answer('urn:xmpp:ping', "<iq type='result'/>");
  await rig.wire.say({ to: room, type: 'groupchat', id: 'e2', body: 'hello?', typedAt: 0 });
  rig.receive(`<message from='${ROOM}/me' to='${ME}' type='groupchat' id='e2'><body>hello?</body></message>`);
  rig.clock.advance(20_000);
  await settle();
  assert.equal(
    rig.questions.some(question => question.element.toString().includes('urn:xmpp:ping')),
    false,
  );
});

test('a silent or unreachable room is left undecided', async () => {
  const rig = await createRig();
  await enterRoom(rig);
  const answer = rig.wire.xeps.mucSelfPing.check(room);
  await rig.refuse('urn:xmpp:ping', 'timeout');
  assert.equal(await answer, 'unknown');
});

test('Q30: after a kick a room is not entered again', async () => {
  const rig = await createRig();
  await enterRoom(rig);
  rig.receive(
    `<presence type='unavailable' from='${ROOM}/me' to='${ME}'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='none'><reason>\u202ebye</reason></item><status code='110'/><status code='307'/></x></presence>`,
  );
  const [presence] = rig.presences();
  assert.ok(presence?.muc !== undefined);
  assert.ok(presence.muc.codes.has('kicked'));
  assert.equal(presence.muc.reason, '\ufffdbye');
  rig.down();
  rig.online(false);
  await settle();
  assert.equal(
    rig.told.some(incoming => incoming.kind === 'room-joining'),
    false,
  );
});

test('changing the nick settles with the new presence, or rejects', async () => {
  const rig = await createRig();
  await enterRoom(rig);
  const renaming = rig.wire.xeps.muc.setNick(room, 'other');
  rig.receive(
    `<presence type='unavailable' from='${ROOM}/me' to='${ME}'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='participant' nick='other'/><status code='303'/><status code='110'/></x></presence>`,
  );
  rig.receive(self('other'));
  assert.equal(await renaming, 'other');
  const refused = rig.wire.xeps.muc.setNick(room, 'third');
  rig.receive(refusal('conflict', attr(rig.sent.at(-1), 'id')));
  await assert.rejects(refused, /has this nick/);
});

test('leaving says why and settles when the room lets go', async () => {
  const rig = await createRig();
  await enterRoom(rig);
  const leaving = rig.wire.xeps.muc.leave(room, 'bye');
  await settle();
  assert.equal(rig.sent.at(-1)?.getChildText('status'), 'bye');
  rig.receive(
    `<presence type='unavailable' from='${ROOM}/me' to='${ME}'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='none'/><status code='110'/></x></presence>`,
  );
  await leaving;
  assert.equal(rig.wire.xeps.muc.joined.size, 0);
});

test('a message to a room waits until the room is entered again', async () => {
  const rig = await createRig();
  await enterRoom(rig);
  rig.down();
  rig.online(false);
  const saying = rig.wire.say({ to: room, type: 'groupchat', id: 'x1', body: 'hello', typedAt: 0 });
  await settle();
  assert.equal(
    rig.sent.some(el => el.getName() === 'message'),
    false,
  );
  await rig.refuse(`to="${ROOM}"`, 'forbidden');
  rig.receive(self('me'));
  assert.equal(await saying, 'acknowledged');
  const message = rig.sent.at(-1);
  assert.equal(message?.getChildText('body'), 'hello');
  assert.equal(attr(childOf(message, 'origin-id', 'urn:xmpp:sid:0'), 'id'), 'x1');
  assert.ok(rig.told.some(incoming => incoming.kind === 'sent' && incoming.id === 'x1'));
});

test('a private message through a room carries the mark of one, and asks for no receipt', async () => {
  const rig = await createRig();
  await enterRoom(rig);
  const to = `${ROOM}/alice` as FullJid;
  await rig.wire.say({ to, type: 'chat', id: 'p1', body: 'psst', private: true, typedAt: 0 });
  const message = rig.sent.at(-1);
  assert.ok(childOf(message, 'x', 'http://jabber.org/protocol/muc#user'));
  assert.equal(childOf(message, 'request', 'urn:xmpp:receipts'), undefined);
});

test('a marker that the policy forbids is not sent, and nothing else instead', async () => {
  const rig = await createRig();
  const how = await rig.wire.say({
    to: 'stranger@x.example' as never,
    type: 'chat',
    id: 'd',
    displayed: 'm',
    typedAt: 0,
  });
  assert.equal(how, 'written');
  assert.equal(
    rig.sent.some(el => el.getName() === 'message'),
    false,
  );
});

test('typed XML is sent only if it is one well-formed stanza', async () => {
  const rig = await createRig();
  rig.wire.sendXml("<message to='a@b.example'><body>x</body></message>");
  assert.equal(attr(rig.sent.at(-1), 'to'), 'a@b.example');
  for (const bad of ['<message>', 'hello', '<a/>', '<message/><message/>', '</stream:stream>', '<!-- x -->']) {
    assert.throws(() => rig.wire.sendXml(bad), UserError, bad);
  }
});

test('a refusal of a XEP call is a sentence about whom was asked', async () => {
  const rig = await createRig();
  const asking = rig.wire.xeps.version.of('bob@b.example' as never);
  await rig.refuse('jabber:iq:version', 'service-unavailable');
  await assert.rejects(
    asking,
    (error: unknown) => error instanceof UserError && error.message.startsWith('bob@b.example'),
  );
});

describe('which messages did the archive get', () => {
  const archived = (queryId: string | undefined, id: string): string =>
    `<message from='me@example.org' to='${ME}'><result xmlns='urn:xmpp:mam:2' queryid='${queryId}' id='a-${id}'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='${ME}' to='bob@b.example' type='chat' id='${id}'><body>x</body></message></forwarded></result></message>`;
  const fin = (more: string): string => `<iq type='result'><fin xmlns='urn:xmpp:mam:2' ${more}/></iq>`;
  const asked = (rig: Rig): Element | undefined =>
    childOf(rig.questions.find(question => question.element.toString().includes('queryid'))?.element, 'query');

  for (const [preferences, sure] of [
    ["<iq type='result'><prefs xmlns='urn:xmpp:mam:2' default='always'/></iq>", true],
    ["<iq type='result'><prefs xmlns='urn:xmpp:mam:2' default='roster'/></iq>", false],
    [
      "<iq type='result'><prefs xmlns='urn:xmpp:mam:2' default='always'><never><jid>bob@b.example</jid></never></prefs></iq>",
      false,
    ],
    [
      "<iq type='error'><error type='cancel'><feature-not-implemented xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
      true,
    ],
  ] as const) {
    test(`page after page from the place on; what lacks is ${sure ? 'not there' : 'not known'} with ${preferences}`, async () => {
      const rig = await createRig();
      const asking = rig.wire.xeps.mam.arrived('me@example.org' as never, ['u1', 'u2'], { after: 'place', start: 0 });
      await settle();
      assert.ok(asked(rig)?.toString().includes('<after>place</after>'));
      rig.receive(archived(attr(asked(rig), 'queryid'), 'other'));
      await rig.answer(
        'queryid',
        "<iq type='result'><fin xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'><last>next</last></set></fin></iq>",
      );
      assert.ok(asked(rig)?.toString().includes('<after>next</after>'));
      rig.receive(archived(attr(asked(rig), 'queryid'), 'u1'));
      await rig.answer('queryid', fin("complete='true'"));
      await rig.answer('prefs', preferences);
      const { found, sure: known } = await asking;
      assert.deepEqual([[...found], known], [['u1'], sure]);
    });
  }

  test('a place that the archive has forgotten is replaced by a time, once', async () => {
    const rig = await createRig();
    const asking = rig.wire.xeps.mam.arrived('me@example.org' as never, ['u1'], { after: 'gone', start: 86_400_000 });
    await settle();
    await rig.refuse('queryid', 'item-not-found');
    assert.ok(asked(rig)?.toString().includes('1970-01-02T00:00:00'));
    rig.receive(archived(attr(asked(rig), 'queryid'), 'u1'));
    await rig.answer('queryid', fin("complete='true'"));
    assert.deepEqual([...(await asking).found], ['u1']);
  });
});

test('proxies are addresses of SOCKS5 servers', () => {
  assert.deepEqual(parseProxy('socks5://a:b@127.0.0.1:9050'), {
    host: '127.0.0.1',
    port: 9050,
    username: 'a',
    password: 'b',
  });
  assert.deepEqual(parseProxy('127.0.0.1:9150'), { host: '127.0.0.1', port: 9150 });
  assert.throws(() => parseProxy('http://x:1'), UserError);
});
