/** Keeps the desk of every room, tells moderators what is worth a look, and explains ranks once to whoever uses them. */
import type { Emitter } from '../lib/emitter.js';
import { type BareJid, bareOf, parseJid } from '../lib/jid.js';
import { span } from '../lib/span.js';
import { cleanIdentifier, clip, type Safe, safe } from '../lib/text.js';
import { createDesk, type Desk, type DeskReader, type DeskRequest, type Flag, type Visitor } from '../model/desk.js';
import { createWatch, isWatched, type Watch } from '../model/desk-rules.js';
import type { Events } from '../model/events.js';
import { type Form, initialValues, setValue } from '../model/form.js';
import type { ChatId, Room } from '../model/types.js';
import type { Row } from '../model/view.js';
import { count, dateTime, formRows, plain } from '../model/wording.js';
import type { Moderator } from './moderator.js';
import type { Settings, StateFile, Wire } from './ports.js';
import { quoteWord } from './words.js';

/** So many remarks about a room within the time, then one that there are more. */
const MAX_ALERTS = 5;
const ALERT_MS = 60_000;
const QUOTED = 60;
/** More than any burst begins with. */
const MAX_LATELY = 1000;
/** What somebody who wants to be registered wrote, at most. */
const MAX_FORM_ROWS = 8;
const NAMELESS = '?';
const EXPLAINED_KEY = 'ranks explained';
/** Whoever uses one of these meets both kinds of rank. */
const OF_RANKS: ReadonlySet<string> = new Set(['op', 'deop', 'voice', 'devoice', 'role', 'affiliation']);

export interface Desks {
  of(room: BareJid): DeskReader;
  dismiss(room: BareJid, id?: string): void;
  answer(room: BareJid, request: DeskRequest, allow: boolean): Promise<void>;
  stop(): void;
}

interface Kept {
  readonly desk: Desk;
  readonly watch: Watch;
  readonly alerts: number[];
  /** Those who came lately and are not flagged as part of a burst, oldest first: thousands may come in a second. */
  readonly lately: { readonly id: string; readonly at: number }[];
  /** When a burst of joins was last told. */
  burstAt?: number;
}

export function connectDesks(options: {
  readonly emitter: Emitter<Events>;
  readonly wire: Wire;
  readonly settings: Settings;
  readonly state: StateFile;
  readonly now: () => number;
  readonly room: (jid: BareJid) => Room | undefined;
  readonly moderator: Pick<Moderator, 'remember' | 'lockdown'>;
  readonly notice: (rows: readonly Row[], chat: ChatId | undefined, level: 'warning' | 'help') => void;
  /** The chat that is looked at. */
  readonly current: () => ChatId | undefined;
  readonly bell: () => void;
  /** A desk is not what it was. */
  readonly touch: () => void;
}): Desks {
  const { emitter, wire, settings, state, now, notice, touch } = options;
  const desks = new Map<BareJid, Kept>();

  const number = (name: string, room: BareJid): number => Number(settings.get(name, room));
  const kept = (room: BareJid): Kept => {
    let known = desks.get(room);
    if (known === undefined) {
      known = {
        desk: createDesk({ limit: () => number('mod.visitors', room) }),
        watch: createWatch(() => ({
          windowMs: number('mod.seconds', room) * 1000,
          flood: number('mod.flood', room),
          repeats: number('mod.repeats', room),
          joins: number('mod.joins', room),
          links: settings.get('mod.links', room) === true,
        })),
        alerts: [],
        lately: [],
      };
      desks.set(room, known);
    }
    return known;
  };

  /** Only moderators can do something about it. */
  const alert = (room: Room, sentence: Safe, next: Safe = safe` /mod shows the desk.`): void => {
    if (room.self?.role !== 'moderator' || settings.get('mod.alert', room.id) !== true) return;
    const { alerts } = kept(room.id);
    const at = now();
    while (alerts[0] !== undefined && at - alerts[0] >= ALERT_MS) alerts.shift();
    if (alerts.length > MAX_ALERTS) return;
    alerts.push(at);
    const full = alerts.length > MAX_ALERTS;
    const words = full ? safe`More is remarkable here, and not all of it is told.` : sentence;
    notice(
      [[span('notice.warning', words), span('text.dim', full ? safe` /mod shows the desk.` : next)]],
      room.id,
      'warning',
    );
  };

  const flag = (room: Room, visitor: Visitor, found: Flag, sentence: Safe | undefined): void => {
    if (kept(room.id).desk.flag(visitor.id, found) && sentence !== undefined) alert(room, sentence);
  };

  const quoted = (text: Safe): Safe => safe`“${clip(text, QUOTED)}”`;

  /** All who came with the burst. */
  const flagBurst = (room: Room, at: number): void => {
    const mine = kept(room.id);
    const { desk } = mine;
    const windowMs = number('mod.seconds', room.id) * 1000;
    for (const { id, at: cameAt } of mine.lately.splice(0)) {
      if (at - cameAt < windowMs) desk.flag(id, { kind: 'burst', at });
    }
    const { burstAt } = mine;
    mine.burstAt = at;
    if (burstAt !== undefined && at - burstAt < ALERT_MS) return;
    const many = desk.visitors().filter(one => one.visits > 0 && at - one.cameAt < windowMs && isWatched(one)).length;
    alert(
      room,
      safe`${count(many, 'person', 'people')} came within ${number('mod.seconds', room.id)} seconds.`,
      safe` /mod shows them; /lockdown on lets newcomers only read.`,
    );
  };

  /** Somebody wants to be registered with the room, and its admins decide (XEP-0045 §9.9). */
  const askedToRegister = (room: Room, registration: Form): void => {
    const { desk } = kept(room.id);
    const nick = registration.fields.find(field => field.var === 'muc#register_roomnick')?.values[0] || NAMELESS;
    const again = desk.requests.some(one => one.nick === nick && one.registration !== undefined);
    desk.asked({ nick, registration }, now());
    touch();
    if (again) return;
    const told = registration.fields.filter(field => field.type !== 'boolean' && field.type !== 'hidden');
    notice(
      [
        [
          span('notice.warning', safe`${cleanIdentifier(nick)} asks to be registered here.`),
          span('text.dim', safe` /mod asks for y or n.`),
        ],
        ...formRows({ type: 'result', instructions: [], fields: told }).slice(0, MAX_FORM_ROWS),
      ],
      room.id,
      'warning',
    );
    options.bell();
  };

  const undos = [
    emitter.on('room:joined', ({ room }) => {
      kept(room.id).desk.entered(room.occupants.values(), room.self?.nick ?? room.nick, now());
      touch();
      const closed = options.moderator.lockdown(room.id);
      if (closed === undefined) return;
      const row = [
        span('notice.warning', safe`This room is closed by your /lockdown since ${dateTime(closed.at)}.`),
        span('text.dim', safe` /lockdown off opens it again.`),
      ];
      notice([row], room.id, 'warning');
    }),
    emitter.on('occupant:joined', ({ room, occupant }) => {
      const { desk, watch } = kept(room.id);
      const at = now();
      const { visitor, before, sentOut } = desk.came(occupant, at);
      const burst = watch.came(at);
      if (isWatched(visitor)) {
        const { name } = visitor;
        if (before !== undefined) flag(room, visitor, { kind: 'other-nick', at, words: before }, undefined);
        if (occupant.looksLike !== undefined) {
          flag(room, visitor, { kind: 'looks-like', at, words: occupant.looksLike }, undefined);
        }
        if (sentOut) {
          const was = before === undefined ? safe`` : safe`, then called ${before},`;
          flag(room, visitor, { kind: 'returned', at }, safe`${name}${was} was sent out and is back.`);
        }
        const { lately } = kept(room.id);
        lately.push({ id: visitor.id, at });
        if (lately.length > MAX_LATELY) lately.shift();
        if (burst) flagBurst(room, at);
      }
      touch();
    }),
    emitter.on('occupant:left', ({ room, occupant }) => {
      const departed = room.departed.get(occupant.nick);
      kept(room.id).desk.went(occupant, departed, now());
      // Our own bans are noted where they are made; this may repeat it with less.
      const { realJid } = occupant;
      if (departed?.what === 'banned' && realJid !== undefined && departed.by !== room.self?.name) {
        const { by, reason } = departed;
        const memory = { at: now(), ...(by === undefined ? {} : { by }), ...(reason === undefined ? {} : { reason }) };
        options.moderator.remember(room.id, [[bareOf(realJid), memory]]);
      }
      touch();
    }),
    emitter.on('occupant:renamed', ({ room, occupant }) => {
      kept(room.id).desk.renamed(occupant);
      touch();
    }),
    emitter.on('occupant:changed', ({ room, occupant }) => {
      const { desk } = kept(room.id);
      const { rev } = desk;
      desk.changed(occupant);
      if (desk.rev !== rev) touch();
    }),
    emitter.on('message:added', ({ chat, message }) => {
      if (chat.kind !== 'room' || message.self || message.source !== 'live' || message.sender.room === true) return;
      const { desk, watch } = kept(chat.id);
      const { rev } = desk;
      const at = now();
      const before = desk.said(message);
      if (before === undefined) return;
      const { name } = before;
      // Who can do nothing about it need not be told, and big rooms are not judged for nothing.
      const remarkable = chat.self?.role === 'moderator' ? watch.said(before, message.body, at) : [];
      for (const found of remarkable) {
        const sentence =
          found === 'link'
            ? safe`${name} begins with a link: ${quoted(message.body)}.`
            : found === 'flood'
              ? safe`${name} floods the room.`
              : safe`The same was said ${number('mod.repeats', chat.id)} times, now by ${name}: ${quoted(message.body)}.`;
        flag(chat, before, { kind: found, at, words: clip(message.body, QUOTED) }, sentence);
      }
      if (desk.rev !== rev) touch();
    }),
    emitter.on('chat:closed', ({ id }) => void desks.delete(id as BareJid)),
    emitter.on('command:ran', ({ name, line }) => {
      if (!OF_RANKS.has(name) || state.get(EXPLAINED_KEY) === true || !/\s\S/.test(line.trim())) return;
      state.set(EXPLAINED_KEY, true);
      notice(RANKS, options.current(), 'help');
    }),
    wire.onIncoming(incoming => {
      if (incoming.kind !== 'message' || incoming.extra === undefined) return;
      const room = options.room(bareOf(incoming.from));
      const asked = incoming.extra['voiceRequest'] as { readonly nick?: string; readonly jid?: string } | undefined;
      const registration = incoming.extra['registrationRequest'] as Form | undefined;
      if (room !== undefined && registration !== undefined) askedToRegister(room, registration);
      if (room === undefined || asked?.nick === undefined) return;
      const { nick } = asked;
      const full = parseJid(asked.jid);
      const jid = full === undefined ? undefined : bareOf(full);
      const { desk } = kept(room.id);
      const again = desk.requests.some(one => one.nick === nick && one.registration === undefined);
      desk.asked(jid === undefined ? { nick } : { nick, jid }, now());
      touch();
      // Who asks ten times is told once.
      if (again) return;
      const address = asked.jid === undefined ? safe`` : safe` (${cleanIdentifier(asked.jid)})`;
      const word = cleanIdentifier(quoteWord(nick));
      notice(
        [
          [
            span('notice.warning', safe`${cleanIdentifier(nick)}${address} asks to be allowed to talk.`),
            span('text.dim', safe` /voice ${word} lets them, /mod asks for y or n.`),
          ],
        ],
        room.id,
        'warning',
      );
      options.bell();
    }),
  ];

  return {
    of: room => kept(room).desk,
    dismiss(room, id) {
      kept(room).desk.dismiss(id);
      touch();
    },
    async answer(room, request, allow) {
      const { desk } = kept(room);
      const { nick, registration } = request;
      if (registration !== undefined) {
        const values = setValue(registration, initialValues(registration), 'muc#register_allow', [allow ? '1' : '0']);
        await wire.xeps.mucAdmin.answerRegistration(room, registration, values);
        desk.answered(request);
        touch();
        return;
      }
      const occupant = options.room(room)?.occupants.get(nick);
      // The room wants the address with the client, as it gave it.
      const jid = occupant?.realJid ?? request.jid;
      await wire.xeps.mucAdmin.answerVoice(room, jid === undefined ? { nick } : { nick, jid }, allow);
      desk.answered(request);
      touch();
    },
    stop() {
      for (const undo of undos.splice(0)) undo();
    },
  };
}

const RANKS: readonly Row[] = [
  plain(safe`A room has two kinds of rank:`),
  plain(safe`  the role (moderator, participant, visitor) is for this visit: /op, /voice, /quiet, /role;`),
  plain(safe`  the affiliation (owner, admin, member, outcast) lasts: /affiliation nick admin.`),
  plain(safe`A moderator can kick and give voice; banning takes an admin or owner.`),
];
