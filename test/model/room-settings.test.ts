/** What is read out of the settings that we send a room. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { safe } from '../../src/lib/text.js';
import type { Form, FormField } from '../../src/model/form.js';
import { factsAsked } from '../../src/model/room-settings.js';

const field = (name: string, value: string): FormField => ({
  var: `muc#roomconfig_${name}`,
  type: 'text-single',
  label: safe`x`,
  required: false,
  values: [value],
  options: [],
});
const FORM: Form = {
  type: 'form',
  instructions: [],
  fields: [field('membersonly', '0'), field('publicroom', '1'), field('whois', 'moderators'), field('roomsecret', '')],
};
const TABLE: readonly (readonly [what: string, name: string, value: string, facts: object])[] = [
  ['a switch', 'membersonly', '1', { membersOnly: true }],
  ['a switch that stays', 'membersonly', 'false', {}],
  ['public is the opposite of hidden', 'publicroom', '0', { hidden: true }],
  ['who sees addresses', 'whois', 'anyone', { nonAnonymous: true }],
  ['a password that was none', 'roomsecret', 'sesame', { password: true }],
  ['what is no fact of a room', 'roomname', 'Tea', {}],
];
for (const [what, name, value, facts] of TABLE) {
  test(`settings of a room: ${what}`, () =>
    assert.deepEqual(factsAsked(FORM, new Map([[`muc#roomconfig_${name}`, [value]]])), facts));
}
