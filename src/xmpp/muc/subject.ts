/** The subject of a room: set, and known to be set when the room says so or refuses. */
import { errorText, UserError } from '../../lib/errors.js';
import { type BareJid, bareOf, type FullJid } from '../../lib/jid.js';
import { toWireText } from '../../lib/text.js';
import type { XepContext } from '../xep.js';
import { xml } from '../xml.js';
import { neededPlace, type Places } from './place.js';
import { type Waiting, waiting } from './waiting.js';

const ANSWER_MS = 15_000;

/** Settles when the room shows the new subject; rejects with its refusal. */
export function createSubjects(
  context: XepContext,
  places: Places,
  ownAddress: (room: BareJid) => FullJid | undefined,
): (room: BareJid, subject: string) => Promise<void> {
  const subjects = new Map<string, { readonly room: BareJid; readonly answer: Waiting<void> }>();
  context.observe(incoming => {
    if (incoming.kind !== 'message' || subjects.size === 0) return;
    const asked = incoming.id === undefined ? undefined : subjects.get(incoming.id);
    if (asked !== undefined && incoming.error !== undefined && bareOf(incoming.from) === asked.room) {
      asked.answer.reject(new UserError(`${incoming.error.sentence}.`));
      return;
    }
    if (incoming.type !== 'groupchat' || incoming.subject === undefined) return;
    const mine = ownAddress(bareOf(incoming.from));
    for (const { room, answer } of subjects.values()) {
      if (room === bareOf(incoming.from) && (incoming.from === mine || incoming.from === room)) answer.resolve();
    }
  });

  return async (room, subject) => {
    neededPlace(places, room);
    const id = context.id();
    const answer = waiting<void>(context, ANSWER_MS, () => undefined);
    subjects.set(id, { room, answer });
    try {
      context
        .sendDurable(xml('message', { to: room, type: 'groupchat', id }, xml('subject', {}, toWireText(subject).text)))
        .catch((error: unknown) => answer.reject(error instanceof Error ? error : new Error(errorText(error))));
      await answer.promise;
    } finally {
      answer.resolve();
      subjects.delete(id);
    }
  };
}
