/** The people of the lounge: they talk among themselves while somebody listens, greet, and answer who addresses them. */
import type { Clock } from '../lib/time.js';
import { type Actor, createActor, type Line } from './actor.js';
import type { Room } from './room.js';
import type { RoomObserver, Rooms } from './rooms.js';

export const CAST = [
  { nick: 'ada', role: 'moderator', affiliation: 'owner', statusText: 'ask me anything' },
  { nick: 'ben', role: 'participant', affiliation: 'member', statusText: 'coffee first' },
  { nick: 'Chloé', role: 'participant', affiliation: 'member', statusText: 'à la bibliothèque' },
  { nick: '健二', role: 'participant', affiliation: 'member', statusText: '読書中' },
] as const;

interface ScriptLine extends Omit<Line, 'to'> {
  readonly who: (typeof CAST)[number]['nick'];
}

/** Little conversations; each is played once, in order, then they begin again after a long silence. */
const CONVERSATIONS: readonly (readonly ScriptLine[])[] = [
  [
    { who: 'ben', text: 'does anybody know a good word for the quiet between two messages?' },
    { who: 'Chloé', text: 'In French one would say « un ange passe ».', isHesitant: true },
    { who: '健二', text: '間 (ma) 🙂' },
    { who: 'ben', text: 'beautifull, both of them' },
    { who: 'ben', text: 'beautiful, both of them', isCorrection: true },
  ],
  [
    { who: '健二', text: 'ada: is the meeting still tomorrow?' },
    { who: 'ada', text: '健二: yes, at ten. I will bring the map.' },
    { who: 'Chloé', text: '/me writes it down' },
    { who: 'ben', text: 'at ten?! that is before coffee', isHesitant: true },
  ],
  [
    {
      who: 'ada',
      text: 'a tip for the new ones: Alt and a number goes to that tab, Alt-a to the next one that wants you',
    },
    { who: 'Chloé', text: 'And PgUp to read what one has missed.' },
    { who: 'ben', text: 'I only ever use Ctrl-k and two letters' },
  ],
];

const FIRST_LINE_MS = 6000;
const BETWEEN_LINES_MS = 3500;
const BETWEEN_CONVERSATIONS_MS = 25_000;
const LONG_SILENCE_MS = 300_000;
/** Somebody who was kicked comes back. */
const RETURN_MS = 20_000;

/** What somebody answers; the first that fits. */
const ANSWERS: readonly (readonly [RegExp, readonly string[]])[] = [
  [
    /\bhelp\b|\bhow (do|can)\b/i,
    ['/help lists everything, /help join explains one command. Tab completes almost anything.'],
  ],
  [/\b(hi|hello|hey|hallo|salut|bonjour|moin)\b/i, ['hello! nice to see you here', 'hi there', 'welcome!']],
  [/\b(thanks|thank you|thx|merci|danke)\b/i, ['you are welcome', 'any time']],
  [/\b(bye|ciao|good night|cu)\b/i, ['see you!', 'take care']],
  [/\b(bot|script|real)\b/i, ['I am a script in your own computer, but the XMPP between us is real']],
  [/\b(weather|rain|sun)\b/i, ['on 127.0.0.1 the weather is always the same']],
  [/\?\s*$/, ['good question; what do you think?', 'I would try it and see', 'yes. no. it depends.']],
];
const DEFAULT_ANSWERS = ['I see', 'tell me more', 'that is a way to put it', '👍'] as const;

export interface Cast {
  readonly observer: RoomObserver;
  /** Somebody new, who introduces themselves in a few lines. */
  bringIn(room: Room, nick: string, lines: readonly string[]): void;
}

export function createCast(options: {
  readonly lounge: Room;
  readonly rooms: Rooms;
  readonly clock: Clock;
  readonly random: () => number;
  readonly newId: () => string;
}): Cast {
  const { lounge, rooms, clock, random, newId } = options;
  const actors: Actor[] = [];
  const pick = <T>(from: readonly T[]): T => from[Math.min(from.length - 1, Math.floor(random() * from.length))] as T;
  const add = (room: Room, nick: string, details: Parameters<Rooms['addScripted']>[2]) => {
    const occupant = rooms.addScripted(room, nick, details);
    const actor = createActor({ room, occupant, clock, newId });
    actors.push(actor);
    return actor;
  };
  for (const { nick, ...details } of CAST) add(lounge, nick, details);

  const isIn = (actor: Actor) => actor.room.occupants().includes(actor.occupant);
  const inRoom = (room: Room) => actors.filter(actor => actor.room === room && isIn(actor));
  const hasListeners = () => lounge.occupants().some(occupant => occupant.session !== undefined);

  let conversation = 0;
  let cancelNext: (() => void) | undefined;
  const later = (ms: number, then: () => void) => {
    cancelNext?.();
    cancelNext = clock.after(ms, then);
  };
  const play = (index: number) => {
    if (!hasListeners()) {
      cancelNext = undefined;
      return;
    }
    const script = CONVERSATIONS[conversation % CONVERSATIONS.length] ?? [];
    const line = script[index];
    if (line === undefined) {
      conversation += 1;
      const isRound = conversation % CONVERSATIONS.length === 0;
      later(isRound ? LONG_SILENCE_MS : BETWEEN_CONVERSATIONS_MS, () => play(0));
      return;
    }
    const goOn = () => later(BETWEEN_LINES_MS, () => play(index + 1));
    const actor = inRoom(lounge).find(one => one.nick === line.who);
    // Whoever is busy answering a person leaves the line out.
    if (actor === undefined || actor.isBusy) goOn();
    else actor.perform([line], goOn);
  };

  const answerTo = (body: string) => pick(ANSWERS.find(([pattern]) => pattern.test(body))?.[1] ?? DEFAULT_ANSWERS);

  return {
    observer: {
      onJoin(room, occupant) {
        if (room !== lounge) return;
        inRoom(lounge)
          .find(actor => actor.nick === 'ada')
          ?.perform([{ text: `${occupant.nick}: welcome to the lounge! Say my name and I answer.`, thinkMs: 1500 }]);
        if (cancelNext === undefined) later(FIRST_LINE_MS, () => play(0));
      },
      onLeave(room, occupant) {
        if (occupant.session === undefined) {
          const actor = actors.find(one => one.occupant === occupant);
          if (actor === undefined || room.affiliationOf(occupant.realJid) === 'outcast') return;
          clock.after(RETURN_MS, () => {
            const isGone = rooms.get(room.jid) !== room || isIn(actor) || room.byNick(occupant.nick) !== undefined;
            if (isGone || room.affiliationOf(occupant.realJid) === 'outcast') return;
            occupant.role = room.defaultRole(occupant.affiliation);
            room.enter(occupant, { isNew: false, historyLimit: 0, isResync: false });
            actor.perform([{ text: 'that was fast. hello again' }]);
          });
        } else if (room === lounge && !hasListeners()) {
          cancelNext?.();
          cancelNext = undefined;
        }
      },
      onMessage(room, from, body) {
        const here = inRoom(room);
        const addressed = here.filter(actor => mentions(body, actor.nick));
        const helper = /\bhelp\b/i.test(body) ? here.find(actor => actor.nick === 'ada') : undefined;
        const curious = /\?\s*$/.test(body) && random() < 0.7 ? here.find(actor => !actor.isBusy) : undefined;
        const answering = addressed.length > 0 ? addressed : [helper ?? curious].filter(actor => actor !== undefined);
        for (const actor of answering) actor.perform([{ text: `${from.nick}: ${answerTo(body)}` }]);
      },
      onPrivate(room, from, to, body) {
        actors
          .find(actor => actor.occupant === to && actor.room === room)
          ?.perform([{ text: answerTo(body), to: from }]);
      },
    },
    bringIn(room, nick, lines) {
      const actor = add(room, nick, { affiliation: 'none' });
      actor.perform(lines.map(text => ({ text })));
    },
  };
}

/** The nick as a word of its own, in any case. */
export function mentions(body: string, nick: string): boolean {
  const words = body.toLowerCase();
  const name = nick.toLowerCase();
  for (let at = words.indexOf(name); at !== -1; at = words.indexOf(name, at + 1)) {
    const isWordAt = (index: number) => /[\p{L}\p{N}]/u.test(words[index] ?? ' ');
    if (!isWordAt(at - 1) && !isWordAt(at + name.length)) return true;
  }
  return false;
}

/** Said before anybody came, so that the lounge has a history. */
export const LOUNGE_HISTORY: readonly (readonly [nick: string, minutesAgo: number, body: string])[] = [
  ['ada', 62, 'good morning, everybody'],
  ['ben', 61, 'morning. it is only morning when there is coffee'],
  ['健二', 48, 'おはよう ☀️'],
  ['Chloé', 47, 'Bonjour à tous ! Did somebody see my umbrella?'],
  ['ben', 45, '/me points at the door'],
  ['Chloé', 44, 'Ah. Merci, ben :)'],
  ['ada', 12, 'the minutes of yesterday are at https://example.org/minutes'],
];
