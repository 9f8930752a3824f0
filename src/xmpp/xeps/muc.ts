/** XEP-0045 Multi-User Chat: entering, being in and leaving rooms. https://xmpp.org/extensions/xep-0045.html */
import { errorText, UserError } from '../../lib/errors.js';
import { type BareJid, bareOf, type FullJid, parseJid } from '../../lib/jid.js';
import { cleanIdentifier } from '../../lib/text.js';
import { submitForm } from '../forms.js';
import type { MucApi } from '../muc/calls.js';
import { decodeMessage } from '../muc/decode-message.js';
import { createEntering, JOIN_MS } from '../muc/entering.js';
import { fetchFacts, previewOf } from '../muc/facts.js';
import { createNicks } from '../muc/nicks.js';
import { NS_CAPTCHA, NS_MUC, NS_USER } from '../muc/ns.js';
import { addressOf, addressWith, neededPlace, newPlace, placesIn } from '../muc/place.js';
import { mucFactOf } from '../muc/presence-facts.js';
import { watchPlaces } from '../muc/seen.js';
import { declined, directInvite, mediatedInvite, voiceRequest } from '../muc/stanzas.js';
import { createSubjects } from '../muc/subject.js';
import { waiting } from '../muc/waiting.js';
import { defineXep } from '../xep.js';
import { attr, childOf, xml } from '../xml.js';

const LEAVE_MS = 5_000;

export type { Joined, JoinOptions, MucApi, RoomPreview } from '../muc/calls.js';

declare module '../../api.js' {
  interface XepApi {
    muc: MucApi;
  }
}

export default defineXep({
  name: 'muc',
  spec: 'XEP-0045',
  title: 'Multi-User Chat',
  features: [NS_MUC],
  decode: {
    message: decodeMessage,
    presence(el, draft, context) {
      if (!context.isRoom(bareOf(draft.from)) || draft.type === 'error') return;
      const x = childOf(el, 'x', NS_USER);
      if (x !== undefined) draft.muc = mucFactOf(x);
    },
  },
  encode: {
    message(message, context) {
      if (message.private !== true || !context.isRoom(bareOf(message.to))) return undefined;
      return xml('x', NS_USER);
    },
  },
  install(context) {
    const places = placesIn(context);
    const entering = createEntering(context, places);
    const nicks = createNicks(context, places);
    watchPlaces(context, places, entering, nicks);

    context.intercept('presence', el => {
      if (childOf(el, 'x', NS_USER) === undefined || attr(el, 'type') === 'error') return false;
      const from = parseJid(attr(el, 'from'));
      if (from !== undefined && context.isRoom(bareOf(from))) return false;
      context.debug('presence of a room we did not ask to enter: dropped');
      return true;
    });
    context.intercept('message', el => {
      if (attr(el, 'type') !== 'groupchat') return false;
      const from = parseJid(attr(el, 'from'));
      if (from !== undefined && context.isRoom(bareOf(from))) return false;
      context.debug('message of a room we are not in: dropped');
      return true;
    });
    context.holdBack(to => {
      const place = places.get(bareOf(to));
      if (place === undefined || place.state === 'leaving') return undefined;
      // Without a link nobody knows whether the session, and our place in the room with it, comes back: if it does
      // not, what is said must wait until the room has been entered again.
      if (place.state === 'joined' && context.online) return undefined;
      const waiter = waiting<void>(context, undefined, () => undefined);
      place.entered.push(waiter);
      return waiter.promise;
    });
    context.on('ended', () => {
      for (const place of places.values()) {
        place.cancelRetry?.();
        place.renaming?.reject(new UserError('The connection was lost.'));
        place.renaming = undefined;
        place.leaving?.resolve();
        place.join?.reject(
          new UserError(
            'The connection was lost while entering the room.',
            'It is entered by itself when the connection is back.',
          ),
        );
        place.join = undefined;
        if (place.state === 'leaving') entering.forget(place);
        else place.state = 'lost';
      }
    });
    context.on('resumed', () => {
      for (const place of places.values()) {
        if (place.state === 'joined') for (const waiter of place.entered.splice(0)) waiter.resolve();
        else entering.resumed(place);
      }
    });
    context.on('online', () => {
      queueMicrotask(() => {
        for (const place of places.values()) {
          place.conflicts = 0;
          if (place.state === 'lost') entering.again(place);
        }
      });
    });

    const muc: MucApi = {
      get joined() {
        const list = new Map<BareJid, FullJid>();
        for (const place of places.values()) if (place.state === 'joined') list.set(place.room, addressOf(place));
        return list;
      },
      heardAt: room => places.get(room)?.heardAt,
      wanted: room => places.get(room)?.wanted,
      async join(room, options) {
        if (!context.online) throw new UserError('This needs a connection, and there is none.', '/connect makes one.');
        addressWith(room, options.nick);
        const known = places.get(room);
        if (known?.state === 'joined') {
          const nick = known.nick === options.nick ? known.nick : await nicks.set(room, options.nick);
          return { room, nick, created: false };
        }
        if (known?.join !== undefined && known.wanted === options.nick) return known.join.promise;
        if (known !== undefined) {
          known.join?.reject(new UserError('Another nick was asked for meanwhile.'));
          entering.forget(known);
        }
        const place = newPlace(room, options, known, context.clock.now());
        places.set(room, place);
        return entering.start(place);
      },
      async rejoin(room) {
        const place = places.get(room);
        if (place === undefined) throw new UserError(`You are not in ${cleanIdentifier(room)}.`, `/join ${room}`);
        place.conflicts = 0;
        if (place.join !== undefined) return place.join.promise;
        return entering.start(place);
      },
      async leave(room, reason) {
        const place = places.get(room);
        if (place === undefined) return;
        if (!context.online || place.state === 'lost') {
          entering.forget(place);
          context.emit({ kind: 'room-left', room });
          return;
        }
        place.state = 'leaving';
        place.join?.reject(new UserError(`You left ${cleanIdentifier(room)}.`));
        place.join = undefined;
        place.leaving = waiting<void>(context, LEAVE_MS, () => {
          entering.forget(place);
          context.emit({ kind: 'room-left', room });
        });
        const { promise } = place.leaving;
        const status = reason === undefined ? {} : { status: reason };
        context.send(context.presenceOf({ to: addressOf(place), type: 'unavailable', ...status }));
        await promise;
      },
      farewell(reason) {
        const status = reason === undefined ? {} : { status: reason };
        for (const place of places.values()) {
          if (place.state !== 'joined') continue;
          // Lost, not left: what the room answers is for nobody.
          place.state = 'lost';
          context.setRoom(place.room, false);
          context.send(context.presenceOf({ to: addressOf(place), type: 'unavailable', ...status }));
        }
      },
      setNick: nicks.set,
      setSubject: createSubjects(context, places, room => muc.joined.get(room)),
      invite(room, jid, { reason, direct = false, password = places.get(room)?.password } = {}) {
        const id = context.id();
        const el = direct ? directInvite(id, room, jid, reason, password) : mediatedInvite(id, room, jid, reason);
        context.sendDurable(el).catch((error: unknown) => context.debug(`no invitation: ${errorText(error)}`));
      },
      decline(room, to, reason) {
        context.emit({ kind: 'invite-refused', room });
        if (to !== undefined) context.send(declined(context.id(), room, to, reason));
      },
      async answerCaptcha(room, form, values) {
        places.get(room)?.join?.extend(JOIN_MS);
        await context.request(
          xml('iq', { type: 'set', to: room }, xml('captcha', NS_CAPTCHA, submitForm(form, values))),
        );
      },
      requestVoice(room) {
        neededPlace(places, room);
        context.send(voiceRequest(context.id(), room));
      },
      facts: room => fetchFacts(context, room),
      preview: room => previewOf(context, room),
      async reservedNick(room) {
        const { identities } = await context.use('disco').info(room, 'x-roomuser-item', { fresh: true });
        const name = identities[0]?.name;
        return name === undefined || name === '' ? undefined : name;
      },
    };
    return { muc };
  },
});
