/** XEP-0045 §8–10: what moderators, administrators and owners of a room can do. https://xmpp.org/extensions/xep-0045.html */
import { type BareJid, type Jid, parseJid } from '../../lib/jid.js';
import { cleanLine, type Safe, toWireText } from '../../lib/text.js';
import type { Form, FormValues } from '../../model/form.js';
import type { Affiliation, Role } from '../../model/types.js';
import { StanzaError } from '../errors.js';
import { cancelForm, formIn, NS_DATA, submitForm } from '../forms.js';
import { defineXep, type Mutable } from '../xep.js';
import { attr, childOf, childrenOf, type Element, textOf, xml } from '../xml.js';

const NS_ADMIN = 'http://jabber.org/protocol/muc#admin';
const NS_OWNER = 'http://jabber.org/protocol/muc#owner';
const NS_REQUEST = 'http://jabber.org/protocol/muc#request';
const MAX_ITEMS = 10_000;

export interface AffiliationItem {
  readonly jid: Jid;
  readonly affiliation: Affiliation;
  readonly nick?: Safe;
  readonly reason?: Safe;
}
export interface MucAdminApi {
  /** `none` is a kick. */
  setRole(room: BareJid, nick: string, role: Role, reason?: string): Promise<void>;
  /** `outcast` is a ban. */
  setAffiliation(room: BareJid, jid: Jid, affiliation: Affiliation, reason?: string): Promise<void>;
  listAffiliation(room: BareJid, affiliation: Affiliation): Promise<readonly AffiliationItem[]>;
  configForm(room: BareJid): Promise<Form>;
  submitConfig(room: BareJid, form: Form, values: FormValues): Promise<void>;
  cancelConfig(room: BareJid): Promise<void>;
  /** Answers somebody who asked to be allowed to talk (§8.6). A room may say nothing to a no. */
  answerVoice(room: BareJid, asked: { readonly nick: string; readonly jid?: Jid }, allow: boolean): Promise<void>;
  /** Answers a request to be registered with the room by the form that came with it (§9.9). */
  answerRegistration(room: BareJid, form: Form, values: FormValues): Promise<void>;
  destroy(room: BareJid, options?: { readonly reason?: string; readonly alternate?: BareJid }): Promise<void>;
}
declare module '../../api.js' {
  interface XepApi {
    mucAdmin: MucAdminApi;
  }
}

export default defineXep({
  name: 'muc-admin',
  spec: 'XEP-0045',
  title: 'Multi-User Chat: moderation and administration',
  install(context) {
    const reasonOf = (reason: string | undefined): Element | undefined =>
      reason === undefined || reason === '' ? undefined : xml('reason', {}, toWireText(reason).text);
    const ask = (room: BareJid, type: 'get' | 'set', payload: Element): Promise<Element> =>
      context.request(xml('iq', { type, to: room }, payload));

    const mucAdmin: MucAdminApi = {
      async setRole(room, nick, role, reason) {
        await ask(room, 'set', xml('query', NS_ADMIN, xml('item', { nick, role }, reasonOf(reason))));
      },
      async setAffiliation(room, jid, affiliation, reason) {
        await ask(room, 'set', xml('query', NS_ADMIN, xml('item', { jid, affiliation }, reasonOf(reason))));
      },
      async listAffiliation(room, affiliation) {
        const reply = await ask(room, 'get', xml('query', NS_ADMIN, xml('item', { affiliation })));
        return childrenOf(childOf(reply, 'query', NS_ADMIN), 'item')
          .slice(0, MAX_ITEMS)
          .flatMap(item => {
            const jid = parseJid(attr(item, 'jid'));
            if (jid === undefined) return [];
            const made: Mutable<AffiliationItem> = { jid, affiliation };
            const nick = attr(item, 'nick');
            const reason = textOf(item, 'reason');
            if (nick !== undefined && nick !== '') made.nick = cleanLine(nick);
            if (reason !== undefined && reason !== '') made.reason = cleanLine(reason);
            return [made];
          });
      },
      async configForm(room) {
        const form = formIn(childOf(await ask(room, 'get', xml('query', NS_OWNER)), 'query', NS_OWNER), context.lang);
        if (form === undefined) throw new StanzaError('undefined-condition', { text: 'the room sent no form' });
        return form;
      },
      async submitConfig(room, form, values) {
        // The room may tell everybody before it answers us.
        context.emit({ kind: 'room-asked', room, form, values });
        try {
          await ask(room, 'set', xml('query', NS_OWNER, submitForm(form, values)));
        } catch (error) {
          context.emit({ kind: 'room-asked', room, form, values: new Map() });
          throw error;
        }
      },
      async cancelConfig(room) {
        await ask(room, 'set', xml('query', NS_OWNER, cancelForm()));
      },
      async answerVoice(room, { nick, jid }, allow) {
        const field = (name: string, value: string | undefined, type?: string): Element | undefined =>
          value === undefined ? undefined : xml('field', { var: name, type }, xml('value', {}, value));
        const form = xml(
          'x',
          { xmlns: NS_DATA, type: 'submit' },
          field('FORM_TYPE', NS_REQUEST, 'hidden'),
          field('muc#role', 'participant'),
          field('muc#jid', jid),
          field('muc#roomnick', nick),
          field('muc#request_allow', allow ? 'true' : 'false'),
        );
        await context.sendDurable(xml('message', { to: room, id: context.id() }, form));
      },
      async answerRegistration(room, form, values) {
        await context.sendDurable(xml('message', { to: room, id: context.id() }, submitForm(form, values)));
      },
      async destroy(room, options = {}) {
        const destroy = xml('destroy', { jid: options.alternate }, reasonOf(options.reason));
        await ask(room, 'set', xml('query', NS_OWNER, destroy));
      },
    };
    return { mucAdmin };
  },
});
