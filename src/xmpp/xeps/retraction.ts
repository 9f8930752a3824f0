/** XEP-0424 Message Retraction and XEP-0425 Moderated Message Retraction, in their old and new forms. https://xmpp.org/extensions/xep-0424.html */
import { UserError } from '../../lib/errors.js';
import { type BareJid, bareOf, isFull, parseJid, resourceOf } from '../../lib/jid.js';
import { cleanIdentifier, cleanLine, toWireText } from '../../lib/text.js';
import type { IncomingMessage } from '../../model/incoming.js';
import { idOf } from '../decode.js';
import { defineXep, type Mutable } from '../xep.js';
import { attr, childOf, type Element, textOf, xml } from '../xml.js';

const NS = 'urn:xmpp:message-retract:1';
const NS_OLD = 'urn:xmpp:message-retract:0';
const NS_MODERATE = 'urn:xmpp:message-moderate:1';
const NS_MODERATE_OLD = 'urn:xmpp:message-moderate:0';
const NS_FASTEN = 'urn:xmpp:fasten:0';
const NS_FALLBACK = 'urn:xmpp:fallback:0';
const NS_HINTS = 'urn:xmpp:hints';
/** For clients which do not know retractions; ours is shown by their users. */
const FALLBACK = 'This person attempted to retract a previous message, but it is unsupported by your client.';

export interface ModerationApi {
  /** Removes a message of somebody else for everybody; for moderators. */
  retract(room: BareJid, stanzaId: string, reason?: string): Promise<void>;
}
declare module '../../api.js' {
  interface XepApi {
    moderation: ModerationApi;
  }
}

interface Found {
  readonly id: string;
  readonly moderated: Element | undefined;
  readonly reason: string | undefined;
}

function retractionIn(el: Element): Found | undefined {
  const retract = childOf(el, 'retract', NS);
  const id = idOf(attr(retract, 'id'));
  if (id !== undefined) {
    const moderated = childOf(retract, 'moderated', NS_MODERATE);
    return { id, moderated, reason: textOf(retract, 'reason', NS) };
  }
  const fastened = childOf(el, 'apply-to', NS_FASTEN);
  const oldId = idOf(attr(fastened, 'id'));
  if (oldId === undefined) return undefined;
  const moderated = childOf(fastened, 'moderated', NS_MODERATE_OLD);
  if (childOf(moderated ?? fastened, 'retract', NS_OLD) === undefined) return undefined;
  return { id: oldId, moderated, reason: textOf(moderated, 'reason', NS_MODERATE_OLD) };
}

export default defineXep({
  name: 'retraction',
  spec: 'XEP-0424',
  title: 'Message Retraction',
  features: [NS],
  decode: {
    message(el, draft, context) {
      const found = retractionIn(el);
      if (found === undefined) return;
      const retracts: Mutable<NonNullable<IncomingMessage['retracts']>> = { id: found.id };
      if (found.moderated !== undefined) {
        // > only the room itself may say that a moderator removed something  XEP-0425 §4
        if (draft.type !== 'groupchat' || isFull(draft.from)) return;
        retracts.moderator = true;
        const by = parseJid(attr(found.moderated, 'by'));
        if (by !== undefined && bareOf(by) === draft.from) retracts.by = cleanIdentifier(resourceOf(by) ?? by);
        if (found.reason !== undefined && found.reason !== '') retracts.reason = cleanLine(found.reason);
      } else if (draft.type === 'groupchat' && !isFull(draft.from)) {
        context.debug('retraction by the room without a moderator: ignored');
        return;
      }
      draft.retracts = retracts;
      // The body beside it is a notice for clients that do not know what this is.
      delete draft.body;
      delete draft.raw;
    },
  },
  encode: {
    message(message) {
      if (message.retracts === undefined) return undefined;
      return [
        xml('retract', { xmlns: NS, id: message.retracts.id }),
        xml('fallback', { xmlns: NS_FALLBACK, for: NS }),
        ...(message.body === undefined ? [xml('body', {}, FALLBACK)] : []),
        xml('store', NS_HINTS),
      ];
    },
  },
  install(context) {
    const moderation: ModerationApi = {
      async retract(room, stanzaId, reason) {
        const { features } = await context.use('disco').info(room);
        const why = reason === undefined || reason === '' ? undefined : xml('reason', {}, toWireText(reason).text);
        const payload = features.includes(NS_MODERATE)
          ? xml('moderate', { xmlns: NS_MODERATE, id: stanzaId }, xml('retract', NS), why)
          : xml(
              'apply-to',
              { xmlns: NS_FASTEN, id: stanzaId },
              xml('moderate', NS_MODERATE_OLD, xml('retract', NS_OLD), why),
            );
        if (!features.includes(NS_MODERATE) && !features.includes(NS_MODERATE_OLD)) {
          throw new UserError('This room cannot remove messages of others.', '/kick and /ban work everywhere.');
        }
        await context.request(xml('iq', { type: 'set', to: room }, payload));
      },
    };
    return { moderation };
  },
});
