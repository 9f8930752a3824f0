/** A scripted occupant who takes time: thinks, types (XEP-0085), says it, and sometimes corrects it (XEP-0308). */
import type { Clock } from '../lib/time.js';
import type { DemoOccupant, Room } from './room.js';
import { el, NS, type XmlElement } from './xml.js';

/** One thing that an actor does. */
export interface Line {
  readonly text: string;
  /** Replaces what the actor said last. */
  readonly isCorrection?: boolean;
  /** Stops typing in the middle, and goes on. */
  readonly isHesitant?: boolean;
  /** Said privately to this occupant. */
  readonly to?: DemoOccupant;
  readonly thinkMs?: number;
}

export interface Actor {
  readonly nick: string;
  readonly room: Room;
  readonly occupant: DemoOccupant;
  /** Puts lines in the queue; `onDone` is called after the last of them. */
  perform(lines: readonly Line[], onDone?: () => void): void;
  readonly isBusy: boolean;
  /** Forgets what is still to be said. */
  hush(): void;
}

const THINK_MS = 700;
const TYPING_MS_PER_CHARACTER = 28;
const MIN_TYPING_MS = 900;
const MAX_TYPING_MS = 3500;
const HESITATION_MS = 1800;
/** A visitor who asks faster than the actor answers is not answered for ever. */
const MAX_QUEUE = 12;

export function createActor(options: {
  readonly room: Room;
  readonly occupant: DemoOccupant;
  readonly clock: Clock;
  readonly newId: () => string;
}): Actor {
  const { room, occupant, clock, newId } = options;
  let queue: { line: Line; onDone: (() => void) | undefined }[] = [];
  let cancel: (() => void) | undefined;
  let lastId: string | undefined;

  const send = (to: DemoOccupant | undefined, payload: readonly XmlElement[], id?: string) => {
    if (!room.occupants().includes(occupant)) return;
    if (to === undefined) room.groupchat(occupant, id, payload);
    else if (room.occupants().includes(to)) {
      room.privately(occupant, to, el('message', { id, type: 'chat' }, ...payload));
    }
  };
  const state = (name: 'active' | 'composing' | 'paused') => el(name, { xmlns: NS.chatStates });
  const wait = (ms: number, then: () => void) => {
    cancel = clock.after(ms, then);
  };

  const begin = () => {
    const next = queue[0];
    if (next === undefined) {
      cancel = undefined;
      return;
    }
    const { line } = next;
    wait(line.thinkMs ?? THINK_MS, () => {
      send(line.to, [state('composing')]);
      const typingMs = Math.min(MAX_TYPING_MS, Math.max(MIN_TYPING_MS, line.text.length * TYPING_MS_PER_CHARACTER));
      if (line.isHesitant !== true) return wait(typingMs, finish);
      wait(typingMs / 2, () => {
        send(line.to, [state('paused')]);
        wait(HESITATION_MS, () => {
          send(line.to, [state('composing')]);
          wait(typingMs / 2, finish);
        });
      });
    });
  };
  const finish = () => {
    const done = queue.shift();
    if (done === undefined) return;
    const { line, onDone } = done;
    const id = newId();
    const replace =
      line.isCorrection === true && lastId !== undefined ? [el('replace', { xmlns: NS.correction, id: lastId })] : [];
    send(line.to, [el('body', {}, line.text), ...replace, state('active')], id);
    if (line.to === undefined && replace.length === 0) lastId = id;
    begin();
    onDone?.();
  };

  return {
    nick: occupant.nick,
    room,
    occupant,
    perform(lines, onDone) {
      if (queue.length + lines.length > MAX_QUEUE) return;
      const wasIdle = cancel === undefined;
      lines.forEach((line, index) => {
        queue.push({ line, onDone: index === lines.length - 1 ? onDone : undefined });
      });
      if (wasIdle) begin();
    },
    get isBusy() {
      return cancel !== undefined;
    },
    hush() {
      if (cancel === undefined) return;
      cancel();
      cancel = undefined;
      queue = [];
      send(undefined, [state('active')]);
    },
  };
}
