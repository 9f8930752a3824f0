/** Pages of archives that do not keep to the rules (XEP-0313, XEP-0059): what is taken, where the next one begins, and when it is all. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { attr, childOf } from '../../src/xmpp/xml.js';
import { createRig, ME } from './fake-session.js';

const ACCOUNT = 'me@example.org';
const result = (queryId: string, id: string, body = id): string =>
  `<message from='${ACCOUNT}' to='${ME}'><result xmlns='urn:xmpp:mam:2' queryid='${queryId}' id='${id}'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='bob@b.example/x' to='${ME}' type='chat' id='m-${id}'><body>${body}</body></message></forwarded></result></message>`;
const ids = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, i) => `r${from + i}`);

/** Asks for a page of five behind a place; the archive answers with these results and this end. */
async function ask(results: readonly string[], fin: string, max = 5) {
  const rig = await createRig();
  const asking = rig.wire.xeps.mam.page(ACCOUNT as never, { after: 'place', max });
  const question = rig.questions.find(one => one.element.toString().includes('queryid'));
  const queryId = attr(childOf(question?.element, 'query'), 'queryid') ?? '';
  for (const one of results) rig.receive(result(queryId, one));
  await rig.answer('queryid', `<iq type='result'>${fin}</iq>`);
  const { messages, complete, last } = await asking;
  return { taken: messages.map(message => message.stanzaId), complete, last };
}
const fin = (set: string, more = ''): string =>
  `<fin xmlns='urn:xmpp:mam:2' ${more}><set xmlns='http://jabber.org/protocol/rsm'>${set}</set></fin>`;
const ALL = "complete='true'";

const cases: readonly (readonly [
  name: string,
  results: readonly string[],
  fin: string,
  wanted: { readonly taken: number; readonly complete: boolean; readonly last: string | undefined },
])[] = [
  ['an end that is one', ids(1, 3), fin('<last>r3</last>', ALL), { taken: 3, complete: true, last: 'r3' }],
  [
    'a full page that claims to be the end',
    ids(1, 5),
    fin('<last>r5</last>', ALL),
    { taken: 5, complete: false, last: 'r5' },
  ],
  [
    'an end before what it counts itself',
    ids(1, 3),
    fin("<first index='0'>r1</first><last>r3</last><count>9</count>", ALL),
    { taken: 3, complete: false, last: 'r3' },
  ],
  [
    'an end at what it counts itself',
    ids(7, 9),
    fin("<first index='6'>r7</first><last>r9</last><count>9</count>", ALL),
    { taken: 3, complete: true, last: 'r9' },
  ],
  [
    'the same result several times',
    ['r1', 'r2', 'r1', 'r2'],
    fin('<last>r2</last>'),
    { taken: 2, complete: false, last: 'r2' },
  ],
  ['no place to go on from', ids(1, 4), "<fin xmlns='urn:xmpp:mam:2'/>", { taken: 4, complete: false, last: 'r4' }],
  ['no <fin> at all', ids(1, 4), '', { taken: 4, complete: false, last: 'r4' }],
  ['nothing, and yet more', [], fin('<last>r9</last>'), { taken: 0, complete: true, last: 'r9' }],
  [
    'more than anybody asked for: what is not taken is behind the place',
    ids(1, 600),
    fin('<last>r600</last>', ALL),
    { taken: 500, complete: false, last: 'r500' },
  ],
];
for (const [name, results, end, wanted] of cases) {
  test(`a page with ${name}`, async () => {
    const { taken, ...rest } = await ask(results, end);
    assert.deepEqual({ taken: taken.length, ...rest }, wanted);
    assert.deepEqual(taken, [...new Set(results)].slice(0, wanted.taken), 'in the order of the archive, each once');
  });
}

describe('what an archive that turns in a circle lacks', () => {
  for (const [name, lasts] of [
    ['at the same place', ['p1', 'p1']],
    ['through two places', ['p1', 'p2', 'p1']],
    ['back to where it began', ['place']],
  ] as const) {
    test(`is not known to lack it, ${name}`, async () => {
      const rig = await createRig();
      const asking = rig.wire.xeps.mam.arrived(ACCOUNT as never, ['u1'], { after: 'place', start: 0 });
      for (const last of lasts) {
        const question = rig.questions.find(one => one.element.toString().includes('queryid'));
        rig.receive(result(attr(childOf(question?.element, 'query'), 'queryid') ?? '', `x-${last}`));
        await rig.answer('queryid', `<iq type='result'>${fin(`<last>${last}</last>`)}</iq>`);
      }
      const { found, sure } = await asking;
      assert.deepEqual([[...found], sure], [[], false]);
    });
  }
});

test('archive ids of the own server count in a new session before it has been asked again what it is', async () => {
  const rig = await createRig();
  const said = (id: string): string =>
    `<message from='bob@b.example/x' to='${ME}' type='chat' id='m-${id}'><body>x</body><stanza-id xmlns='urn:xmpp:sid:0' by='${ACCOUNT}' id='${id}'/></message>`;
  const ids = (): (string | undefined)[] =>
    rig.messages().map(message => (message.kind === 'message' ? message.stanzaId : undefined));
  rig.receive(said('s1'));
  await rig.answer(
    'disco#info',
    `<iq type='result' from='${ACCOUNT}'><query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:sid:0'/></query></iq>`,
  );
  rig.receive(said('s2'));
  rig.down();
  rig.online(false);
  rig.receive(said('s3'));
  assert.deepEqual(ids(), [undefined, 's2', 's3']);
});
