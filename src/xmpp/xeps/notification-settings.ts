/** XEP-0492 Chat notification settings: how much of a room is news, kept beside its bookmark. https://xmpp.org/extensions/xep-0492.html */
import type { NotifyLevel } from '../../model/types.js';
import { defineXep } from '../xep.js';
import { attr, cloneOf, type Element, elementsOf, nsOf, xml } from '../xml.js';

const NS = 'urn:xmpp:notification-settings:1';
/** Before 2025. */
const NS_0 = 'urn:xmpp:notification-settings:0';
const LEVELS: Readonly<Record<string, NotifyLevel>> = { always: 'all', 'on-mention': 'mention', never: 'none' };
const NAMES: Readonly<Record<NotifyLevel, string>> = { all: 'always', mention: 'on-mention', none: 'never' };

const isNotify = (el: Element): boolean => el.getName() === 'notify' && (nsOf(el) === NS || nsOf(el) === NS_0);

/** How well a setting is meant for us; > the element most specific to their own application identity  §3 */
function fit(setting: Element): number {
  const category = attr(setting, 'identity-category');
  const type = attr(setting, 'identity-type');
  if (category === undefined) return type === undefined ? 1 : 0;
  if (category !== 'client') return 0;
  return type === undefined ? 2 : type === 'console' ? 3 : 0;
}

/** The level for this client among the extensions of a bookmark. */
export function levelIn(extensions: readonly Element[]): NotifyLevel | undefined {
  const settings = extensions
    .filter(isNotify)
    .sort((a, b) => (nsOf(a) === NS ? 0 : 1) - (nsOf(b) === NS ? 0 : 1))
    .flatMap(elementsOf)
    .filter(one => Object.hasOwn(LEVELS, one.getName()) && fit(one) > 0)
    .sort((a, b) => fit(b) - fit(a));
  const name = settings[0]?.getName();
  return name === undefined ? undefined : LEVELS[name];
}

/** The extensions with this level for all clients (undefined: with none); what is meant for others, and what they added, stays. */
export function withLevel(extensions: readonly Element[], level: NotifyLevel | undefined): readonly Element[] {
  const others = extensions.filter(one => !(one.getName() === 'notify' && nsOf(one) === NS_0)).map(cloneOf);
  const notify = others.find(isNotify);
  const kept = notify === undefined ? [] : elementsOf(notify);
  const foreign = kept.filter(one => !Object.hasOwn(LEVELS, one.getName()) || fit(one) === 0);
  // > MUST NOT delete or alter the <advanced/> settings they do not support  §3
  const advanced = kept.find(one => fit(one) === 1);
  const ours = level === undefined ? [] : [xml(NAMES[level], {}, elementsOf(advanced).map(cloneOf))];
  const settings = [...foreign.map(cloneOf), ...ours];
  const rest = others.filter(one => one !== notify);
  return settings.length === 0 ? rest : [...rest, xml('notify', NS, settings)];
}

export default defineXep({ name: 'notification-settings', spec: 'XEP-0492', title: 'Chat notification settings' });
