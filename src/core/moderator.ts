/** What moderators do about several people at once, one request each, with what came of it; and what of it can be undone. */
import { errorText, UserError } from '../lib/errors.js';
import { type BareJid, domainOf, parseJid } from '../lib/jid.js';
import { cleanLine, type Safe, safe } from '../lib/text.js';
import { type DeskAction, messagesOf, type Outcome, type Target } from '../model/desk-targets.js';
import type { ReportResult } from '../model/desk-words.js';
import { type Lockdown, readLockdown } from '../model/lockdown.js';
import type { Room } from '../model/types.js';
import { conditionOf } from '../model/wording.js';
import type { StateFile, Wire } from './ports.js';

/** Requests under way at once: a room answers quickly, but a thousand at once look like an attack. */
const AT_ONCE = 8;
const BANS_KEY = 'bans';
const LOCKDOWN_KEY = 'lockdowns';
const MAX_BANS = 5000;
/** Messages named, and those quoted, in a report. */
const MAX_PROOFS = 20;
const MAX_QUOTES = 3;
const MAX_QUOTE = 300;

/** What is known of a ban besides the address: rooms mostly keep neither reason nor date. */
export interface BanMemory {
  readonly at: number;
  readonly by?: string;
  readonly reason?: string;
}

export interface Moderator {
  act(room: Room, action: DeskAction, targets: readonly Target[], reason?: string): Promise<Outcome>;
  /** Takes the last ban or mute of several back; `undefined`: there is none. */
  undo(room: Room): Promise<Outcome | undefined>;
  /** Bans and unbans addresses in a room. */
  setBans(
    room: BareJid,
    list: readonly { readonly jid: BareJid; readonly reason?: string }[],
    banned: boolean,
  ): Promise<Outcome>;
  /** Tells our server, if it takes reports, and finds whom to write to at theirs. Rejects only without an address. */
  report(
    room: Room,
    target: Target,
    report: { readonly reason: 'spam' | 'abuse'; readonly text?: string },
  ): Promise<ReportResult>;
  /** What was seen of bans; `undefined` forgets one. */
  remember(room: BareJid, bans: readonly (readonly [jid: BareJid, ban: BanMemory | undefined])[]): void;
  bans(room: BareJid): ReadonlyMap<string, BanMemory>;
  lockdown(room: BareJid): Lockdown | undefined;
  setLockdown(room: BareJid, lockdown: Lockdown | undefined): void;
}

const WHY: Readonly<Record<string, Safe>> = {
  'not-allowed': safe`the rank does not allow it`,
  forbidden: safe`you may not do that here`,
  'item-not-found': safe`not here any more`,
  'not-acceptable': safe`the room does not accept it`,
  conflict: safe`that would be yourself`,
};
const NOTHING: Outcome = { done: [], failed: [], retracted: 0 };

const whyOf = (error: unknown): Safe => {
  const condition = conditionOf(error);
  return (condition === undefined ? undefined : WHY[condition]) ?? cleanLine(errorText(error));
};

type Undo =
  | { readonly kind: 'bans'; readonly list: readonly BareJid[] }
  | { readonly kind: 'mutes'; readonly targets: readonly Target[] };

export function createModerator(options: {
  readonly wire: Wire;
  /** Of the account; in memory for guests. */
  readonly state: () => StateFile;
  readonly now: () => number;
}): Moderator {
  const { wire, state, now } = options;
  const undos = new Map<BareJid, Undo>();

  const record = (key: string): Readonly<Record<string, unknown>> => {
    const value = state().get(key);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : {};
  };

  // All at once: each change writes a file.
  const remember: Moderator['remember'] = (room, bans) => {
    if (bans.length === 0) return;
    const all = record(BANS_KEY);
    const known = new Map(Object.entries((all[room] ?? {}) as Readonly<Record<string, unknown>>));
    for (const [jid, ban] of bans) {
      known.delete(jid);
      if (ban !== undefined) known.set(jid, ban);
    }
    state().set(BANS_KEY, { ...all, [room]: Object.fromEntries([...known].slice(-MAX_BANS)) });
  };

  /** Does it for each, some at once; the first refusal for want of rights ends it, for the others would fail too. */
  const each = async <T extends { readonly name: Safe }>(
    list: readonly T[],
    run: (one: T) => Promise<Safe | undefined>,
  ): Promise<Omit<Outcome, 'retracted'>> => {
    const done: Safe[] = [];
    const failed: { readonly name: Safe; readonly why: Safe }[] = [];
    let refused: Safe | undefined;
    for (let i = 0; i < list.length; i += AT_ONCE) {
      await Promise.all(
        list.slice(i, i + AT_ONCE).map(async one => {
          const { name } = one;
          if (refused !== undefined) return void failed.push({ name, why: refused });
          try {
            const why = await run(one);
            if (why === undefined) done.push(name);
            else failed.push({ name, why });
          } catch (error) {
            const why = whyOf(error);
            if (conditionOf(error) === 'forbidden') refused = why;
            failed.push({ name, why });
          }
        }),
      );
    }
    return { done, failed };
  };

  const setRoles = (
    room: Room,
    targets: readonly Target[],
    role: 'none' | 'visitor' | 'participant',
    reason?: string,
  ) =>
    each(targets, async target => {
      if (target.nicks.length === 0) return safe`not here any more`;
      for (const nick of target.nicks) await wire.xeps.mucAdmin.setRole(room.id, nick, role, reason);
      return undefined;
    });

  const memory = (reason: string | undefined, by?: string): BanMemory => ({
    at: now(),
    ...(by === undefined ? {} : { by }),
    ...(reason === undefined || reason === '' ? {} : { reason }),
  });

  const ban = async (room: Room, targets: readonly Target[], reason?: string) => {
    const banned: BareJid[] = [];
    const result = await each(targets, async ({ jid }) => {
      if (jid === undefined) return safe`the address is not known, /kick works by nick`;
      await wire.xeps.mucAdmin.setAffiliation(room.id, jid, 'outcast', reason);
      banned.push(jid);
      return undefined;
    });
    remember(
      room.id,
      banned.map(jid => [jid, memory(reason, room.self?.nick ?? room.nick)]),
    );
    return { ...result, banned };
  };

  const retract = async (room: Room, targets: readonly Target[], reason?: string): Promise<Outcome> => {
    let retracted = 0;
    const { done, failed } = await each(targets, async target => {
      // One after the other: the newest disappear first, and a room that cannot do it says so once.
      for (const { stanzaId } of messagesOf(room, target)) {
        if (stanzaId === undefined) continue;
        try {
          await wire.xeps.moderation.retract(room.id, stanzaId, reason);
          retracted++;
        } catch (error) {
          if (conditionOf(error) !== 'item-not-found') throw error;
        }
      }
      return undefined;
    });
    return { done, failed, retracted };
  };

  const act = async (room: Room, action: DeskAction, targets: readonly Target[], reason?: string): Promise<Outcome> => {
    switch (action) {
      case 'kick':
        return { ...(await setRoles(room, targets, 'none', reason)), retracted: 0 };
      case 'unmute':
        return { ...(await setRoles(room, targets, 'participant', reason)), retracted: 0 };
      case 'mute': {
        const result = await setRoles(room, targets, 'visitor', reason);
        undos.set(room.id, { kind: 'mutes', targets: targets.filter(one => result.done.includes(one.name)) });
        return { ...result, retracted: 0 };
      }
      case 'ban':
      case 'purge': {
        // First they are out, so that nothing follows what is removed.
        const result = await ban(room, targets, reason);
        const { done, failed, banned } = result;
        if (banned.length > 0) undos.set(room.id, { kind: 'bans', list: banned });
        if (action === 'ban') return { done, failed, retracted: 0 };
        const removed = await retract(room, targets, reason);
        return { done, failed: [...failed, ...removed.failed], retracted: removed.retracted };
      }
      case 'retract':
        return retract(room, targets, reason);
      default:
        return NOTHING;
    }
  };

  const setBans: Moderator['setBans'] = async (room, list, banned) => {
    const seen: (readonly [BareJid, BanMemory | undefined])[] = [];
    const result = await each(
      list.map(one => ({ ...one, name: cleanLine(one.jid) })),
      async ({ jid, reason }) => {
        await wire.xeps.mucAdmin.setAffiliation(room, jid, banned ? 'outcast' : 'none', reason);
        seen.push([jid, banned ? memory(reason) : undefined]);
        return undefined;
      },
    );
    remember(room, seen);
    return { ...result, retracted: 0 };
  };

  const report: Moderator['report'] = async (room, target, { reason, text }) => {
    const { jid } = target;
    if (jid === undefined) {
      throw new UserError(
        `The address of ${target.name} is not known, and a report needs it.`,
        'Moderators see addresses; /contact is about the server of the room.',
      );
    }
    const said = messagesOf(room, target, MAX_PROOFS, true);
    // Nobody there can read the archive of this room.
    const quotes = said
      .slice(0, MAX_QUOTES)
      .reverse()
      .map(one => `${new Date(one.at).toISOString()} ${one.body.slice(0, MAX_QUOTE).replace(/\s+/g, ' ')}`);
    const words = [`${jid} in ${room.id}: ${text ?? reason}`, ...quotes].join('\n');
    const messages = said.flatMap(({ stanzaId }) => (stanzaId === undefined ? [] : [{ by: room.id, id: stanzaId }]));
    const server = parseJid(domainOf(jid));
    const [sent, contacts] = await Promise.all([
      wire.xeps.reporting.report(jid, { reason, text: words, messages }).then(
        () => undefined,
        (error: unknown) => cleanLine(errorText(error).replace(/\.$/, '')),
      ),
      server === undefined ? [] : wire.xeps.contacts.of(server).catch(() => []),
    ]);
    return { jid, sent: sent === undefined, ...(sent === undefined ? {} : { why: sent }), contacts, text: words };
  };

  return {
    act,
    setBans,
    report,
    async undo(room) {
      const last = undos.get(room.id);
      if (last === undefined) return undefined;
      undos.delete(room.id);
      if (last.kind === 'bans')
        return setBans(
          room.id,
          last.list.map(jid => ({ jid })),
          false,
        );
      return act(room, 'unmute', last.targets);
    },
    remember,
    bans(room) {
      const found = new Map<string, BanMemory>();
      for (const [jid, value] of Object.entries((record(BANS_KEY)[room] ?? {}) as Readonly<Record<string, unknown>>)) {
        if (typeof value !== 'object' || value === null) continue;
        const { at, by, reason } = value as Readonly<Record<string, unknown>>;
        if (typeof at !== 'number') continue;
        found.set(jid, {
          at,
          ...(typeof by === 'string' && { by }),
          ...(typeof reason === 'string' && { reason }),
        });
      }
      return found;
    },
    lockdown: room => readLockdown(record(LOCKDOWN_KEY)[room]),
    setLockdown(room, lockdown) {
      const { [room]: _old, ...rest } = record(LOCKDOWN_KEY);
      state().set(LOCKDOWN_KEY, lockdown === undefined ? rest : { ...rest, [room]: lockdown });
    },
  };
}
