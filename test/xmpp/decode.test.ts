/** Stanzas as XEPs print them → plain facts; and nothing that is missing from them may throw. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { decodeMessage, decodePresence } from '../../src/xmpp/decode.js';
import { featureName } from '../../src/xmpp/feature-names.js';
import { parseStamp } from '../../src/xmpp/stamp.js';
import { cloneOf, type Element, elementsOf } from '../../src/xmpp/xml.js';
import { createRig, enterRoom, ME, type Rig, ROOM, settle, stanza } from './fake-session.js';

const FOLDER = new URL('../fixtures/stanzas/', import.meta.url);
const fixtures = new Map(
  readdirSync(FOLDER).map(file => [file.replace('.xml', ''), readFileSync(new URL(file, FOLDER), 'utf8').trim()]),
);
const HATS = `<feature var='http://jabber.org/protocol/muc'/><feature var='urn:xmpp:sid:0'/><feature var='urn:xmpp:occupant-id:0'/><feature var='urn:xmpp:hats:0'/>`;

async function inRoom(): Promise<Rig> {
  const rig = await createRig();
  await rig.answer(
    'jabber:iq:roster',
    "<iq type='result'><query xmlns='jabber:iq:roster'><item jid='alice@example.org' subscription='both'/></query></iq>",
  );
  await rig.answer('urn:xmpp:carbons:2', "<iq type='result'/>");
  await rig.answer('disco#info', "<iq type='result'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>");
  await enterRoom(rig, HATS);
  return rig;
}

const alice = `${ROOM}/alice`;
const phone = 'alice@example.org/phone';
const inRoomMessage = { kind: 'message', type: 'groupchat', from: alice, to: ME, source: 'live' };
const chat = { kind: 'message', type: 'chat', from: phone, to: ME, source: 'live' };

const expected: Readonly<Record<string, unknown>> = {
  'muc-message': { ...inRoomMessage, id: 'm1', body: 'hello all', originId: 'm1', stanzaId: 's1', occupantId: 'occ1' },
  'muc-message-delayed': { ...inRoomMessage, id: 'm2', body: 'earlier', stamp: Date.UTC(2025, 11, 31, 23, 58, 37) },
  'muc-subject': { ...inRoomMessage, subject: 'Fire\nBurn' },
  'muc-config-changed': {
    ...inRoomMessage,
    from: ROOM,
    mucUser: true,
    codes: new Set(['configChanged', 'loggingOn']),
  },
  'muc-private': { ...inRoomMessage, type: 'chat', id: 'p1', body: 'psst', mucUser: true },
  'muc-correction': { ...inRoomMessage, id: 'm3', body: 'corrected', replaces: 'm1' },
  'muc-retraction': { ...inRoomMessage, id: 'm4', retracts: { id: 's1' } },
  'muc-moderation': {
    ...inRoomMessage,
    from: ROOM,
    id: 'm5',
    retracts: { id: 's1', moderator: true, by: 'alice', reason: 'off topic' },
  },
  'muc-moderation-old': {
    ...inRoomMessage,
    from: ROOM,
    id: 'm6',
    retracts: { id: 's1', moderator: true, by: 'alice', reason: 'off topic' },
  },
  'muc-reaction': { ...inRoomMessage, id: 'm7', reactions: { id: 's1', emoji: ['👋', '🐢'] } },
  'muc-reply': { ...inRoomMessage, id: 'm8', body: 'yes', reply: { id: 's9', to: `${ROOM}/anna` } },
  'muc-error': {
    ...inRoomMessage,
    type: 'error',
    from: ROOM,
    id: 'm9',
    error: {
      condition: 'forbidden',
      type: 'auth',
      text: 'no voice',
      by: ROOM,
      sentence: `${ROOM} does not allow you to do this ("no voice")`,
    },
  },
  'chat-message': { ...chat, id: 'c1', body: 'hi', chatState: 'active', wantsReceipt: true, markable: true },
  'chat-hostile-text': { ...chat, id: 'c2', body: 'safedetrever', raw: 'safe\u202edetrever\u202c' },
  'chat-state': { ...chat, chatState: 'composing' },
  'chat-receipt': { ...chat, type: 'normal', id: 'c3', received: 'mine' },
  'chat-displayed': { ...chat, id: 'c4', displayed: 'mine' },
  'direct-invitation': {
    ...chat,
    type: 'normal',
    to: 'me@example.org',
    invite: { room: 'darkcave@macbeth.example', mediated: false, reason: 'Hey Hecate!', password: 'cauldronburn' },
  },
  'carbon-sent': {
    kind: 'message',
    type: 'chat',
    from: 'me@example.org/other',
    to: phone,
    id: 'c5',
    source: 'carbon',
    body: 'from my phone',
  },
  headline: {
    kind: 'message',
    type: 'headline',
    from: 'example.org',
    to: ME,
    source: 'live',
    subject: 'Maintenance',
    body: 'tonight',
  },
  'presence-contact': {
    kind: 'presence',
    type: 'available',
    from: phone,
    show: 'away',
    status: 'out␤for lunch',
    priority: 5,
  },
  'presence-subscribe': {
    kind: 'presence',
    type: 'subscribe',
    from: 'bob@example.org',
    status: 'please',
    nickname: 'Bob',
  },
  'presence-occupant': {
    kind: 'presence',
    type: 'available',
    from: alice,
    id: 'x1',
    show: 'dnd',
    muc: { affiliation: 'owner', role: 'moderator', realJid: phone, codes: new Set(['nonAnonymous']) },
    occupantId: 'occ1',
    hats: ['Host'],
  },
  'presence-kicked': {
    kind: 'presence',
    type: 'unavailable',
    from: alice,
    muc: {
      affiliation: 'none',
      role: 'none',
      actor: 'bob',
      reason: 'Avaunt, you cullion!',
      codes: new Set(['kicked']),
    },
  },
  'presence-destroyed': {
    kind: 'presence',
    type: 'unavailable',
    from: alice,
    muc: {
      affiliation: 'none',
      role: 'none',
      codes: new Set(),
      destroyed: { alternate: 'coven@chat.example.org', reason: 'Macbeth doth come.' },
    },
  },
  'presence-join-error': {
    kind: 'presence',
    type: 'error',
    from: `${ROOM}/me`,
    id: 'j1',
    error: {
      condition: 'conflict',
      type: 'cancel',
      by: ROOM,
      sentence: `the name is already taken at ${ROOM}/me`,
    },
  },
  'bookmarks-event': undefined,
  'mam-result': undefined,
  encrypted: {
    ...chat,
    id: 'c6',
    body: '[This message is encrypted with OMEMO and cannot be read here]',
    raw: 'I sent you an OMEMO message',
    extra: { encrypted: 'OMEMO' },
  },
};

for (const [name, text] of fixtures) {
  test(`${name} is read as it is meant`, async () => {
    assert.ok(name in expected, `an expectation for ${name}`);
    const rig = await inRoom();
    rig.receive(text);
    assert.deepEqual(rig.told[0], expected[name]);
  });
}

/** The stanza without one thing: each element, each attribute and each text in turn. */
function* mutilations(original: Element): Generator<Element> {
  const paths: number[][] = [[]];
  const collect = (el: Element, path: number[]): void => {
    for (const [at, child] of el.children.entries()) {
      paths.push([...path, at]);
      if (typeof child !== 'string') collect(child, [...path, at]);
    }
  };
  collect(original, []);
  for (const path of paths) {
    const copy = cloneOf(original);
    let parent: Element | undefined;
    let at: Element | string | undefined = copy;
    for (const step of path) {
      if (typeof at !== 'object') break;
      parent = at;
      at = at.children[step];
    }
    if (typeof at === 'object') {
      for (const name of Object.keys(at.attrs)) {
        const value: unknown = at.attrs[name];
        delete at.attrs[name];
        yield cloneOf(copy);
        at.attrs[name] = '';
        yield cloneOf(copy);
        at.attrs[name] = '\u202e/@';
        yield cloneOf(copy);
        at.attrs[name] = value;
      }
    }
    if (parent !== undefined) {
      parent.children.splice(path.at(-1)!, 1);
      yield copy;
    }
  }
}

test('Q25: whatever is missing from a stanza, nothing throws and nothing is noted as a fault', async () => {
  const rig = await inRoom();
  let count = 0;
  for (const text of fixtures.values()) {
    for (const broken of mutilations(stanza(text))) {
      rig.receive(broken.toString());
      count++;
    }
  }
  await settle();
  assert.ok(count > 500, `${count} stanzas`);
  const faults = rig.debug.filter(line => /failed|cannot read|was lost/.test(line));
  assert.deepEqual(faults, []);
});

test('a wire that knows nothing reads nothing from nobody', async () => {
  const rig = await createRig();
  void rig;
  const context = { bare: undefined, lang: 'en', debug: () => {}, isRoom: () => false } as never;
  assert.equal(decodeMessage(stanza('<message><body>x</body></message>'), [], context), undefined);
  assert.equal(decodePresence(stanza("<presence from='@@'/>"), [], context), undefined);
  assert.equal(decodePresence(stanza("<presence from='a@b.example' type='probe'/>"), [], context), undefined);
});

for (const [text, at] of [
  ['2010-07-10T23:08:25Z', Date.UTC(2010, 6, 10, 23, 8, 25)],
  ['2010-07-10T23:08:25.123456Z', Date.UTC(2010, 6, 10, 23, 8, 25, 123)],
  ['2010-07-11T01:08:25+02:00', Date.UTC(2010, 6, 10, 23, 8, 25)],
  ['1969-07-21T02:56:15Z', undefined],
  ['-999999-01-01T00:00:00Z', undefined],
  ['2010-13-45T99:99:99Z', undefined],
  ['2010-07-10', undefined],
  ['', undefined],
] as const) {
  test(`the stamp "${text}" is ${at === undefined ? 'none' : 'read'}`, () => assert.equal(parseStamp(text), at));
}

test('features have the names of their specifications', () => {
  assert.equal(featureName('http://jabber.org/protocol/muc'), 'Multi-User Chat (XEP-0045)');
  assert.equal(featureName('urn:xmpp:mam:2'), 'Message Archive Management (XEP-0313)');
  assert.equal(featureName('__proto__'), undefined);
  assert.equal(elementsOf(undefined).length, 0);
});

/** A reply with these words whose fallback is said to be this range. */
const replyWith = async (body: string, start: number | string, end: number | string): Promise<string | undefined> => {
  const rig = await inRoom();
  rig.receive(
    `<message type='groupchat' from='${alice}' to='${ME}' id='r'><body>${body}</body><reply xmlns='urn:xmpp:reply:0' id='s1'/><fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='${start}' end='${end}'/></fallback></message>`,
  );
  const told = rig.told.at(-1);
  return told?.kind === 'message' ? told.body : undefined;
};
for (const [sentence, body, start, end, shown] of [
  ['a quotation is taken away, with the blanks behind it', '&gt; hi\n hello', 0, 5, 'hello'],
  ['characters are counted, not units of UTF-16', '&gt; 😀\nhello', 0, 4, 'hello'],
  ['a range over words that are no quotation hides nothing', 'pay me now', 0, 7, 'pay me now'],
  ['a range that goes on over the answer hides nothing', '&gt; hi\nsecret words', 0, 8, '> hi\nsecret words'],
  ['a range from the middle of a line hides nothing', 'a &gt; b and c', 2, 5, 'a > b and c'],
  ['a range over everything hides nothing', '&gt; hi', 0, 4, '> hi'],
  ['a range behind the end hides nothing', '&gt; hi\nyes', 0, 900, '> hi\nyes'],
  ['a range that runs backwards hides nothing', '&gt; hi\nyes', 5, 0, '> hi\nyes'],
  ['a range of no numbers hides nothing', '&gt; hi\nyes', 'x', '1e3', '> hi\nyes'],
] as const) {
  test(`XEP-0461: ${sentence}`, async () => assert.equal(await replyWith(body, start, end), shown));
}
