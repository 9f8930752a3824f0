/** Closing a room under attack and opening it again: which settings of its form that takes, and what they were before. */
import { type Form, type FormField, type FormValues, fieldNamed, initialValues, setValue, shortName } from './form.js';

/** What was changed, with what it takes to change it back; kept on disk. */
export interface Lockdown {
  readonly at: number;
  readonly changed: readonly {
    readonly name: string;
    readonly from: readonly string[];
    readonly to: readonly string[];
  }[];
}

/** Settings by the names that services give them, and their values in a closed room. */
const NEWCOMERS_READ: readonly (readonly [name: string, ...values: readonly string[]])[] = [
  ['moderatedroom', '1'],
  // Who may only read may not bother people in private either: first the choice of XEP-0045, then what ejabberd has.
  ['allowpm', 'participants', 'moderators'],
  ['allow_private_messages_from_visitors', 'nobody', 'moderators'],
  ['allow_visitor_status', '0'],
  ['allow_visitor_nickchange', '0'],
  ['allow_voice_requests', '1'],
  ['changesubject', '0'],
  ['allow_subject_change', '0'],
];
const MEMBERS_ONLY: typeof NEWCOMERS_READ = [['membersonly', '1']];

const same = (a: readonly string[], b: readonly string[]): boolean => a.join('\n') === b.join('\n');

/** Booleans are written in two ways, and a no may be left out; anything else stays as it is. */
function normal(field: FormField, values: readonly string[]): readonly string[] {
  if (field.type !== 'boolean') return values;
  return [values[0] === '1' || values[0] === 'true' ? '1' : '0'];
}

/** The answers that close a room; `members`: nobody but members may be in it. Nothing changed: it is closed already. */
export function closing(
  form: Form,
  level: 'newcomers' | 'members',
): { readonly values: FormValues; readonly changed: Lockdown['changed'] } {
  let values = initialValues(form);
  const changed: Lockdown['changed'][number][] = [];
  for (const [name, ...wanted] of level === 'members' ? [...NEWCOMERS_READ, ...MEMBERS_ONLY] : NEWCOMERS_READ) {
    const field = fieldNamed(form, name);
    // A beginning of a name may be another setting.
    if (field === undefined || shortName(field) !== name) continue;
    const value =
      field.type === 'list-single' ? wanted.find(one => field.options.some(({ value: v }) => v === one)) : wanted[0];
    if (value === undefined || same(normal(field, field.values), [value])) continue;
    values = setValue(form, values, field.var, [value]);
    changed.push({ name: field.var, from: normal(field, field.values), to: [value] });
  }
  return { values, changed };
}

/** The answers that open it again. What somebody has changed meanwhile is left as it is and named in `kept`. */
export function opening(
  form: Form,
  lockdown: Lockdown,
): { readonly values: FormValues; readonly restored: readonly string[]; readonly kept: readonly string[] } {
  let values = initialValues(form);
  const restored: string[] = [];
  const kept: string[] = [];
  for (const { name, from, to } of lockdown.changed) {
    const field = form.fields.find(one => one.var === name);
    if (field === undefined) continue;
    if (!same(normal(field, field.values), normal(field, to))) {
      if (!same(normal(field, field.values), normal(field, from))) kept.push(shortName(field));
      continue;
    }
    values = setValue(form, values, name, from);
    restored.push(shortName(field));
  }
  return { values, restored, kept };
}

/** A record as the file has it; `undefined`: it is none. */
export function readLockdown(value: unknown): Lockdown | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { at, changed } = value as { readonly at?: unknown; readonly changed?: unknown };
  if (typeof at !== 'number' || !Array.isArray(changed)) return undefined;
  const words = (list: unknown): list is string[] => Array.isArray(list) && list.every(one => typeof one === 'string');
  const read = changed.flatMap((one: unknown) => {
    if (typeof one !== 'object' || one === null) return [];
    const { name, from, to } = one as { readonly name?: unknown; readonly from?: unknown; readonly to?: unknown };
    return typeof name === 'string' && words(from) && words(to) ? [{ name, from, to }] : [];
  });
  return { at, changed: read };
}
