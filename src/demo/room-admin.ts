/** What moderators, admins and owners ask of a room: roles, affiliations, configuration, the end (XEP-0045 §8–10). */
import { type FormField, isTrue, printForm, readForm, singleValue } from './form.js';
import { type Affiliation, type DemoOccupant, type Role, type Room, STATUS, status } from './room.js';
import { type Answer, bareJid, normalJid, refuse, result } from './stanza.js';
import { childOf, childrenOf, childText, el, NS, type XmlElement } from './xml.js';

const RANK: Readonly<Record<Affiliation, number>> = { outcast: 0, none: 1, member: 2, admin: 3, owner: 4 };
const ROLES: readonly string[] = ['moderator', 'participant', 'visitor', 'none'];
const MAX_AFFILIATIONS = 500;

const FORBIDDEN = refuse('auth', 'forbidden');
const BAD_REQUEST = refuse('modify', 'bad-request');

/** `muc#admin`: lists and changes. */
export function answerAdmin(room: Room, self: DemoOccupant, type: string, query: XmlElement): Answer {
  const items = childrenOf(query, 'item');
  if (type === 'get') return listItems(room, self, items[0]);
  if (items.length === 0) return BAD_REQUEST;
  // All or nothing: first everything is checked, then everything is done.
  const changes: (() => void)[] = [];
  for (const item of items) {
    const change =
      item.attributes['role'] === undefined ? affiliationChange(room, self, item) : roleChange(room, self, item);
    if ('fault' in change) return change;
    changes.push(change.apply);
  }
  for (const apply of changes) apply();
  return result();
}

function listItems(room: Room, self: DemoOccupant, item: XmlElement | undefined): Answer {
  const role = item?.attributes['role'];
  const affiliation = item?.attributes['affiliation'];
  if (role !== undefined) {
    if (self.role !== 'moderator') return FORBIDDEN;
    const found = room.occupants().filter(occupant => occupant.role === role);
    return result(
      el(
        'query',
        { xmlns: NS.mucAdmin },
        ...found.map(one => el('item', { nick: one.nick, role, affiliation: one.affiliation, jid: one.realJid })),
      ),
    );
  }
  if (affiliation === undefined || !Object.hasOwn(RANK, affiliation)) return BAD_REQUEST;
  if (RANK[self.affiliation] < RANK.admin) return FORBIDDEN;
  const found = [...room.affiliations].filter(([, value]) => value === affiliation);
  return result(el('query', { xmlns: NS.mucAdmin }, ...found.map(([jid]) => el('item', { jid, affiliation }))));
}

type Change = { readonly apply: () => void } | { readonly fault: (typeof FORBIDDEN)['fault'] };

function roleChange(room: Room, self: DemoOccupant, item: XmlElement): Change {
  const role = item.attributes['role'] ?? '';
  const target = room.byNick(item.attributes['nick'] ?? '');
  if (!ROLES.includes(role)) return BAD_REQUEST;
  if (target === undefined) return refuse('cancel', 'item-not-found', 'Nobody here has that nick.');
  if (self.role !== 'moderator') return FORBIDDEN;
  // > A moderator MUST NOT be able to revoke voice from or kick those with a higher affiliation.  XEP-0045 §8.2
  if (RANK[target.affiliation] > RANK[self.affiliation]) return refuse('cancel', 'not-allowed');
  const isModeratorChange = role === 'moderator' || (target.role === 'moderator' && role !== 'none');
  if (isModeratorChange && RANK[self.affiliation] < RANK.admin) return FORBIDDEN;
  const reason = childText(item, 'reason');
  return {
    apply() {
      if (role === 'none')
        room.leave(target, { codes: [STATUS.kicked], actor: self.nick, ...(reason === undefined ? {} : { reason }) });
      else {
        target.role = role as Role;
        room.showPresence(target, [], reason, self.nick);
      }
    },
  };
}

function affiliationChange(room: Room, self: DemoOccupant, item: XmlElement): Change {
  const affiliation = item.attributes['affiliation'] ?? '';
  if (!Object.hasOwn(RANK, affiliation)) return BAD_REQUEST;
  const wanted = affiliation as Affiliation;
  const named = item.attributes['jid'];
  const byNick = room.byNick(item.attributes['nick'] ?? '');
  const realJid = named === undefined ? byNick?.realJid : normalJid(named);
  if (realJid === undefined || realJid === '') return refuse('cancel', 'item-not-found');
  const jid = bareJid(realJid);
  const current = room.affiliationOf(jid);
  if (RANK[self.affiliation] < RANK.admin) return FORBIDDEN;
  const isOwnersMatter = RANK[wanted] >= RANK.admin || RANK[current] >= RANK.admin;
  if (isOwnersMatter && self.affiliation !== 'owner') return refuse('cancel', 'not-allowed');
  const owners = [...room.affiliations].filter(([, value]) => value === 'owner');
  if (current === 'owner' && wanted !== 'owner' && owners.length === 1) {
    return refuse('cancel', 'conflict', 'A room needs an owner.');
  }
  if (!room.affiliations.has(jid) && room.affiliations.size >= MAX_AFFILIATIONS)
    return refuse('wait', 'resource-constraint');
  return { apply: () => setAffiliation(room, jid, wanted, childText(item, 'reason'), self.nick) };
}

export function setAffiliation(
  room: Room,
  jid: string,
  affiliation: Affiliation,
  reason?: string,
  actor?: string,
): void {
  if (affiliation === 'none') room.affiliations.delete(jid);
  else room.affiliations.set(jid, affiliation);
  const why = { ...(reason === undefined ? {} : { reason }), ...(actor === undefined ? {} : { actor }) };
  for (const occupant of [...room.occupants()].filter(one => bareJid(one.realJid) === jid)) {
    occupant.affiliation = affiliation;
    if (affiliation === 'outcast') room.leave(occupant, { codes: [STATUS.banned], ...why });
    else if (affiliation === 'none' && room.config.isMembersOnly) {
      room.leave(occupant, { codes: [STATUS.affiliationLost], ...why });
    } else {
      occupant.role = room.defaultRole(affiliation);
      room.showPresence(occupant, [], reason, actor);
    }
  }
}

/** `muc#owner`: the configuration form, and destroying the room. */
export function answerOwner(
  room: Room,
  self: DemoOccupant,
  type: string,
  query: XmlElement,
  onDestroyed: () => void,
): Answer {
  if (self.affiliation !== 'owner') return FORBIDDEN;
  if (type === 'get') {
    return result(
      el(
        'query',
        { xmlns: NS.mucOwner },
        printForm(`Configuration of ${room.jid}`, 'Change what you like and submit.', configFields(room)),
      ),
    );
  }
  const destroy = childOf(query, 'destroy');
  if (destroy !== undefined) {
    const notice = el('destroy', { jid: destroy.attributes['jid'] }, ...childrenOf(destroy, 'reason'));
    for (const occupant of [...room.occupants()]) {
      // > the room removes all, with affiliation none.  XEP-0045 §10.9
      occupant.affiliation = 'none';
      room.leave(occupant, { destroyed: notice });
    }
    onDestroyed();
    return result();
  }
  if (childOf(query, 'x', NS.data)?.attributes['type'] === 'cancel') return result();
  const filled = readForm(query);
  if (filled === undefined) return BAD_REQUEST;
  const { config } = room;
  const maximum = Number(singleValue(filled, CONFIG.maxUsers));
  if (filled.has(CONFIG.maxUsers) && !(Number.isInteger(maximum) && maximum > 0 && maximum <= 100)) {
    return refuse('modify', 'not-acceptable', 'The maximum number of occupants must be from 1 to 100.');
  }
  if (filled.has(CONFIG.maxUsers)) config.maxOccupants = maximum;
  if (filled.has(CONFIG.name)) config.name = singleValue(filled, CONFIG.name).slice(0, 200);
  if (filled.has(CONFIG.description)) config.description = singleValue(filled, CONFIG.description).slice(0, 1000);
  if (filled.has(CONFIG.isPublic)) config.isPublic = isTrue(filled, CONFIG.isPublic);
  if (filled.has(CONFIG.persistent)) config.isPersistent = isTrue(filled, CONFIG.persistent);
  if (filled.has(CONFIG.membersOnly)) config.isMembersOnly = isTrue(filled, CONFIG.membersOnly);
  if (filled.has(CONFIG.moderated)) config.isModerated = isTrue(filled, CONFIG.moderated);
  if (filled.has(CONFIG.changeSubject)) config.canAnyoneChangeSubject = isTrue(filled, CONFIG.changeSubject);
  if (filled.has(CONFIG.whois)) config.whois = singleValue(filled, CONFIG.whois) === 'anyone' ? 'anyone' : 'moderators';
  if (filled.has(CONFIG.isProtected) || filled.has(CONFIG.secret)) {
    const isOn = filled.has(CONFIG.isProtected) ? isTrue(filled, CONFIG.isProtected) : true;
    config.password = isOn ? (filled.get(CONFIG.secret)?.[0] ?? config.password).slice(0, 200) : '';
  }
  if (config.isMembersOnly) {
    for (const occupant of [...room.occupants()].filter(one => one.affiliation === 'none')) {
      room.leave(occupant, { codes: [STATUS.membersOnly] });
    }
  }
  room.announce(el('x', { xmlns: NS.mucUser }, status(STATUS.configChanged)));
  return result();
}

const CONFIG = {
  name: 'muc#roomconfig_roomname',
  description: 'muc#roomconfig_roomdesc',
  isPublic: 'muc#roomconfig_publicroom',
  persistent: 'muc#roomconfig_persistentroom',
  membersOnly: 'muc#roomconfig_membersonly',
  moderated: 'muc#roomconfig_moderatedroom',
  isProtected: 'muc#roomconfig_passwordprotectedroom',
  secret: 'muc#roomconfig_roomsecret',
  changeSubject: 'muc#roomconfig_changesubject',
  whois: 'muc#roomconfig_whois',
  maxUsers: 'muc#roomconfig_maxusers',
} as const;

function configFields({ config }: Room): readonly FormField[] {
  const yesNo = (name: string, label: string, value: boolean): FormField => ({
    type: 'boolean',
    name,
    label,
    values: [value ? '1' : '0'],
  });
  return [
    { type: 'hidden', name: 'FORM_TYPE', values: [NS.mucRoomConfig] },
    { type: 'text-single', name: CONFIG.name, label: 'Name', values: [config.name] },
    { type: 'text-single', name: CONFIG.description, label: 'Description', values: [config.description] },
    yesNo(CONFIG.isPublic, 'Listed publicly', config.isPublic),
    yesNo(CONFIG.persistent, 'Stays when everybody has left', config.isPersistent),
    yesNo(CONFIG.membersOnly, 'Only members may enter', config.isMembersOnly),
    yesNo(CONFIG.moderated, 'Newcomers need voice to speak', config.isModerated),
    yesNo(CONFIG.isProtected, 'A password is needed', config.password !== ''),
    { type: 'text-private', name: CONFIG.secret, label: 'Password', values: [config.password] },
    yesNo(CONFIG.changeSubject, 'Occupants may change the subject', config.canAnyoneChangeSubject),
    {
      type: 'list-single',
      name: CONFIG.whois,
      label: 'Who sees real addresses',
      values: [config.whois],
      options: { moderators: 'Moderators only', anyone: 'Anyone' },
    },
    {
      type: 'list-single',
      name: CONFIG.maxUsers,
      label: 'Maximum number of occupants',
      values: [String(config.maxOccupants)],
      options: { '10': '10', '30': '30', '50': '50', '100': '100' },
    },
  ];
}
