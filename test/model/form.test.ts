import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkForm, type Form, type FormField, initialValues, setValue, valuesToSubmit } from '../../src/model/form.js';
import { s } from './world.js';

const field = (name: string, type: FormField['type'], parts: Partial<FormField> = {}): FormField => ({
  var: name,
  type,
  label: s(name),
  required: false,
  values: [],
  options: [],
  ...parts,
});
const formOf = (...fields: FormField[]): Form => ({ type: 'form', instructions: [], fields });
const options = ['a', 'b'].map(value => ({ label: s(value), value }));

test('a form begins with the values it came with, without the fields that only say something', () => {
  const form = formOf(
    field('t', 'text-single', { values: ['x'] }),
    field('', 'fixed', { values: ['Hello'] }),
    field('h', 'hidden', { values: ['1'] }),
  );
  assert.deepEqual(
    [...initialValues(form)],
    [
      ['t', ['x']],
      ['h', ['1']],
    ],
  );
});

test('an answer is put in a copy; hidden and unknown fields cannot be answered', () => {
  const form = formOf(field('t', 'text-single'), field('h', 'hidden', { values: ['1'] }));
  const before = initialValues(form);
  assert.deepEqual(setValue(form, before, 't', ['x']).get('t'), ['x']);
  assert.deepEqual(before.get('t'), []);
  assert.equal(setValue(form, before, 'h', ['2']), before);
  assert.equal(setValue(form, before, '__proto__', ['2']), before);
});

const checks: readonly [sentence: string, field: FormField, answer: string[], wrong: boolean][] = [
  ['a required text that is empty', field('f', 'text-single', { required: true }), [''], true],
  ['a required text that is there', field('f', 'text-single', { required: true }), ['x'], false],
  ['an empty text nobody needs', field('f', 'text-single'), [], false],
  ['a choice of the list', field('f', 'list-single', { options }), ['a'], false],
  ['a choice outside the list', field('f', 'list-single', { options }), ['c'], true],
  ['the choice the form came with', field('f', 'list-single', { options, values: ['c'] }), ['c'], false],
  ['several choices, one wrong', field('f', 'list-multi', { options }), ['a', 'c'], true],
  ['two values where one is possible', field('f', 'list-single', { options }), ['a', 'b'], true],
  ['an address', field('f', 'jid-single'), ['a@b.example'], false],
  ['no address', field('f', 'jid-single'), ['a@@b'], true],
  ['addresses, one wrong', field('f', 'jid-multi'), ['a@b.example', '@'], true],
  ['a boolean', field('f', 'boolean'), ['true'], false],
  ['no boolean', field('f', 'boolean'), ['maybe'], true],
  ['a whole number', field('f', 'text-single', { datatype: 'xs:integer' }), ['-12'], false],
  ['no whole number', field('f', 'text-single', { datatype: 'xs:integer' }), ['1.5'], true],
  ['a number too large for its type', field('f', 'text-single', { datatype: 'xs:byte' }), ['128'], true],
  ['a decimal number', field('f', 'text-single', { datatype: 'xs:decimal' }), ['1.5'], false],
  ['an unknown datatype', field('f', 'text-single', { datatype: 'x:color' }), ['red'], false],
];
for (const [sentence, one, answer, wrong] of checks) {
  test(`${sentence} is ${wrong ? 'refused' : 'accepted'}`, () => {
    assert.equal(checkForm(formOf(one), new Map([['f', answer]])).has('f'), wrong);
  });
}

test('what goes back keeps hidden fields, splits lines and leaves out empty choices', () => {
  const form = formOf(
    field('FORM_TYPE', 'hidden', { values: ['urn:x'] }),
    field('on', 'boolean', { values: ['true'] }),
    field('lines', 'text-multi'),
    field('text', 'text-single', { values: ['old'] }),
    field('who', 'jid-single'),
    field('many', 'list-multi', { options }),
    field('', 'fixed'),
  );
  const values = new Map([
    ['FORM_TYPE', ['evil']],
    ['lines', ['a\nb']],
    ['text', ['']],
    ['who', ['']],
  ]);
  assert.deepEqual(
    [...valuesToSubmit(form, values)],
    [
      ['FORM_TYPE', ['urn:x']],
      ['on', ['1']],
      ['lines', ['a', 'b']],
      ['text', ['']],
      ['many', []],
    ],
  );
});
