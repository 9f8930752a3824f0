/** What `<x xmlns='http://jabber.org/protocol/muc#user'/>` says, as facts of the model. */
import { parseBareJid, parseJid } from '../../lib/jid.js';
import { cleanIdentifier, cleanLine } from '../../lib/text.js';
import type { IncomingPresence } from '../../model/incoming.js';
import type { Affiliation, Role, StatusName } from '../../model/types.js';
import type { Mutable } from '../xep.js';
import { attr, childOf, childrenOf, type Element, textOf } from '../xml.js';
import { NS_USER } from './ns.js';

/** https://xmpp.org/extensions/xep-0045.html#registrar-statuscodes */
const STATUS: Readonly<Record<string, StatusName>> = {
  '100': 'nonAnonymous',
  '104': 'configChanged',
  '110': 'self',
  '170': 'logged',
  '171': 'loggingOff',
  '172': 'nonAnonymousNow',
  '173': 'semiAnonymousNow',
  '201': 'created',
  '210': 'nickAssigned',
  '301': 'banned',
  '303': 'renamed',
  '307': 'kicked',
  '321': 'affiliationLost',
  '322': 'membersOnlyNow',
  '332': 'shutdown',
  '333': 'technicalProblem',
};
const AFFILIATIONS: ReadonlySet<string> = new Set(['owner', 'admin', 'member', 'none', 'outcast']);
const ROLES: ReadonlySet<string> = new Set(['moderator', 'participant', 'visitor', 'none']);

/** Known status codes by name. */
export function codesOf(x: Element | undefined): Set<StatusName> {
  const codes = new Set<StatusName>();
  for (const status of childrenOf(x, 'status', NS_USER).slice(0, 32)) {
    const code = attr(status, 'code') ?? '';
    const name = Object.hasOwn(STATUS, code) ? STATUS[code] : undefined;
    if (name !== undefined) codes.add(name);
  }
  return codes;
}

export type MucFact = NonNullable<IncomingPresence['muc']>;

/** Unknown words become `none`; texts are cleaned. */
export function mucFactOf(x: Element): MucFact {
  const item = childOf(x, 'item', NS_USER);
  const affiliation = attr(item, 'affiliation') ?? 'none';
  const role = attr(item, 'role') ?? 'none';
  const fact: Mutable<MucFact> = {
    affiliation: AFFILIATIONS.has(affiliation) ? (affiliation as Affiliation) : 'none',
    role: ROLES.has(role) ? (role as Role) : 'none',
    codes: codesOf(x),
  };
  const realJid = parseJid(attr(item, 'jid'));
  if (realJid !== undefined) fact.realJid = realJid;
  const newNick = attr(item, 'nick');
  if (newNick !== undefined && newNick !== '') fact.newNick = newNick;
  const actor = childOf(item, 'actor', NS_USER);
  const actorName = attr(actor, 'nick') ?? attr(actor, 'jid');
  if (actorName !== undefined) fact.actor = cleanIdentifier(actorName);
  const reason = textOf(item, 'reason', NS_USER);
  if (reason !== undefined && reason !== '') fact.reason = cleanLine(reason);
  const destroy = childOf(x, 'destroy', NS_USER);
  if (destroy !== undefined) {
    const alternate = parseBareJid(attr(destroy, 'jid'));
    const why = textOf(destroy, 'reason', NS_USER);
    fact.destroyed = {
      ...(alternate === undefined ? {} : { alternate }),
      ...(why === undefined || why === '' ? {} : { reason: cleanLine(why) }),
    };
  }
  return fact;
}
