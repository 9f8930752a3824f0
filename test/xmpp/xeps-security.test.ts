/** Who may say what: the forged stanzas S001–S046 through the real router, decoder and extensions. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import type { IncomingMessage } from '../../src/model/incoming.js';
import { attr, childOf } from '../../src/xmpp/xml.js';
import { createRig, enterRoom, ME, type Rig, ROOM, settle, stanza } from './fake-session.js';

const rows: readonly { readonly id: string; readonly value: string }[] = JSON.parse(
  readFileSync(new URL('../fixtures/hostile.json', import.meta.url), 'utf8'),
);
const FILL: Readonly<Record<string, string>> = {
  ROOM,
  ROOM2: 'evil\u202enick',
  ME,
  MEBARE: 'me@example.org',
  STRANGER: 'mallory@evil.example/x',
  FRIEND: 'alice@example.org',
  SERVERLOOKALIKE: 'examp1e.org',
  ALICEMSG: 'alice-1',
  ALICEID: 'alice-1',
  OLDCAROLMSG: 'carol-1',
  MYMSG: 'mine-1',
  MYMSGTOALICE: 'mine-2',
};

function row(id: string, more: Readonly<Record<string, string>> = {}): string {
  const found = rows.find(one => one.id === id);
  assert.ok(found, id);
  return found.value.replace(/\{([A-Z0-9]+)\}/g, (whole, name: string) => more[name] ?? FILL[name] ?? whole);
}

/** An account with a friend, with carbons on, in a room with alice and mallory. */
async function scene(account = true): Promise<Rig> {
  const rig = await createRig(account);
  if (account) {
    await rig.answer(
      'jabber:iq:roster',
      "<iq type='result'><query xmlns='jabber:iq:roster'><item jid='alice@example.org' subscription='both'/><item jid='far@example.org' subscription='to'/></query></iq>",
    );
    await rig.answer('urn:xmpp:carbons:2', "<iq type='result'/>");
    await rig.answer(
      'disco#info',
      "<iq type='result'><query xmlns='http://jabber.org/protocol/disco#info'><identity category='pubsub' type='pep'/><feature var='http://jabber.org/protocol/pubsub#publish-options'/><feature var='urn:xmpp:bookmarks:1#compat'/></query></iq>",
    );
  }
  await enterRoom(rig);
  rig.sent.length = 0;
  return rig;
}

function only(rig: Rig): IncomingMessage {
  const messages = rig.messages();
  assert.equal(messages.length, 1);
  return messages[0]!;
}

for (const id of ['S001', 'S002', 'S003', 'S006', 'S007', 'S016', 'S037', 'S038']) {
  test(`${id}: nothing is told`, async () => {
    const rig = await scene();
    rig.receive(row(id));
    await settle();
    assert.deepEqual(rig.told, []);
    assert.deepEqual(rig.sent, []);
  });
}

test('S001: what is dropped is noted', async () => {
  const rig = await scene();
  rig.receive(row('S001'));
  assert.ok(rig.debug.some(line => line.includes('carbon')));
});

test('S004: a carbon without a sender is the account, and counts only once carbons are on', async () => {
  const before = await createRig();
  before.receive(row('S004'));
  assert.equal(before.messages().length, 0);
  const rig = await scene();
  rig.receive(row('S004'));
  const message = only(rig);
  assert.equal(message.source, 'carbon');
  assert.equal(message.from, 'alice@example.org/x');
  const guest = await scene(false);
  guest.receive(row('S004'));
  assert.equal(guest.messages().length, 0);
});

test('S005: a carbon in a carbon is nothing', async () => {
  const rig = await scene();
  rig.receive(row('S005'));
  assert.deepEqual(rig.told, []);
});

test('S008: a room archive speaks only for those who spoke in the room', async () => {
  const rig = await scene();
  const asking = rig.wire.xeps.mam.page(ROOM as never, { max: 10 });
  await settle();
  const queryId = attr(childOf(rig.questions.at(-1)?.element, 'query'), 'queryid') ?? '';
  rig.receive(row('S008', { OPENQ: queryId }));
  const good = `<message from='${ROOM}' to='${ME}'><result xmlns='urn:xmpp:mam:2' id='7' queryid='${queryId}'><forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2025-12-31T10:00:00Z'/><message xmlns='jabber:client' type='groupchat' from='${ROOM}/alice'><body>real</body></message></forwarded></result></message>`;
  rig.receive(good);
  await rig.answer('queryid', `<iq type='result' from='${ROOM}'><fin xmlns='urn:xmpp:mam:2' complete='true'/></iq>`);
  const page = await asking;
  assert.deepEqual(
    page.messages.map(message => [message.body, message.source, message.stanzaId, message.stamp]),
    [['real', 'archive', '7', Date.UTC(2025, 11, 31, 10)]],
  );
  assert.equal(page.complete, true);
  rig.receive(good);
  assert.deepEqual(rig.told, [], 'a late result of a closed query is nothing');
});

test('S009: a roster push of somebody else changes nothing', async () => {
  const rig = await scene();
  assert.deepEqual(await rig.ask(row('S009')), { error: 'service-unavailable' });
  assert.deepEqual(rig.told, []);
  const own =
    "<iq type='set' id='rp2'><query xmlns='jabber:iq:roster'><item jid='bob@b.example' name='Bob' subscription='to'/></query></iq>";
  assert.deepEqual(await rig.ask(own), { result: undefined });
  assert.deepEqual(rig.told, [
    {
      kind: 'roster',
      full: false,
      items: [{ jid: 'bob@b.example', name: 'Bob', groups: [], subscription: 'to', ask: false }],
    },
  ]);
});

test('S011: an empty answer where something is needed is an error, not a crash', async () => {
  const rig = await scene();
  for (const call of [
    () => rig.wire.xeps.disco.info('x.example' as never),
    () => rig.wire.xeps.mucAdmin.configForm(ROOM as never),
    () => rig.wire.xeps.adhoc.execute('x.example' as never, 'n'),
    () => rig.wire.xeps.register.form('x.example' as never),
    () => rig.wire.xeps.time.of('x.example' as never),
  ]) {
    const asking = call();
    await settle();
    await rig.answer('<iq', "<iq type='result'/>");
    await assert.rejects(asking);
  }
});

test('S012: an error without an error in it is an error', async () => {
  const rig = await scene();
  const asking = rig.wire.xeps.ping.ping(`${ROOM}/mallory` as never);
  await rig.answer('urn:xmpp:ping', `<iq from='${ROOM}/mallory' type='error'/>`);
  await assert.rejects(asking, /without a known reason/);
});

test('S013: an invitation through a room is believed only from a service of rooms', async () => {
  const rig = await scene();
  rig.receive(row('S013'));
  await settle();
  assert.deepEqual(rig.told, [], 'a person is not a room');
  const text = row('S013', { STRANGER: 'party@rooms.example' });
  rig.receive(text);
  await rig.answer(
    'to="rooms.example"',
    "<iq type='result'><query xmlns='http://jabber.org/protocol/disco#info'><identity category='server' type='im'/></query></iq>",
  );
  assert.deepEqual(rig.told, []);
  rig.receive(row('S013', { STRANGER: 'party@conf.example' }));
  await rig.answer(
    'to="conf.example"',
    "<iq type='result'><query xmlns='http://jabber.org/protocol/disco#info'><identity category='conference' type='text'/></query></iq>",
  );
  assert.deepEqual(only(rig).invite, {
    room: 'party@conf.example',
    mediated: true,
    claimedBy: 'alice@example.org',
    reason: 'come',
  });
});

test('S014: a direct invitation is from whoever sent it, and nothing is entered', async () => {
  const rig = await scene();
  rig.receive(row('S014'));
  const message = only(rig);
  assert.equal(message.from, 'mallory@evil.example/x');
  assert.deepEqual(message.invite, { room: 'secret@rooms.example', mediated: false, reason: 'R', password: 'pw' });
  assert.deepEqual(rig.sent, []);
});

test('S015: the mark of a room on a message of a stranger means nothing', async () => {
  const rig = await scene();
  rig.receive(row('S015'));
  assert.equal(only(rig).mucUser, undefined);
  rig.told.length = 0;
  rig.receive(`<message from='${ROOM}/mallory' to='${ME}' type='chat'><body>hi</body></message>`);
  assert.equal(only(rig).mucUser, true);
});

for (const [id, from, replaces] of [
  ['S017', `${ROOM}/mallory`, 'alice-1'],
  ['S018', `${ROOM}/carol`, 'carol-1'],
  ['S019', 'alice@example.org/a', 'mine-1'],
] as const) {
  test(`${id}: a correction is told with its sender, for the store to judge`, async () => {
    const rig = await scene();
    rig.receive(row(id));
    const message = only(rig);
    assert.equal(message.from, from);
    assert.equal(message.replaces, replaces);
  });
}

test('S020: a retraction is of its sender; only the room itself moderates', async () => {
  const rig = await scene();
  rig.receive(row('S020'));
  assert.deepEqual(only(rig).retracts, { id: 'alice-1' });
  const moderated = (from: string): string =>
    `<message from='${from}' to='${ME}' type='groupchat'><retract xmlns='urn:xmpp:message-retract:1' id='s1'><moderated xmlns='urn:xmpp:message-moderate:1' by='${ROOM}/alice'/><reason>spam</reason></retract></message>`;
  rig.told.length = 0;
  rig.receive(moderated(`${ROOM}/mallory`));
  assert.deepEqual(rig.told, []);
  rig.receive(moderated(ROOM));
  assert.deepEqual(only(rig).retracts, { id: 's1', moderator: true, by: 'alice', reason: 'spam' });
});

test('S021: an archive id counts only from the archive, only if it cleans up after others', async () => {
  const rig = await scene();
  rig.receive(row('S021'));
  assert.equal(only(rig).stanzaId, 'SAMEASALICE', 'the room announces that it takes forged ids away');
  rig.told.length = 0;
  const twice = row('S021').replace(
    '</message>',
    `<stanza-id xmlns='urn:xmpp:sid:0' by='${ROOM}' id='other'/></message>`,
  );
  rig.receive(twice);
  assert.equal(only(rig).stanzaId, undefined, 'two ids mean that it does not');
  const simple = await createRig();
  await simple.refuse('jabber:iq:roster', 'item-not-found');
  await simple.answer('disco#info', "<iq type='result'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>");
  await enterRoom(simple, "<feature var='http://jabber.org/protocol/muc'/>");
  simple.receive(row('S021'));
  assert.equal(only(simple).stanzaId, undefined);
  simple.told.length = 0;
  simple.receive(
    `<message from='mallory@evil.example/x' to='${ME}' type='chat'><body>x</body><stanza-id xmlns='urn:xmpp:sid:0' by='me@example.org' id='1'/></message>`,
  );
  assert.equal(only(simple).stanzaId, undefined, 'our server does not announce it');
});

test('S022: a copied id is told with its real sender', async () => {
  const rig = await scene();
  rig.receive(row('S022'));
  const message = only(rig);
  assert.equal(message.from, `${ROOM}/mallory`);
  assert.equal(message.originId, 'alice-1');
});

test('S023: an old stamp after the history does not make a message history', async () => {
  const rig = await scene();
  rig.receive(row('S023'));
  const message = only(rig);
  assert.equal(message.source, 'live');
  assert.equal(message.stamp, Date.UTC(2001, 0, 1, 1, 2, 3));
});

test('S024: a stamp of the future is now', async () => {
  const rig = await scene();
  rig.receive(row('S024'));
  assert.equal(only(rig).stamp, rig.clock.now());
});

for (const id of ['S025', 'S026']) {
  test(`${id}: an impossible stamp is none`, async () => {
    const rig = await scene();
    rig.receive(row(id));
    assert.equal(only(rig).stamp, undefined);
    assert.ok(only(rig).body);
  });
}

test('S027: a receipt is told with whom it is from', async () => {
  const rig = await scene();
  rig.receive(row('S027'));
  const message = only(rig);
  assert.equal(message.received, 'mine-2');
  assert.equal(message.from, 'mallory@evil.example/x');
});

test('S028: strangers, occupants and guests get no receipt; a contact who sees us does', async () => {
  const rig = await scene();
  rig.receive(row('S028'));
  rig.receive(row('S028', { STRANGER: `${ROOM}/mallory` }));
  rig.receive(row('S028', { STRANGER: 'far@example.org/x' }));
  assert.deepEqual(rig.sent, []);
  rig.receive(row('S028', { STRANGER: 'alice@example.org/phone' }));
  assert.equal(rig.sent.length, 1);
  assert.equal(attr(rig.sent[0], 'to'), 'alice@example.org/phone');
  assert.equal(attr(childOf(rig.sent[0], 'received', 'urn:xmpp:receipts'), 'id'), 'r1');
  rig.options.set('receipts.send', false);
  rig.receive(row('S028', { STRANGER: 'alice@example.org/phone' }));
  assert.equal(rig.sent.length, 1);
  const guest = await scene(false);
  guest.receive(row('S028', { STRANGER: 'alice@example.org/phone' }));
  assert.deepEqual(guest.sent, []);
});

test('S029: an error is told as one, without a body', async () => {
  const rig = await scene();
  rig.receive(row('S029'));
  const message = only(rig);
  assert.equal(message.type, 'error');
  assert.equal(message.body, undefined);
  assert.equal(message.id, undefined);
  assert.equal(message.error?.condition, 'undefined-condition');
});

test('S030: a headline is told with its real sender', async () => {
  const rig = await scene();
  rig.receive(row('S030'));
  const message = only(rig);
  assert.equal(message.type, 'headline');
  assert.equal(message.from, 'examp1e.org');
  assert.equal(message.subject, 'Server notice');
});

test('S031: a request for subscription is told and not answered', async () => {
  const rig = await scene();
  rig.receive(row('S031'));
  const [presence] = rig.presences();
  assert.equal(presence?.type, 'subscribe');
  assert.equal(presence?.from, 'mallory@evil.example');
  assert.equal(presence?.nickname, 'Admin');
  assert.equal(presence?.status, 'I am your admin');
  assert.deepEqual(rig.sent, []);
});

test('S032: presence of a room we did not ask to enter is nothing', async () => {
  const rig = await scene();
  rig.receive(row('S032', { STRANGER: 'party@rooms.example/boss' }));
  assert.deepEqual(rig.told, []);
});

test('S033: a rename names the new nick and changes nothing by itself', async () => {
  const rig = await scene();
  rig.receive(row('S033'));
  const [presence] = rig.presences();
  assert.equal(presence?.muc?.newNick, FILL['ROOM2']);
  assert.equal(rig.wire.xeps.muc.joined.get(ROOM as never), `${ROOM}/me`);
});

test('S034: leaving and coming are two facts', async () => {
  const rig = await scene();
  for (const part of row('S034').split(/(?<=\/>)(?=<presence)|(?<=<\/presence>)(?=<presence)/)) rig.receive(part);
  assert.deepEqual(
    rig.presences().map(presence => presence.type),
    ['unavailable', 'available'],
  );
});

test('S035: the room itself speaks from its bare address', async () => {
  const rig = await scene();
  rig.receive(row('S035'));
  assert.equal(only(rig).from, ROOM);
});

test('S036: a subject beside a body is no change of subject', async () => {
  const rig = await scene();
  rig.receive(row('S036'));
  const message = only(rig);
  assert.equal(message.subject, undefined);
  assert.equal(message.body, 'b');
});

test('S037: bookmarks change only by the own account', async () => {
  const rig = await scene();
  const listing = rig.wire.xeps.bookmarks.list();
  await settle();
  await rig.refuse('urn:xmpp:bookmarks:1', 'item-not-found');
  assert.deepEqual(await listing, []);
  rig.receive(row('S037'));
  assert.deepEqual(await rig.wire.xeps.bookmarks.list(), []);
  rig.receive(row('S037', { STRANGER: 'me@example.org' }));
  assert.deepEqual(await rig.wire.xeps.bookmarks.list(), [{ room: 'evil@rooms.example', autojoin: true }]);
});

test('S039: a quotation stays text of its sender', async () => {
  const rig = await scene();
  rig.receive(row('S039'));
  assert.ok(only(rig).body?.startsWith('> alice: I agree'));
  assert.equal(only(rig).from, `${ROOM}/mallory`);
});

test('S040: a reply names an id and quotes nothing', async () => {
  const rig = await scene();
  rig.receive(row('S040'));
  const message = only(rig);
  assert.deepEqual(message.reply, { id: 'nope', to: `${ROOM}/alice` });
  assert.equal(message.body, 'x');
});

for (const [what, payload] of [
  ['version', "<query xmlns='jabber:iq:version'/>"],
  ['time', "<time xmlns='urn:xmpp:time'/>"],
  ['last activity', "<query xmlns='jabber:iq:last'/>"],
  ['ping', "<ping xmlns='urn:xmpp:ping'/>"],
] as const) {
  test(`S041: a guest asked by a stranger for ${what} does not answer`, async () => {
    const rig = await scene(false);
    const asked = row('S041').replace("<query xmlns='jabber:iq:version'/>", payload);
    assert.deepEqual(await rig.ask(asked), { error: 'service-unavailable' });
  });
}

test('S041: a guest answers pings of its server and of its rooms, and is no more than a console', async () => {
  const rig = await scene(false);
  const ping = (from: string): string => `<iq type='get' id='p' from='${from}'><ping xmlns='urn:xmpp:ping'/></iq>`;
  for (const from of ['example.org', `${ROOM}/alice`])
    assert.deepEqual(await rig.ask(ping(from)), { result: undefined });
  const info = `<iq type='get' id='d' from='${ROOM}/alice'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>`;
  const { result } = await rig.ask(info);
  assert.equal(result?.toString().includes('Causette'), false);
  assert.equal(result?.getChildren('feature').length, 1);
  const version = row('S041', { STRANGER: `${ROOM}/alice` });
  assert.deepEqual(await rig.ask(version), { error: 'service-unavailable' });
});

test('S041: an account tells its version to contacts who see it, and to nobody else', async () => {
  const rig = await scene();
  assert.deepEqual(await rig.ask(row('S041')), { error: 'service-unavailable' });
  const { result } = await rig.ask(row('S041', { STRANGER: 'alice@example.org/phone' }));
  assert.equal(result?.getChildText('name'), 'Causette');
  assert.deepEqual(await rig.ask(row('S041', { STRANGER: 'far@example.org/x' })), { error: 'service-unavailable' });
});

test('S042: there are no remote commands', async () => {
  const rig = await scene();
  assert.deepEqual(await rig.ask(row('S042')), { error: 'service-unavailable' });
});

test('S043: clear text beside an encrypted payload is not shown as the message', async () => {
  const rig = await scene();
  rig.receive(row('S043'));
  const message = only(rig);
  assert.match(message.body ?? '', /encrypted with OMEMO/);
  assert.equal(message.raw, 'CLEAR TEXT');
  assert.equal(message.extra?.['encrypted'], 'OMEMO');
});

test('S044: a plain message has no mark of encryption', async () => {
  const rig = await scene();
  rig.receive(row('S044'));
  assert.equal(only(rig).body, 'plain now');
  assert.equal(only(rig).extra, undefined);
});

test('S045: capabilities of an occupant are neither asked for nor kept', async () => {
  const rig = await scene();
  rig.receive(row('S045'));
  assert.equal(rig.questions.length, 0);
  assert.equal(rig.wire.xeps.caps.of(`${ROOM}/mallory` as never), undefined);
});

test('S045: capabilities of a contact are kept only if their hash is right', async () => {
  const rig = await scene();
  const query = `<query xmlns='http://jabber.org/protocol/disco#info'><identity category='client' name='Exodus 0.9.1' type='pc'/><feature var='http://jabber.org/protocol/caps'/><feature var='http://jabber.org/protocol/disco#info'/><feature var='http://jabber.org/protocol/disco#items'/><feature var='http://jabber.org/protocol/muc'/></query>`;
  const contact = 'alice@example.org/phone' as never;
  rig.receive(row('S045', { ROOM: 'alice@example.org' }).replace('/mallory', '/phone'));
  await rig.answer('evil', `<iq type='result'>${query.replace('protocol/muc', 'protocol/evil')}</iq>`);
  assert.equal(rig.wire.xeps.caps.of(contact), undefined);
  rig.receive(row('S045', { ROOM: 'alice@example.org' }).replace('/mallory', '/phone'));
  await rig.answer('evil', `<iq type='result'>${query}</iq>`);
  assert.ok(rig.wire.xeps.caps.of(contact)?.has('http://jabber.org/protocol/muc'));
});

test('S046: words are only words on the wire', async () => {
  const rig = await scene();
  rig.receive(row('S046'));
  assert.equal(only(rig).body, 'bob: bob bob bob');
});

test('M013: XHTML is not the body', async () => {
  const rig = await scene();
  rig.receive(row('M013'));
  assert.equal(only(rig).body, 'PLAIN');
});

test('M014: of several bodies one is chosen, and the others are known', async () => {
  const rig = await scene();
  rig.receive(row('M014'));
  assert.equal(only(rig).body, 'pay bob');
  assert.deepEqual(only(rig).extra, { bodies: ['pay bob', 'pay mallory'] });
});

test('a handler that fails costs one stanza', async () => {
  const rig = await scene();
  rig.wire.onIncoming(() => {
    throw new Error('broken');
  });
  rig.receive(row('S046'));
  rig.receive(row('S039'));
  assert.equal(rig.messages().length, 2);
  assert.equal(rig.debug.filter(line => line.includes('broken')).length, 2);
  assert.ok(stanza('<a/>'));
});
