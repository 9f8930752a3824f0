import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanLine } from '../../src/lib/text.js';
import { type Form, type FormField, isOn } from '../../src/model/form.js';
import { closing, type Lockdown, opening, readLockdown } from '../../src/model/lockdown.js';

type Given = readonly [name: string, value: string | undefined, type?: FormField['type'], options?: readonly string[]];
const form = (...given: readonly Given[]): Form => ({
  type: 'form',
  instructions: [],
  fields: given.map(([name, value, type = 'boolean', options = []]) => ({
    var: `muc#roomconfig_${name}`,
    type,
    label: cleanLine(name),
    required: false,
    values: value === undefined ? [] : [value],
    options: options.map(one => ({ label: cleanLine(one), value: one })),
  })),
});
const after = (before: Form, values: ReadonlyMap<string, readonly string[]>): Form => ({
  ...before,
  fields: before.fields.map(field => ({ ...field, values: values.get(field.var) ?? field.values })),
});

/** A no that was left out may come back as a written one. */
const booleans = (one: Form): readonly unknown[] =>
  one.fields.map(field => (field.type === 'boolean' ? isOn(field.values) : field.values));

/** Rooms as servers make them: the settings, and what must change for newcomers and for members. */
const ROOMS: readonly (readonly [name: string, form: Form, newcomers: number, members: number])[] = [
  ['Prosody', form(['moderatedroom', undefined], ['membersonly', 'false'], ['changesubject', 'true']), 2, 3],
  [
    'ejabberd',
    form(
      ['moderatedroom', '0'],
      ['membersonly', '0'],
      ['allow_private_messages_from_visitors', 'anyone', 'list-single', ['nobody', 'moderators', 'anyone']],
      ['allow_visitor_status', '1'],
    ),
    3,
    4,
  ],
  [
    'a room with choices of its own',
    form(['allowpm', 'anyone', 'list-single', ['anyone', 'none']], ['moderatedroom', '0']),
    1,
    1,
  ],
  ['a room that is closed', form(['moderatedroom', 'true'], ['membersonly', '1']), 0, 0],
  ['a room with a setting of a similar name', form(['moderatedroomsomehow', '0']), 0, 0],
];

for (const [name, before, newcomers, members] of ROOMS) {
  test(`closing and opening leaves everything as it was: ${name}`, () => {
    for (const [level, many] of [
      ['newcomers', newcomers],
      ['members', members],
    ] as const) {
      const { values, changed } = closing(before, level);
      assert.equal(changed.length, many, level);
      const closed = after(before, values);
      assert.equal(closing(closed, level).changed.length, 0, 'closed is closed');
      assert.ok(
        changed.every(one => one.from.length > 0),
        'an empty answer would be left out of the form',
      );
      const { values: open, restored, kept } = opening(closed, { at: 0, changed });
      assert.deepEqual(booleans(after(closed, open)), booleans(before));
      assert.equal(restored.length, many);
      assert.deepEqual(kept, []);
    }
  });
}

test('what somebody else changed meanwhile stays', () => {
  const before = form(['allowpm', 'anyone', 'list-single', ['anyone', 'participants', 'none']], ['moderatedroom', '0']);
  const { values, changed } = closing(before, 'newcomers');
  const closed = after(before, new Map(values).set('muc#roomconfig_allowpm', ['none']));
  const { values: open, kept, restored } = opening(closed, { at: 0, changed });
  assert.deepEqual(kept, ['allowpm']);
  assert.deepEqual(restored, ['moderatedroom']);
  assert.deepEqual(open.get('muc#roomconfig_allowpm'), ['none']);
});

test('a damaged record is none', () => {
  const good: Lockdown = { at: 1, changed: [{ name: 'a', from: ['0'], to: ['1'] }] };
  assert.deepEqual(readLockdown(JSON.parse(JSON.stringify(good))), good);
  for (const bad of [undefined, null, 1, 'x', [], {}, { at: 'x', changed: [] }, { at: 1 }]) {
    assert.equal(readLockdown(bad), undefined, JSON.stringify(bad));
  }
  assert.deepEqual(
    readLockdown({ at: 1, changed: [null, { name: 1 }, { name: 'a', from: [1], to: [] }] })?.changed,
    [],
  );
});
