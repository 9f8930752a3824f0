/** What a room says about itself: who sees addresses, whether it is moderated, for members only and so on. */
import type { BareJid } from '../../lib/jid.js';
import { cleanLine } from '../../lib/text.js';
import type { RoomFacts } from '../../model/types.js';
import type { Mutable, XepContext } from '../xep.js';

/** Asks the room about itself (disco#info, XEP-0045 §6.4) and tells the store. */
export async function fetchFacts(context: XepContext, room: BareJid): Promise<RoomFacts> {
  const info = await context.use('disco').info(room, undefined, { fresh: true });
  const has = (feature: string): boolean => info.features.includes(feature);
  const identity = info.identities.find(({ category }) => category === 'conference') ?? info.identities[0];
  const form = info.forms.find(({ formType }) => formType === 'http://jabber.org/protocol/muc#roominfo');
  const described = form?.fields.find(field => field.var === 'muc#roominfo_description')?.values.join(' ');
  const facts: Mutable<RoomFacts> = {
    features: new Set(info.features),
    nonAnonymous: has('muc_nonanonymous'),
    membersOnly: has('muc_membersonly'),
    moderated: has('muc_moderated'),
    password: has('muc_passwordprotected'),
    persistent: has('muc_persistent'),
    hidden: has('muc_hidden'),
    irc: info.identities.some(({ category, type }) => category === 'conference' && type === 'irc'),
  };
  if (identity?.name !== undefined && identity.name !== '') facts.name = identity.name;
  if (described !== undefined && described.trim() !== '') facts.description = cleanLine(described);
  context.emit({ kind: 'room-facts', room, facts });
  return facts;
}
