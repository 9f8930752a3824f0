/** XEP-0410 MUC Self-Ping: notices that a room has forgotten us, and enters again. https://xmpp.org/extensions/xep-0410.html */
import { type BareJid, bareOf, isFull } from '../../lib/jid.js';
import { cleanIdentifier, safe } from '../../lib/text.js';
import { StanzaError } from '../errors.js';
import { NS_PING } from '../ns.js';
import { defineXep } from '../xep.js';
import { xml } from '../xml.js';

/** Silence after which a room is asked. */
const SILENCE_MS = 15 * 60_000;
/** What we said comes back from the room at once; if not, it may not know us. */
const ECHO_MS = 10_000;
/** Rooms that are due soon after each other are asked together. */
const TOGETHER_MS = 60_000;
const ANSWER_MS = 30_000;

/** > these mean that the ping got to an occupant (us) whose client does not answer, or that another one of ours is meant  §3 */
const STILL_IN: ReadonlySet<string> = new Set(['service-unavailable', 'feature-not-implemented', 'item-not-found']);
const UNDECIDED: ReadonlySet<string> = new Set([
  'remote-server-not-found',
  'remote-server-timeout',
  'timeout',
  'offline',
  'disconnected',
]);

export interface MucSelfPingApi {
  /** Asks now; `gone` starts entering again. */
  check(room: BareJid): Promise<'joined' | 'gone' | 'unknown'>;
}
declare module '../../api.js' {
  interface XepApi {
    mucSelfPing: MucSelfPingApi;
  }
}

export default defineXep({
  name: 'muc-self-ping',
  spec: 'XEP-0410',
  title: 'MUC Self-Ping',
  install(context) {
    const asked = new Map<BareJid, number>();
    const asking = new Map<BareJid, Promise<'joined' | 'gone' | 'unknown'>>();
    let stop: () => void = () => {};

    async function ask(room: BareJid): Promise<'joined' | 'gone' | 'unknown'> {
      const muc = context.use('muc');
      const occupantJid = muc.joined.get(room);
      if (occupantJid === undefined || !context.online) return 'unknown';
      try {
        await context.request(xml('iq', { type: 'get', to: occupantJid }, xml('ping', NS_PING)), {
          timeoutMs: ANSWER_MS,
        });
        return 'joined';
      } catch (error) {
        const condition = error instanceof StanzaError ? error.condition : 'timeout';
        if (STILL_IN.has(condition)) return 'joined';
        if (UNDECIDED.has(condition)) return 'unknown';
        // Left, renamed or lost meanwhile: the answer is about somebody we no longer are.
        if (muc.joined.get(room) !== occupantJid) return 'unknown';
        const reason = safe`${cleanIdentifier(room)} no longer knows us; entering again`;
        context.emit({ kind: 'room-left', room, reason });
        muc.rejoin(room).catch((failure: unknown) => context.debug(`cannot enter again: ${String(failure)}`));
        return 'gone';
      }
    }

    function check(room: BareJid): Promise<'joined' | 'gone' | 'unknown'> {
      const known = asking.get(room);
      if (known !== undefined) return known;
      asked.set(room, context.clock.now());
      const answer = ask(room).finally(() => asking.delete(room));
      asking.set(room, answer);
      return answer;
    }

    /** Asks the rooms that are silent for long, and looks again when the next of them can be: an idle program must not tick. */
    function look(): void {
      const muc = context.use('muc');
      const now = context.clock.now();
      let next = now + SILENCE_MS;
      for (const room of muc.joined.keys()) {
        const due = Math.max(muc.heardAt(room) ?? now, asked.get(room) ?? 0) + SILENCE_MS;
        if (due - now < TOGETHER_MS) void check(room);
        else next = Math.min(next, due);
      }
      stop = context.clock.after(next - now, look);
    }

    /** Messages of ours which the room has not shown yet, by id. */
    const unseen = new Map<string, () => void>();
    const settled = (id: string | undefined): void => {
      if (id === undefined) return;
      unseen.get(id)?.();
      unseen.delete(id);
    };
    context.observe(incoming => {
      if (incoming.kind === 'message') settled(incoming.id);
      if (incoming.kind !== 'sent' || isFull(incoming.chat)) return;
      const room = bareOf(incoming.chat);
      const { id } = incoming;
      // The echo may have been faster than the server's acknowledgement.
      if (!context.isRoom(room) || (context.use('muc').heardAt(room) ?? 0) > context.clock.now() - ECHO_MS) return;
      settled(id);
      unseen.set(
        id,
        context.clock.after(ECHO_MS, () => {
          unseen.delete(id);
          if (context.online) void check(room);
        }),
      );
    });

    const watch = (): void => {
      stop();
      stop = context.clock.after(SILENCE_MS, look);
    };
    context.on('online', watch);
    context.on('resumed', () => {
      watch();
      for (const room of context.use('muc').joined.keys()) void check(room);
    });
    context.on('offline', () => stop());
    context.on('ended', () => {
      stop();
      asked.clear();
      for (const cancel of unseen.values()) cancel();
      unseen.clear();
    });
    return { mucSelfPing: { check } };
  },
});
