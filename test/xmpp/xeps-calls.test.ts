/** Calls of the extensions: what they ask and what they make of the answer. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { cleanLine } from '../../src/lib/text.js';
import { formOf, submitForm } from '../../src/xmpp/forms.js';
import { attr, childOf, childrenOf, type Element } from '../../src/xmpp/xml.js';
import { createRig, enterRoom, type Rig, ROOM, settle, stanza } from './fake-session.js';

const server = 'example.org' as never;
const room = ROOM as never;
const last = (rig: Rig): Element => rig.questions.at(-1)!.element;
const form = (inner: string, type = 'form'): Element => stanza(`<x xmlns='jabber:x:data' type='${type}'>${inner}</x>`);
const valuesIn = (x: Element): [string, string[]][] =>
  childrenOf(x, 'field').map(field => [attr(field, 'var') ?? '', childrenOf(field, 'value').map(v => v.getText())]);

test('forms: all ten types are read, an unknown one is a line of text', () => {
  const types =
    'boolean fixed hidden jid-multi jid-single list-multi list-single text-multi text-private text-single'.split(' ');
  const fields = [...types, 'strange', ''].map((type, at) => `<field var='f${at}' type='${type}'/>`).join('');
  assert.deepEqual(
    formOf(form(fields)).fields.map(field => field.type),
    [...types, 'text-single', 'text-single'],
  );
});

test('forms: labels are cleaned, values go back as they came', () => {
  const read = formOf(
    form(
      "<title>T\u202e</title><instructions>do</instructions><field var='FORM_TYPE' type='hidden'><value>x:y</value></field><field var='a' label='\u202eLabel' type='list-single'><desc>d</desc><required/><value>v\u202e</value><option label='One'><value>1</value></option><option><value>2</value></option></field>",
    ),
  );
  assert.equal(read.title, 'T\ufffd');
  assert.equal(read.formType, 'x:y');
  const field = read.fields[1]!;
  assert.equal(field.label, '\ufffdLabel');
  assert.equal(field.required, true);
  assert.deepEqual(field.options, [
    { label: 'One', value: '1' },
    { label: '2', value: '2' },
  ]);
  assert.deepEqual(valuesIn(submitForm(read)), [
    ['FORM_TYPE', ['x:y']],
    ['a', ['v\u202e']],
  ]);
});

test('D002: two hundred fields are read, the rest is counted', () => {
  const read = formOf(form("<field var='f'/>".repeat(5000)));
  assert.equal(read.fields.length, 200);
  assert.equal(read.omitted, 4800);
});

test('D004: fields of one name stay in order, and the answer belongs to the first', () => {
  const read = formOf(
    form(
      "<field var='a'><value>1</value></field><field var='a'><value>2</value></field><field var=''><value>3</value></field><field var='__proto__'><value>4</value></field>",
    ),
  );
  assert.deepEqual(valuesIn(submitForm(read, new Map([['a', ['new']]]))), [
    ['a', ['new']],
    ['a', ['2']],
    ['__proto__', ['4']],
  ]);
});

test('D005: the first of two FORM_TYPE fields wins', () => {
  const twice = ['one', 'two'].map(v => `<field var='FORM_TYPE' type='hidden'><value>${v}</value></field>`).join('');
  assert.equal(formOf(form(twice)).formType, 'one');
});

test('D006: a huge value is cut', () => {
  const read = formOf(form(`<field var='a'><value>${'x'.repeat(1 << 19)}</value></field>`));
  assert.equal(read.fields[0]?.values[0]?.length, 64 * 1024);
});

test('D008: a picture is an address to read, and nothing is fetched', () => {
  const read = formOf(
    form(
      "<field var='ocr'><media xmlns='urn:xmpp:media-element'><uri type='image/png'>http://x.example/a.png</uri></media></field>",
    ),
  );
  assert.equal(read.fields[0]?.description, 'http://x.example/a.png');
});

test('D010: of a title in many languages one is chosen', () => {
  const titles = "<title xml:lang='de'>Titel</title><title xml:lang='en'>Title</title>";
  assert.equal(formOf(form(titles)).title, 'Title');
});

test('forms: results with rows', () => {
  const read = formOf(
    form(
      "<reported><field var='name' label='Name'/></reported><item><field var='name'><value>a</value></field></item><item><field var='name'><value>b</value></field></item>",
      'result',
    ),
  );
  assert.equal(read.type, 'result');
  assert.equal(read.reported?.[0]?.label, 'Name');
  assert.deepEqual(
    read.items?.map(item => item.get('name')),
    [['a'], ['b']],
  );
});

test('disco: items are paged, and a service that turns in a circle is left', async () => {
  const rig = await createRig(false);
  const asking = rig.wire.xeps.disco.items(server);
  const page =
    "<iq type='result'><query xmlns='http://jabber.org/protocol/disco#items'><item jid='a@example.org' name='\u202ea'/><item jid=''/><item/><set xmlns='http://jabber.org/protocol/rsm'><last>1</last><count>9</count></set></query></iq>";
  await rig.answer('disco#items', page);
  assert.equal(last(rig).getChild('query')?.getChild('set')?.getChildText('after'), '1');
  await rig.answer('disco#items', page);
  assert.deepEqual(await asking, {
    items: [
      { jid: 'a@example.org', name: '\ufffda' },
      { jid: 'a@example.org', name: '\ufffda' },
    ],
    more: false,
  });
});

test('D011: of very many items the first five thousand are taken', async () => {
  const rig = await createRig(false);
  const asking = rig.wire.xeps.disco.items(server);
  const items = "<item jid='a@example.org'/>".repeat(6000);
  await rig.answer(
    'disco#items',
    `<iq type='result'><query xmlns='http://jabber.org/protocol/disco#items'>${items}</query></iq>`,
  );
  const { items: got, more } = await asking;
  assert.equal(got.length, 5000);
  assert.equal(more, true);
});

test('disco: what was asked a moment ago is not asked again', async () => {
  const rig = await createRig(false);
  const answer =
    "<iq type='result'><query xmlns='http://jabber.org/protocol/disco#info'><identity category='server' type='im'/><feature var='f'/></query></iq>";
  const asking = rig.wire.xeps.disco.info(server);
  await rig.answer('disco#info', answer);
  assert.equal(await asking, await rig.wire.xeps.disco.info(server));
  assert.equal(rig.wire.xeps.disco.knows(server, 'f'), true);
  rig.clock.advance(11 * 60_000);
  void rig.wire.xeps.disco.info(server);
  assert.equal(rig.questions.length, 1);
});

const step = (status: string, inner: string): string =>
  `<iq type='result' from='example.org'><command xmlns='http://jabber.org/protocol/commands' node='n' sessionid='s1' status='${status}'>${inner}</command></iq>`;

test('ad-hoc: two steps with forms, their actions and notes', async () => {
  const rig = await createRig(false);
  const starting = rig.wire.xeps.adhoc.execute(server, 'n');
  await rig.answer(
    'commands',
    step(
      'executing',
      "<actions execute='next'><prev/><next/></actions><x xmlns='jabber:x:data' type='form'><field var='a'><value>1</value></field></x>",
    ),
  );
  const first = await starting;
  assert.deepEqual(first.actions, ['prev', 'next', 'cancel']);
  assert.equal(first.defaultAction, 'next');
  const going = rig.wire.xeps.adhoc.next(first, new Map([['a', ['2']]]));
  await settle();
  const command = childOf(last(rig), 'command');
  assert.equal(attr(command, 'action'), 'next');
  assert.equal(attr(command, 'sessionid'), 's1');
  assert.deepEqual(valuesIn(childOf(command, 'x')!), [['a', ['2']]]);
  await rig.answer('commands', step('completed', "<note type='warn'>done\u202e</note>"));
  const second = await going;
  assert.equal(second.status, 'completed');
  assert.deepEqual(second.actions, []);
  assert.deepEqual(second.notes, [{ type: 'warn', text: 'done' }]);
});

test('ad-hoc: a step without actions can only be completed or cancelled', async () => {
  const rig = await createRig(false);
  const starting = rig.wire.xeps.adhoc.execute(server, 'n');
  await rig.answer('commands', step('executing', ''));
  const first = await starting;
  assert.deepEqual(first.actions, ['complete', 'cancel']);
  assert.equal(first.defaultAction, 'complete');
});

test('XEP-0158: a room that asks a question waits for the answer', async () => {
  const rig = await createRig(false);
  const joining = rig.wire.xeps.muc.join(room, { nick: 'me' });
  await settle();
  await rig.refuse(`to="${ROOM}"`, 'forbidden');
  rig.receive(
    `<message from='${ROOM}' to='x@example.org' id='c1'><body>See http://x.example/1</body><captcha xmlns='urn:xmpp:captcha'><x xmlns='jabber:x:data' type='form'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:captcha</value></field><field var='qa' label='2+2?'/></x></captcha></message>`,
  );
  const question = rig.messages()[0]?.extra?.['captcha'] as never;
  assert.ok(question);
  rig.clock.advance(5 * 60_000);
  const answering = rig.wire.xeps.muc.answerCaptcha(room, question, new Map([['qa', ['4']]]));
  await settle();
  assert.ok(last(rig).toString().includes('<value>4</value>'));
  await rig.answer('urn:xmpp:captcha', `<iq type='result' from='${ROOM}'/>`);
  await answering;
  rig.receive(
    `<presence from='${ROOM}/me'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='participant'/><status code='110'/></x></presence>`,
  );
  assert.equal((await joining).nick, 'me');
});

test('administration: kick, ban, and the configuration of a room', async () => {
  const rig = await createRig();
  await enterRoom(rig);
  const { mucAdmin } = rig.wire.xeps;
  const kicking = mucAdmin.setRole(room, 'mallory', 'none', 'out');
  const item = childOf(childOf(last(rig), 'query'), 'item');
  assert.deepEqual([attr(item, 'nick'), attr(item, 'role'), item?.getChildText('reason')], ['mallory', 'none', 'out']);
  await rig.answer('muc#admin', `<iq type='result' from='${ROOM}'/>`);
  await kicking;
  const banning = mucAdmin.setAffiliation(room, 'm@evil.example' as never, 'outcast');
  await rig.refuse('muc#admin', 'not-allowed');
  await assert.rejects(banning, { condition: 'not-allowed' });
  const asking = mucAdmin.configForm(room);
  await rig.answer(
    'muc#owner',
    `<iq type='result' from='${ROOM}'><query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='form'><field var='muc#roomconfig_roomname'><value>Old</value></field></x></query></iq>`,
  );
  const submitting = mucAdmin.submitConfig(room, await asking, new Map([['muc#roomconfig_roomname', ['New']]]));
  await settle();
  assert.ok(last(rig).toString().includes('<value>New</value>'));
  await rig.answer('muc#owner', `<iq type='result' from='${ROOM}'/>`);
  await submitting;
});

const PEP =
  "<identity category='pubsub' type='pep'/><feature var='http://jabber.org/protocol/pubsub#publish-options'/>";
const account = (features: string): string =>
  `<iq type='result'><query xmlns='http://jabber.org/protocol/disco#info'>${features}</query></iq>`;
const CONVERTS = `${PEP}<feature var='urn:xmpp:bookmarks:1#compat'/>`;
const OLD =
  "<storage xmlns='storage:bookmarks'><url name='page' url='http://x.example/'/><conference jid='old@muc.example.org' name='Old' autojoin='1'><nick>o</nick></conference></storage>";
const EMPTY_NODE =
  "<iq type='result'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:bookmarks:1'/></pubsub></iq>";
const privately = (inner: string): string => `<iq type='result'><query xmlns='jabber:iq:private'>${inner}</query></iq>`;
const listed = async (rig: Rig): Promise<readonly string[]> =>
  (await rig.wire.xeps.bookmarks.list()).map(one => `${one.autojoin ? '*' : ''}${one.room}`);

test('bookmarks: a server without nodes keeps the old list, with what else is in it', async () => {
  const rig = await createRig();
  const listing = rig.wire.xeps.bookmarks.list();
  await settle();
  await rig.answer('disco#info', account(''));
  await rig.answer('jabber:iq:private', privately(OLD));
  assert.deepEqual(await listing, [{ room: 'old@muc.example.org', name: 'Old', nick: 'o', autojoin: true }]);
  assert.equal(rig.wire.xeps.bookmarks.place?.kind, 'private');
  const adding = rig.wire.xeps.bookmarks.add({ room, autojoin: false });
  await settle();
  const sent = last(rig).toString();
  for (const part of ['jabber:iq:private', 'http://x.example/', 'jid="old@muc.example.org"', `jid="${ROOM}"`]) {
    assert.ok(sent.includes(part), `${part} in ${sent}`);
  }
  await rig.answer('jabber:iq:private', "<iq type='result'/>");
  await adding;
  assert.deepEqual(await listed(rig), ['*old@muc.example.org', ROOM]);
});

test('bookmarks: a list that is only in the old place is shown too, and what is changed moves over', async () => {
  const rig = await createRig();
  const listing = rig.wire.xeps.bookmarks.list();
  await settle();
  await rig.answer('disco#info', account(PEP));
  await rig.answer('urn:xmpp:bookmarks:1', EMPTY_NODE);
  await rig.refuse('storage:bookmarks', 'item-not-found');
  await rig.answer('jabber:iq:private', privately(OLD));
  assert.equal((await listing).length, 1);
  assert.deepEqual(rig.wire.xeps.bookmarks.place, { kind: 'native', converts: false, old: 1 });
  const adding = rig.wire.xeps.bookmarks.add({ room: 'old@muc.example.org' as never, autojoin: false });
  await settle();
  assert.ok(last(rig).toString().includes('node="urn:xmpp:bookmarks:1"'));
  await rig.answer('publish', "<iq type='result'/>");
  await adding;
  const removing = rig.wire.xeps.bookmarks.remove('old@muc.example.org' as never);
  await settle();
  await rig.answer('retract', "<iq type='result'/>");
  // Taken out of the old list as well, or it would come back.
  assert.ok(!last(rig).toString().includes('old@muc.example.org'));
  assert.ok(last(rig).toString().includes('http://x.example/'));
  await rig.answer('jabber:iq:private', "<iq type='result'/>");
  await removing;
  assert.deepEqual(await listed(rig), []);
});

test('bookmarks: what another client does is told, the echo of ours is not', async () => {
  const rig = await createRig();
  const listing = rig.wire.xeps.bookmarks.list();
  await settle();
  await rig.answer('disco#info', account(CONVERTS));
  await rig.answer('urn:xmpp:bookmarks:1', EMPTY_NODE);
  await listing;
  const news = (): readonly unknown[] => rig.told.filter(one => one.kind === 'bookmark');
  const push = (inner: string): void =>
    rig.receive(
      `<message from='me@example.org'><event xmlns='http://jabber.org/protocol/pubsub#event'><items node='urn:xmpp:bookmarks:1'>${inner}</items></event></message>`,
    );
  const item = (name: string, autojoin: boolean): string =>
    `<item id='${ROOM}'><conference xmlns='urn:xmpp:bookmarks:1' name='${name}' autojoin='${autojoin}'/></item>`;
  const adding = rig.wire.xeps.bookmarks.add({ room, name: 'A', autojoin: true });
  await settle();
  push(item('A', true));
  await rig.answer('publish', "<iq type='result'/>");
  await adding;
  assert.deepEqual(news(), []);
  push(item('A', false));
  assert.deepEqual(news(), [{ kind: 'bookmark', room: ROOM, bookmark: { room: ROOM, name: 'A', autojoin: false } }]);
  push(`<retract id='${ROOM}'/>`);
  assert.deepEqual(news().at(-1), { kind: 'bookmark', room: ROOM });
  assert.deepEqual(await listed(rig), []);
});

test('XEP-0492: the level of a bookmark is the one meant for us, and changing it keeps what is for others', async () => {
  const rig = await createRig();
  const listing = rig.wire.xeps.bookmarks.list();
  await settle();
  await rig.answer('disco#info', account(CONVERTS));
  const notify =
    "<notify xmlns='urn:xmpp:notification-settings:1'><always identity-category='client' identity-type='phone'/><on-mention><advanced><x xmlns='x:y'/></advanced></on-mention></notify>";
  await rig.answer(
    'urn:xmpp:bookmarks:1',
    `<iq type='result'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:bookmarks:1'><item id='${ROOM}'><conference xmlns='urn:xmpp:bookmarks:1'><extensions>${notify}</extensions></conference></item></items></pubsub></iq>`,
  );
  assert.equal((await listing)[0]?.notify, 'mention');
  const adding = rig.wire.xeps.bookmarks.add({ room, notify: 'none' });
  await settle();
  const sent = last(rig).toString();
  assert.match(
    sent,
    /<always identity-category="client" identity-type="phone"[^>]*\/><never[^>]*><advanced><x xmlns="x:y"/,
  );
  assert.doesNotMatch(sent, /on-mention/);
  await rig.answer('publish', "<iq type='result'/>");
  await adding;
  assert.equal((await rig.wire.xeps.bookmarks.list())[0]?.notify, 'none');
});

test('bookmarks: published for nobody else, keeping what other clients added', async () => {
  const rig = await createRig();
  const listing = rig.wire.xeps.bookmarks.list();
  await settle();
  await rig.answer('disco#info', account(CONVERTS));
  await rig.answer(
    'pubsub',
    `<iq type='result'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:bookmarks:1'><item id='${ROOM}'><conference xmlns='urn:xmpp:bookmarks:1' name='R' autojoin='true'><nick>n</nick><extensions><other xmlns='x:y'/></extensions></conference></item><item id='not a jid@'/></items></pubsub></iq>`,
  );
  assert.deepEqual(await listing, [{ room: ROOM, name: 'R', nick: 'n', autojoin: true }]);
  const adding = rig.wire.xeps.bookmarks.add({ room, autojoin: false });
  await settle();
  const sent = last(rig).toString();
  assert.ok(sent.includes('whitelist'));
  assert.ok(sent.includes('x:y'));
  assert.ok(sent.includes('autojoin="false"'));
  await rig.answer('publish', "<iq type='result'/>");
  await adding;
  assert.equal((await rig.wire.xeps.bookmarks.list())[0]?.autojoin, false);
});

test('bookmarks and the contact list are not for guests', async () => {
  const rig = await createRig(false);
  await assert.rejects(rig.wire.xeps.bookmarks.list(), /Guests/);
  await assert.rejects(rig.wire.xeps.roster.add('a@b.example' as never), /Guests/);
  assert.throws(() => rig.wire.xeps.roster.approve('a@b.example' as never), /Guests/);
});

test('roster: renaming keeps the groups, and adding asks to see the presence', async () => {
  const rig = await createRig();
  await rig.answer(
    'jabber:iq:roster',
    "<iq type='result'><query xmlns='jabber:iq:roster'><item jid='bob@b.example' name='Bob' subscription='none'><group>F\u202e</group></item></query></iq>",
  );
  const updating = rig.wire.xeps.roster.update('bob@b.example' as never, { name: 'Robert' });
  await settle();
  const item = childOf(childOf(last(rig), 'query'), 'item');
  assert.equal(attr(item, 'name'), 'Robert');
  assert.equal(item?.getChildText('group'), 'F\u202e');
  await rig.answer('Robert', "<iq type='result'/>");
  await updating;
  const adding = rig.wire.xeps.roster.add('new@b.example' as never, { name: 'New' });
  await settle();
  await rig.answer('new@b.example', "<iq type='result'/>");
  await adding;
  assert.equal(attr(rig.sent.at(-1), 'type'), 'subscribe');
});

test('registration: bare fields make a form and go back as bare fields', async () => {
  const rig = await createRig(false);
  const asking = rig.wire.xeps.register.form(server);
  await rig.answer(
    'jabber:iq:register',
    "<iq type='result'><query xmlns='jabber:iq:register'><instructions>Choose</instructions><username/><password/></query></iq>",
  );
  const { form: read, registered } = await asking;
  assert.equal(registered, false);
  assert.deepEqual(
    read.fields.map(field => [field.var, field.type]),
    [
      ['username', 'text-single'],
      ['password', 'text-private'],
    ],
  );
  void rig.wire.xeps.register.submit(
    server,
    read,
    new Map([
      ['username', ['u']],
      ['password', ['p']],
    ]),
  );
  await settle();
  assert.equal(childOf(last(rig), 'query')?.getChildText('username'), 'u');
});

test('D017, D018: a card is text, its picture is left out', async () => {
  const rig = await createRig(false);
  const asking = rig.wire.xeps.vcard.get('a@b.example' as never);
  await rig.answer(
    'vcard-temp',
    "<iq type='result'><vCard xmlns='vcard-temp'><FN>A</FN><PHOTO><BINVAL>AAAA</BINVAL></PHOTO><URL>javascript:x</URL><EMAIL><INTERNET/><USERID>a@b.example</USERID></EMAIL></vCard></iq>",
  );
  assert.deepEqual(await asking, [
    { label: 'Name', value: cleanLine('A') },
    { label: 'Link', value: cleanLine('javascript:x') },
    { label: 'Mail', value: cleanLine('a@b.example') },
  ]);
});

test('archives: a page asks for the newest, and an empty page is the end', async () => {
  const rig = await createRig();
  await enterRoom(rig);
  const asking = rig.wire.xeps.mam.page(room, { before: 'x9', max: 20 });
  await settle();
  const set = childOf(childOf(last(rig), 'query'), 'set');
  assert.equal(set?.getChildText('max'), '20');
  assert.equal(set?.getChildText('before'), 'x9');
  await rig.answer('queryid', `<iq type='result' from='${ROOM}'><fin xmlns='urn:xmpp:mam:2'/></iq>`);
  assert.deepEqual(await asking, { messages: [], complete: true });
});

test('XEP-0012: seconds and what was said on leaving; an answer without a number is none', async () => {
  const rig = await createRig();
  const { lastActivity } = rig.wire.xeps;
  const asking = lastActivity.of('ana@example.org' as never);
  await rig.answer(
    'jabber:iq:last',
    "<iq type='result'><query xmlns='jabber:iq:last' seconds='903'>bye\u202e</query></iq>",
  );
  assert.deepEqual(await asking, { seconds: 903, status: 'bye\ufffd' });
  const again = lastActivity.of('ana@example.org' as never);
  await rig.answer('jabber:iq:last', "<iq type='result'><query xmlns='jabber:iq:last' seconds='-1'/></iq>");
  await assert.rejects(again, /no time/);
});
