/** Our nick in a room: asked for, refused, taken back when it is free. */
import { UserError } from '../../lib/errors.js';
import type { BareJid } from '../../lib/jid.js';
import type { XepContext } from '../xep.js';
import { addressWith, neededPlace, type Places } from './place.js';
import { waiting } from './waiting.js';

const ANSWER_MS = 15_000;

export interface Nicks {
  /** Settles with the nick as the room gave it. */
  set(room: BareJid, nick: string): Promise<string>;
}

export function createNicks(context: XepContext, places: Places): Nicks {
  async function set(room: BareJid, nick: string): Promise<string> {
    const place = neededPlace(places, room);
    place.wanted = nick;
    if (nick === place.nick) return nick;
    const address = addressWith(room, nick);
    place.renaming?.reject(new UserError('Another nick was asked for meanwhile.'));
    const renaming = waiting<string>(context, ANSWER_MS, () => new UserError('The room did not answer in time.'));
    place.renaming = renaming;
    place.presenceId = context.id();
    const presence = context.presenceOf({ ...context.use('presence').current, to: address });
    presence.attrs['id'] = place.presenceId;
    context.send(presence);
    try {
      return await renaming.promise;
    } catch (error) {
      // A refused nick is not to be taken later by itself.
      if (place.wanted === nick) place.wanted = place.nick;
      throw error;
    }
  }

  return { set };
}
