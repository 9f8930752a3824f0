/** What a room will be when its form of settings (XEP-0045 §10.2) is accepted: the facts that we ask for ourselves. */
import { type Form, type FormValues, initialValues, isOn } from './form.js';
import type { RoomFacts } from './types.js';

type Switch = Exclude<keyof RoomFacts, 'name' | 'description' | 'features' | 'irc'>;
type Reading = (values: readonly string[]) => boolean;

const FIELDS: Readonly<Record<string, readonly [Switch, Reading]>> = {
  'muc#roomconfig_membersonly': ['membersOnly', isOn],
  'muc#roomconfig_moderatedroom': ['moderated', isOn],
  'muc#roomconfig_persistentroom': ['persistent', isOn],
  'muc#roomconfig_publicroom': ['hidden', values => !isOn(values)],
  'muc#roomconfig_enablelogging': ['logged', isOn],
  'muc#roomconfig_whois': ['nonAnonymous', values => values[0] === 'anyone'],
  'muc#roomconfig_passwordprotectedroom': ['password', isOn],
  'muc#roomconfig_roomsecret': ['password', values => (values[0] ?? '') !== ''],
};

/** Only what the values change in the form. */
export function factsAsked(form: Form, values: FormValues): RoomFacts {
  const before = initialValues(form);
  const out: Partial<Record<Switch, boolean>> = {};
  for (const [name, [fact, read]] of Object.entries(FIELDS)) {
    const now = values.get(name);
    if (now !== undefined && read(now) !== read(before.get(name) ?? [])) out[fact] = read(now);
  }
  return out;
}
