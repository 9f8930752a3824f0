/** What happens to us in rooms, in words and with what to do next: on entering and leaving, invitations, questions at the door. */
import type { Api } from '../api.js';
import type { Emitter } from '../lib/emitter.js';
import { errorText, UserError } from '../lib/errors.js';
import { type BareJid, bareOf, resourceOf } from '../lib/jid.js';
import { span } from '../lib/span.js';
import { cleanIdentifier, cleanLine, joinSafe, type Safe, safe } from '../lib/text.js';
import type { Events } from '../model/events.js';
import type { Form } from '../model/form.js';
import { isIrcChannel } from '../model/irc.js';
import { factsAsked } from '../model/room-settings.js';
import type { Room, RoomFacts } from '../model/types.js';
import type { Row } from '../model/view.js';
import { count, plain } from '../model/wording.js';
import type { Wire } from './ports.js';
import { quoteWord } from './words.js';

/** For so long what we asked a room to become is no news when it is that. */
const ASKED_MS = 30_000;
/** Whoever has just made a room is about to say what it is. */
const CREATED_MS = 5000;
/** What the store says about a connection that ended; the connection speaks for itself. */
const DISCONNECTED = 'disconnected';

/** What a room is, in sentences: who sees your address, whether it is kept, whether you may talk. */
export function roomFacts(room: Room): readonly Safe[] {
  const { facts, self } = room;
  const sentences: Safe[] = [];
  if (isIrcChannel(room)) {
    sentences.push(safe`This is a channel of an IRC network: everybody there sees your nick and the gateway's host.`);
  } else if (facts.nonAnonymous === true) sentences.push(safe`Everybody here sees your address.`);
  else if (facts.nonAnonymous === false) sentences.push(safe`Only moderators see your address.`);
  if (facts.logged === true) sentences.push(safe`What is said is logged, perhaps in public.`);
  else if (facts.features?.has('urn:xmpp:mam:2') === true) sentences.push(safe`The room keeps what is said.`);
  if (facts.membersOnly === true) sentences.push(safe`Members only.`);
  if (facts.moderated === true) {
    // Whether newcomers may talk is a setting of its own in some rooms, and only owners see it.
    sentences.push(
      self?.role === 'visitor'
        ? safe`Moderated: you may read, and /voice asks to talk.`
        : safe`Moderated: moderators decide who may talk.`,
    );
  }
  return sentences;
}

/** What is different now; what was not known before is no news. */
function changedFacts(before: RoomFacts, now: RoomFacts): readonly Safe[] {
  const words: readonly (readonly [keyof RoomFacts, Safe, Safe])[] = [
    [
      'nonAnonymous',
      safe`From now on everybody here sees your address.`,
      safe`From now on only moderators see addresses.`,
    ],
    [
      'logged',
      safe`From now on what is said is logged, perhaps in public.`,
      safe`What is said is not logged any more.`,
    ],
    ['membersOnly', safe`The room is for members only now.`, safe`The room is open to everybody now.`],
    [
      'moderated',
      safe`The room is moderated now: moderators decide who may talk.`,
      safe`The room is not moderated any more.`,
    ],
    ['persistent', safe`The room stays when everybody has left.`, safe`The room will be gone when everybody has left.`],
    ['hidden', safe`The room is hidden from the list of rooms now.`, safe`The room is in the list of rooms now.`],
    ['password', safe`The room is entered with a password now.`, safe`The room is entered without a password now.`],
  ];
  return words.flatMap(([key, on, off]) =>
    before[key] === undefined || now[key] === undefined || before[key] === now[key]
      ? []
      : [now[key] === true ? on : off],
  );
}

function arrival(room: Room, created: boolean, wanted: string | undefined): readonly Row[] {
  const name = room.self?.name ?? cleanIdentifier(room.nick);
  const moderators = [...room.occupants.values()].filter(one => one.role === 'moderator').length;
  const people = safe`${count(room.occupants.size, 'person', 'people')}, ${count(moderators, 'moderator')}`;
  const rows: Row[] = [];
  if (created) {
    rows.push(
      plain(
        safe`You are ${name} in ${room.title}. The room is new and yours: /configure changes what it is, /invite brings people.`,
      ),
    );
  } else rows.push(plain(safe`You are ${name} in ${room.title}: ${people}.`));
  const facts = roomFacts(room);
  if (facts.length > 0) rows.push(plain(joinSafe(facts, safe` `), 'text.dim'));
  if (wanted !== undefined && wanted !== room.nick) {
    const asked = cleanIdentifier(wanted);
    rows.push(
      plain(
        // A taken nick is asked for once more with a line below it; whatever else we are called the room has chosen.
        /^_+$/.test(room.nick.slice(wanted.length)) && room.nick.startsWith(wanted)
          ? safe`${asked} is taken here, so you are ${name}; you get the nick when it is free, or choose another: /nick.`
          : safe`You asked for ${asked}; the room calls you ${name}, perhaps because you registered that nick: /register shows it.`,
        'notice.warning',
      ),
    );
  }
  return rows;
}

/** Why we are out, and the way back. */
function departure(room: Room, reason: Safe): readonly Row[] {
  const row = (next: Safe): readonly Row[] => [
    [
      span('notice.error', cleanLine(`${reason.slice(0, 1).toUpperCase()}${reason.slice(1)}.`)),
      span('text.dim', safe` ${next}`),
    ],
  ];
  if (room.alternate !== undefined)
    return row(safe`/join goes to ${cleanIdentifier(room.alternate)}, which was named in its place.`);
  if (reason.startsWith('the room was destroyed')) return row(safe`/close takes the tab away.`);
  if (reason.startsWith('you were banned')) return row(safe`/contact shows whom to ask.`);
  if (/^the room is for members|^you are no longer/.test(reason)) return row(safe`Ask a member for an invitation.`);
  if (/^the service|technical problem/.test(reason)) return row(safe`It is entered again by itself.`);
  return row(safe`/join enters again.`);
}

export function connectRoomNews(options: {
  readonly emitter: Emitter<Events>;
  readonly wire: Wire;
  readonly api: () => Api;
  readonly now: () => number;
}): () => void {
  const { emitter, wire, api, now } = options;
  /** Rooms whose facts were told: coming back is one short line. */
  const told = new Map<BareJid, { readonly facts: RoomFacts; readonly words: string }>();

  const failed = (error: unknown, room: BareJid): void => {
    const shown = error instanceof UserError ? error : new UserError(errorText(error));
    api().ui.error(shown, { chat: room });
  };

  const answerQuestion = async (room: BareJid, form: Form): Promise<void> => {
    const name = cleanIdentifier(room);
    api().ui.notice(safe`${name} asks a question before it lets you in; the form is in a tab of its own.`, {
      chat: room,
      level: 'warning',
    });
    const answer = await api().ui.form({ form, from: room, title: safe`question of ${name}`, actions: ['answer'] });
    if (answer.action !== 'cancel') await api().muc.answerCaptcha(room, form, answer.values);
    api().tabs.openChat(room);
  };

  const createdAt = new Map<BareJid, number>();
  const asked = new Map<BareJid, { readonly facts: RoomFacts; readonly at: number }>();
  /** What is new without what we asked for, which the command has told. */
  const unasked = (room: Room): RoomFacts => {
    const own = asked.get(room.id);
    if (own === undefined || now() - own.at > ASKED_MS) return room.facts;
    const { facts } = room;
    const met = Object.entries(own.facts).filter(([key, value]) => facts[key as keyof RoomFacts] === value);
    if (met.length === 0) return facts;
    const open = Object.entries(own.facts).filter(([key]) => !met.some(([one]) => one === key));
    asked.set(room.id, { facts: Object.fromEntries(open), at: own.at });
    return { ...facts, ...Object.fromEntries(met.map(([key]) => [key, undefined])) };
  };
  const undos = [
    emitter.on('room:joined', ({ room, created }) => {
      const words = roomFacts(room).join(' ');
      const again = told.get(room.id)?.words === words && !created;
      told.set(room.id, { facts: room.facts, words });
      if (created) createdAt.set(room.id, now());
      const rows = arrival(room, created, api().muc.wanted(room.id));
      api().ui.notice(again ? rows.filter((_, i) => i !== 1 || words === '') : rows, { chat: room.id });
    }),
    emitter.on('room:left', ({ room, reason }) => {
      if (reason === undefined || reason === DISCONNECTED) return;
      api().ui.notice(departure(room, reason), { chat: room.id, level: 'error' });
    }),
    emitter.on('room:failed', ({ room, reason, unasked }) => {
      if (unasked === true) api().ui.error(new UserError(reason, '/join tries again.'), { chat: room.id });
    }),
    emitter.on('room:changed', ({ room }) => {
      const before = told.get(room.id);
      if (room.state !== 'joined' || before === undefined) return;
      told.set(room.id, { facts: room.facts, words: roomFacts(room).join(' ') });
      const facts = unasked(room);
      if (now() - (createdAt.get(room.id) ?? -CREATED_MS) < CREATED_MS) return;
      const news = changedFacts(before.facts, facts);
      if (news.length === 0) return;
      api().ui.notice([plain(joinSafe(news, safe` `), 'notice.warning')], { chat: room.id });
    }),
    emitter.on('invite:received', ({ invite }) => {
      const who = invite.mediated ? invite.claimedBy : invite.by;
      // Who sits in the room already is named by the nick there.
      const nick = who !== undefined && bareOf(who) === invite.room ? resourceOf(who) : undefined;
      const by = who === undefined ? safe`Somebody` : cleanIdentifier(nick ?? bareOf(who));
      const address = cleanIdentifier(quoteWord(invite.room));
      const why = invite.reason === undefined ? safe`` : safe` (${invite.reason})`;
      api().ui.notice(
        [
          [span('notice.info', safe`${by} invites you to ${cleanIdentifier(invite.room)}${why}.`)],
          [span('text.dim', safe`/accept ${address} enters, /deny ${address} refuses, /invites shows all.`)],
        ],
        { level: 'warning' },
      );
      api().ui.bell();
    }),
    emitter.on('invite:declined', ({ room, by, reason }) => {
      const why = reason === undefined ? safe`` : safe` (${reason})`;
      api().ui.notice(safe`${cleanIdentifier(bareOf(by))} does not want to come in${why}.`, { chat: room });
    }),
    wire.onIncoming(incoming => {
      if (incoming.kind === 'room-asked') {
        asked.set(incoming.room, { facts: factsAsked(incoming.form, incoming.values), at: now() });
      }
      if (incoming.kind !== 'message' || incoming.extra === undefined) return;
      const room = bareOf(incoming.from);
      if (api().store.room(room) === undefined) return;
      const { captcha } = incoming.extra as { readonly captcha?: Form };
      if (captcha !== undefined) answerQuestion(room, captcha).catch((error: unknown) => failed(error, room));
    }),
  ];
  return () => {
    for (const undo of undos.splice(0)) undo();
  };
}
