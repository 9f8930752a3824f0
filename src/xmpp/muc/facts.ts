/** What a room says about itself: who sees addresses, whether it is moderated, for members only, who is there and so on. */
import type { BareJid } from '../../lib/jid.js';
import { cleanLine } from '../../lib/text.js';
import type { Form } from '../../model/form.js';
import type { RoomFacts } from '../../model/types.js';
import type { Mutable, XepContext } from '../xep.js';
import type { DiscoInfo } from '../xeps/disco.js';
import type { RoomPreview } from './calls.js';

const ROOM_INFO = 'http://jabber.org/protocol/muc#roominfo';

function wordsOf(form: Form | undefined, name: string): string | undefined {
  const words = form?.fields.find(field => field.var === `muc#roominfo_${name}`)?.values.join(' ');
  return words === undefined || words.trim() === '' ? undefined : words;
}

function factsOf(info: DiscoInfo, form: Form | undefined): RoomFacts {
  const has = (feature: string): boolean => info.features.includes(feature);
  const identity = info.identities.find(({ category }) => category === 'conference') ?? info.identities[0];
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
  const described = wordsOf(form, 'description');
  if (described !== undefined) facts.description = cleanLine(described);
  return facts;
}

const formIn = (info: DiscoInfo): Form | undefined => info.forms.find(({ formType }) => formType === ROOM_INFO);

/** Asks the room about itself (disco#info, XEP-0045 §6.4) and tells the store. */
export async function fetchFacts(context: XepContext, room: BareJid): Promise<RoomFacts> {
  const info = await context.use('disco').info(room, undefined, { fresh: true });
  const facts = factsOf(info, formIn(info));
  context.emit({ kind: 'room-facts', room, facts });
  return facts;
}

/** The same before entering, with what else the room tells to those outside. */
export async function previewOf(context: XepContext, room: BareJid): Promise<RoomPreview> {
  const info = await context.use('disco').info(room, undefined, { fresh: true });
  const form = formIn(info);
  const preview: Mutable<RoomPreview> = { facts: factsOf(info, form) };
  const subject = wordsOf(form, 'subject');
  const language = wordsOf(form, 'lang');
  const occupants = wordsOf(form, 'occupants');
  if (subject !== undefined) preview.subject = cleanLine(subject);
  if (language !== undefined) preview.language = cleanLine(language);
  if (occupants !== undefined && /^\d{1,7}$/.test(occupants)) preview.occupants = Number(occupants);
  return preview;
}
