/** Whether the nick of a message can be taken for somebody else's: what the room knows about its occupants. */
import { resourceOf } from '../../lib/jid.js';
import type { Chat, MessageEntry, Occupant } from '../../model/types.js';

/** True if the one who says this there now looks like another occupant, a contact or us. */
export function isDoubtful(chat: Chat | undefined, entry: MessageEntry): boolean {
  const { jid, serial } = entry.sender;
  const nick = jid === undefined || chat?.kind !== 'room' ? undefined : resourceOf(jid);
  if (nick === undefined || chat?.kind !== 'room') return false;
  // Who has left stays doubtful: what was said is still read.
  return misleads(chat.occupants.get(nick), serial) || misleads(chat.departed?.get(nick)?.occupant, serial);
}

const misleads = (occupant: Occupant | undefined, serial: number | undefined): boolean =>
  occupant?.looksLike !== undefined && (serial === undefined || serial === occupant.serial);
