/** The guide of the first room: shows a newcomer one thing at a time, and notices when it was done. */
import type { Clock } from '../lib/time.js';
import { type Actor, createActor } from './actor.js';
import type { DemoOccupant, Room } from './room.js';
import type { RoomObserver, Rooms } from './rooms.js';
import type { DemoSession } from './stanza.js';

export const GUIDE_NICK = 'guide';
/** A newcomer who does nothing for so long is told once more. */
const REMINDER_MS = 90_000;

/** What the guide can see a visitor do. */
export type Deed =
  | { readonly kind: 'said'; readonly where: 'here' | 'lounge'; readonly body: string }
  | { readonly kind: 'joined lounge' }
  | { readonly kind: 'asked the server' }
  | { readonly kind: 'ran a command' };

export interface Step {
  readonly name: string;
  /** What is asked of the visitor. */
  readonly task: string;
  isDone(deed: Deed): boolean;
  /** Said when it was done. */
  readonly praise: string;
}

export function guideSteps(names: { readonly lounge: string; readonly domain: string }): readonly Step[] {
  const saidHere = (deed: Deed) => deed.kind === 'said' && deed.where === 'here';
  return [
    {
      name: 'talk',
      task: 'Say something: type a few words and press Enter.',
      isDone: saidHere,
      praise: 'Lovely. Everybody in this room can read that.',
    },
    {
      name: 'complete',
      task: 'Now say hello to me: type gu, press Tab, then hello, and Enter. Tab completes nicks.',
      isDone: deed => deed.kind === 'said' && new RegExp(`^@?${GUIDE_NICK}\\b`, 'iu').test(deed.body),
      praise: 'Hello! Whoever is named like that gets a highlight.',
    },
    {
      name: 'act',
      task: 'Next, do something instead of saying it: /me waves',
      isDone: deed => deed.kind === 'said' && /^\/me\s/.test(deed.body),
      praise: '/me waves back',
    },
    {
      name: 'join',
      task: `There is a second room. Type /join ${names.lounge}`,
      isDone: deed => deed.kind === 'joined lounge',
      praise: 'You are in two rooms now; the tab bar shows both.',
    },
    {
      name: 'tabs',
      task: 'Alt-1, Alt-2 and so on go to the tab of that number, Ctrl-n and Ctrl-p to its neighbours. Come back and say so here.',
      isDone: saidHere,
      praise: 'Welcome back.',
    },
    {
      name: 'jump',
      task: 'With many tabs this is faster: Ctrl-k, the letters lou, Enter. Then say something in the lounge.',
      isDone: deed => deed.kind === 'said' && deed.where === 'lounge',
      praise: 'That works for people, too.',
    },
    {
      name: 'disco',
      task: `See what a server has to offer: /disco ${names.domain} (Enter walks into an item).`,
      isDone: deed => deed.kind === 'asked the server',
      praise: 'Every server, room and client can be asked like that.',
    },
    {
      name: 'adhoc',
      task: `Some offer commands with forms. Try /adhoc ${names.domain} and bring somebody new into the lounge.`,
      isDone: deed => deed.kind === 'ran a command',
      praise: 'Done, and you never left the keyboard.',
    },
    {
      name: 'theme',
      task: 'Now the colours: /theme light, or dark, mono, irssi. That I cannot see; say ok when you like it.',
      isDone: saidHere,
      praise: 'Good choice.',
    },
  ];
}

const FAREWELL = [
  'That is the tour. /help lists the commands, /quit leaves, and /join with a new name makes a room of your own.',
  'With the real network it is the same: causette room@service. Have fun!',
];

interface Progress {
  readonly session: DemoSession;
  occupant: DemoOccupant;
  step: number;
  cancelReminder: (() => void) | undefined;
}

export interface Guide {
  readonly observer: RoomObserver;
  readonly actor: Actor;
  /** Something that was seen outside the rooms. */
  onDeed(session: DemoSession, deed: Deed): void;
  /** The session is over. */
  forget(session: DemoSession): void;
}

export function createGuide(options: {
  readonly here: Room;
  readonly lounge: Room;
  readonly domain: string;
  readonly rooms: Rooms;
  readonly clock: Clock;
  readonly newId: () => string;
}): Guide {
  const { here, lounge, domain, rooms, clock, newId } = options;
  const steps = guideSteps({ lounge: lounge.jid, domain });
  const occupant = rooms.addScripted(here, GUIDE_NICK, {
    role: 'moderator',
    affiliation: 'owner',
    statusText: 'here to show you round',
  });
  const actor = createActor({ room: here, occupant, clock, newId });
  const visitors = new Map<DemoSession, Progress>();

  const say = (progress: Progress, ...texts: readonly string[]) =>
    // The nick in front tells several visitors apart; an action stands for itself.
    actor.perform(texts.map(text => ({ text: text.startsWith('/me ') ? text : `${progress.occupant.nick}: ${text}` })));
  const remind = (progress: Progress) => {
    progress.cancelReminder?.();
    progress.cancelReminder = clock.after(REMINDER_MS, () => {
      const step = steps[progress.step];
      if (step !== undefined) say(progress, `no hurry. ${step.task} (“skip” goes on without it.)`);
    });
  };
  const goOn = (progress: Progress, praise?: string) => {
    progress.step += 1;
    const next = steps[progress.step];
    const first = praise === undefined ? [] : [praise];
    if (next === undefined) {
      progress.cancelReminder?.();
      progress.cancelReminder = undefined;
      say(progress, ...first, ...FAREWELL);
    } else {
      say(progress, ...first, next.task);
      remind(progress);
    }
  };
  const onDeed = (session: DemoSession, deed: Deed) => {
    const progress = visitors.get(session);
    if (progress === undefined) return;
    const step = steps[progress.step];
    if (deed.kind === 'said' && deed.where === 'here') {
      // A word to the guide may come with the nick in front.
      const word = deed.body
        .replace(new RegExp(`^@?${GUIDE_NICK}[:,]?\\s*`, 'iu'), '')
        .trim()
        .toLowerCase();
      if (word === 'help' || word === '?') {
        say(progress, step === undefined ? '/help lists every command; /help join explains one.' : step.task);
        return;
      }
      if (word === 'skip' || word === 'next') {
        if (step !== undefined) goOn(progress);
        return;
      }
      if (word === 'restart') {
        progress.step = -1;
        goOn(progress);
        return;
      }
    }
    if (step?.isDone(deed) === true) goOn(progress, step.praise);
    else if (deed.kind === 'said' && deed.where === 'here' && new RegExp(`^@?${GUIDE_NICK}\\b`, 'iu').test(deed.body)) {
      say(progress, step === undefined ? 'the tour is over; “restart” begins it again.' : step.task);
    }
  };

  return {
    actor,
    onDeed,
    observer: {
      onJoin(room, visitor) {
        if (visitor.session === undefined) return;
        if (room === lounge) return onDeed(visitor.session, { kind: 'joined lounge' });
        if (room !== here) return;
        const known = visitors.get(visitor.session);
        if (known !== undefined) {
          known.occupant = visitor;
          say(known, steps[known.step]?.task ?? 'good to see you again.');
          return;
        }
        const progress: Progress = { session: visitor.session, occupant: visitor, step: 0, cancelReminder: undefined };
        visitors.set(visitor.session, progress);
        say(
          progress,
          'welcome! I am the guide, a small script, and this server runs inside your own program: nothing leaves your computer.',
          `A tour takes three minutes; “skip” leaves a step out, “help” repeats it. ${steps[0]?.task ?? ''}`,
        );
        remind(progress);
      },
      onLeave(room, visitor) {
        if (room !== here || visitor.session === undefined) return;
        const progress = visitors.get(visitor.session);
        progress?.cancelReminder?.();
        // Left for good or only this room: the place in the tour is kept as long as the session lives.
        const hasListeners = here.occupants().some(one => one.session !== undefined);
        if (!hasListeners) actor.hush();
      },
      onRename(room, visitor) {
        const progress = visitor.session === undefined ? undefined : visitors.get(visitor.session);
        if (room === here && progress !== undefined) progress.occupant = visitor;
      },
      onMessage(room, visitor, body) {
        if (visitor.session === undefined) return;
        if (room === here) onDeed(visitor.session, { kind: 'said', where: 'here', body });
        else if (room === lounge) onDeed(visitor.session, { kind: 'said', where: 'lounge', body });
      },
      onPrivate(room, from, to) {
        if (room !== here || to !== occupant) return;
        actor.perform([
          { text: 'I only talk in the room, so that everybody learns something. Alt-1 goes there.', to: from },
        ]);
      },
    },
    forget(session) {
      visitors.get(session)?.cancelReminder?.();
      visitors.delete(session);
    },
  };
}
