/** Archives that find words (XEP-0313 §4.1.5, XEP-0431): the field is taken from their own form. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { childOf, childrenOf } from '../../src/xmpp/xml.js';
import { createRig, enterRoom, FEATURES, ROOM, settle } from './fake-session.js';

const room = ROOM as never;

const FIELDS: readonly (readonly [field: string, offers: boolean])[] = [
  ['{urn:xmpp:fulltext:0}fulltext', true],
  ['withtext', true],
  ['{https://erlang-solutions.com/}full-text-search', true],
  ['with', false],
];
for (const [field, offers] of FIELDS) {
  test(`an archive whose form has ${field} ${offers ? 'is' : 'is not'} asked for words`, async () => {
    const rig = await createRig();
    await enterRoom(rig);
    const asking = rig.wire.xeps.mam.searches(room);
    await settle();
    const info = `<query xmlns='http://jabber.org/protocol/disco#info'><identity category='conference' type='text'/>${FEATURES}</query>`;
    for (const question of rig.questions.filter(one => one.element.attrs['to'] === ROOM)) {
      await rig.answer(String(question.element.attrs['id']), `<iq type='result' from='${ROOM}'>${info}</iq>`);
    }
    await rig.answer(
      'urn:xmpp:mam:2',
      `<iq type='result' from='${ROOM}'><query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data' type='form'><field var='${field}' type='text-single'/></x></query></iq>`,
    );
    assert.equal(await asking, offers);
    if (!offers) return;
    const page = rig.wire.xeps.mam.page(room, { text: 'soft & light', before: '', max: 20 });
    await settle();
    const form = childOf(childOf(rig.questions.at(-1)!.element, 'query'), 'x');
    assert.deepEqual(
      childrenOf(form, 'field').map(one => [one.attrs['var'], one.getChildText('value')]),
      [
        ['FORM_TYPE', 'urn:xmpp:mam:2'],
        [field, 'soft & light'],
      ],
    );
    await rig.answer('queryid', `<iq type='result' from='${ROOM}'><fin xmlns='urn:xmpp:mam:2' complete='true'/></iq>`);
    assert.deepEqual(await page, { messages: [], complete: true });
    // It is asked for its form once in a session.
    const before = rig.questions.length;
    assert.equal(await rig.wire.xeps.mam.searches(room), true);
    assert.equal(rig.questions.length, before);
  });
}
