/** What moderators ask of servers and rooms: reports, contact addresses, answers to voice requests, removals. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { attr, childOf, childrenOf, type Element } from '../../src/xmpp/xml.js';
import { createRig, enterRoom, FEATURES, type Rig, ROOM, settle } from './fake-session.js';

const room = ROOM as never;
/** The open request with these words. */
function asked(rig: Rig, words: string): Element {
  const question = rig.questions.find(one => one.element.toString().includes(words));
  assert.ok(question, rig.questions.map(one => one.element.toString()).join('\n'));
  return question.element;
}
const DISCO = 'http://jabber.org/protocol/disco#info';
const info = (inner: string): string => `<iq type='result'><query xmlns='${DISCO}'>${inner}</query></iq>`;
const features = (...names: readonly string[]): string =>
  info(`<identity category='server' type='im'/>${names.map(name => `<feature var='${name}'/>`).join('')}`);

test('XEP-0377: a report is part of a block, with its reason, the messages and our words', async () => {
  const rig = await createRig();
  const reporting = rig.wire.xeps.reporting.report('spam@evil.example' as never, {
    reason: 'spam',
    text: 'buys watches',
    messages: [{ by: room, id: 's1' }],
  });
  await settle();
  await rig.answer('to="example.org"', features('urn:xmpp:reporting:1', 'urn:xmpp:blocking'));
  await settle();
  const item = childOf(childOf(asked(rig, 'spam@evil'), 'block', 'urn:xmpp:blocking'), 'item');
  assert.equal(attr(item, 'jid'), 'spam@evil.example');
  const report = childOf(item, 'report', 'urn:xmpp:reporting:1');
  assert.equal(attr(report, 'reason'), 'urn:xmpp:reporting:spam');
  const proof = childOf(report, 'stanza-id', 'urn:xmpp:sid:0');
  assert.deepEqual([attr(proof, 'by'), attr(proof, 'id')], [ROOM, 's1']);
  assert.equal(report?.getChildText('text'), 'buys watches');
  assert.deepEqual(childrenOf(report, 'third-party'), [], 'nobody agreed to that');
  await rig.answer('spam@evil', "<iq type='result'/>");
  await reporting;
});

test('XEP-0377: a server that takes no reports is not asked to block, and guests have none to ask', async () => {
  const rig = await createRig();
  const reporting = rig.wire.xeps.reporting.report('spam@evil.example' as never, { reason: 'abuse' });
  const refused = assert.rejects(reporting, /takes no reports/);
  await settle();
  await rig.answer('to="example.org"', features('urn:xmpp:blocking'));
  await refused;
  assert.equal(
    rig.questions.some(one => one.element.toString().includes('spam@evil')),
    false,
  );
  const guest = await createRig(false);
  assert.equal(await guest.wire.xeps.reporting.offered(), false);
});

test('XEP-0157: addresses of a server, abuse first, cleaned', async () => {
  const rig = await createRig();
  const asking = rig.wire.xeps.contacts.of('evil.example' as never);
  await settle();
  const field = (name: string, ...values: readonly string[]): string =>
    `<field var='${name}'>${values.map(value => `<value>${value}</value>`).join('')}</field>`;
  await rig.answer(
    'to="evil.example"',
    info(
      `<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'><value>http://jabber.org/network/serverinfo</value></field>${field('support-addresses', 'https://help.example', '')}${field('abuse-addresses', 'mailto:abuse\u202e@evil.example', ' xmpp:abuse@evil.example ')}</x><x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'><value>other</value></field>${field('abuse-addresses', 'mailto:no')}</x>`,
    ),
  );
  assert.deepEqual(await asking, [
    { kind: 'abuse', address: 'mailto:abuse\ufffd@evil.example' },
    { kind: 'abuse', address: 'xmpp:abuse@evil.example' },
    { kind: 'support', address: 'https://help.example' },
  ]);
});

test('XEP-0045 §8.6: a voice request is answered with the form that the room understands', async () => {
  for (const allow of [true, false]) {
    const rig = await createRig();
    await enterRoom(rig);
    void rig.wire.xeps.mucAdmin.answerVoice(
      room,
      { nick: 'captain nemo', jid: 'nemo@sea.example/boat' as never },
      allow,
    );
    await settle();
    const message = rig.sent.at(-1);
    assert.equal(attr(message, 'to'), ROOM);
    const values = childrenOf(childOf(message, 'x', 'jabber:x:data'), 'field').map(one => [
      attr(one, 'var'),
      one.getChildText('value'),
    ]);
    assert.deepEqual(values, [
      ['FORM_TYPE', 'http://jabber.org/protocol/muc#request'],
      ['muc#role', 'participant'],
      ['muc#jid', 'nemo@sea.example/boat'],
      ['muc#roomnick', 'captain nemo'],
      ['muc#request_allow', allow ? 'true' : 'false'],
    ]);
  }
});

for (const [ns, child] of [
  ['urn:xmpp:message-moderate:1', 'moderate'],
  ['urn:xmpp:message-moderate:0', 'apply-to'],
] as const) {
  test(`XEP-0425: a removal is asked for in the form that the room knows (${ns})`, async () => {
    const rig = await createRig();
    await enterRoom(rig, `${FEATURES}<feature var='${ns}'/>`);
    const removing = rig.wire.xeps.moderation.retract(room, 's1', 'spam');
    await settle();
    // After the entry the room is asked once more what it is.
    while (rig.questions.some(one => one.element.toString().includes(DISCO))) {
      await rig.answer(DISCO, features(ns));
    }
    const payload = childOf(asked(rig, 'spam'), child);
    assert.equal(attr(payload, 'id'), 's1');
    assert.match(String(payload), /<reason[^>]*>spam<\/reason>/);
    await rig.answer('spam', `<iq type='result' from='${ROOM}'/>`);
    await removing;
  });
}
