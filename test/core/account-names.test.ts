/** Names and marks that tell accounts apart. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markAccounts, type Named, nameAccounts } from '../../src/core/account-names.js';
import { bare } from '../helpers/fake-wire.js';

const jid = (text: string): Named => ({ jid: bare(text) });
const guest: Named = {};

const CASES: readonly (readonly [why: string, accounts: readonly Named[], names: string, marks: string])[] = [
  ['two accounts', [jid('romeo@a.test'), jid('juliet@a.test')], 'romeo juliet', 'r j'],
  ['an account and a guest', [jid('romeo@a.test'), guest], 'romeo guest', 'r g'],
  ['two guests', [guest, guest], 'guest guest2', 'g1 g2'],
  ['the same name at two servers', [jid('me@a.test'), jid('me@b.test')], 'me@a.test me@b.test', 'm1 m2'],
  ['names that begin alike', [jid('romeo@a.test'), jid('rosaline@a.test')], 'romeo rosaline', 'rom ros'],
  ['a name that begins another', [jid('ro@a.test'), jid('romeo@a.test')], 'ro romeo', 'r1 rom'],
  ['a name of the settings goes first', [{ ...jid('romeo@a.test'), saved: 'work' }, guest], 'work guest', 'w g'],
  [
    'a name of the settings that a guest has',
    [guest, { ...jid('romeo@a.test'), saved: 'guest' }],
    'guest guest2',
    'g1 g2',
  ],
  ['letters of any script', [jid('ärger@a.test'), jid('οδός@a.test')], 'ärger οδός', 'ä ο'],
];

for (const [why, accounts, names, marks] of CASES) {
  test(why, () => {
    const named = nameAccounts(accounts);
    assert.equal(named.join(' '), names);
    assert.equal(markAccounts(named).join(' '), marks);
  });
}
