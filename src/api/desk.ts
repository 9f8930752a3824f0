/** Calls of the moderation desk. */
import type { BareJid } from '../lib/jid.js';
import type { DeskReader, DeskRequest } from '../model/desk.js';
import type { DeskAction, Outcome, Target } from '../model/desk-targets.js';
import type { ReportResult } from '../model/desk-words.js';
import type { Lockdown } from '../model/lockdown.js';

/** What moderators need of a room besides the requests of `mucAdmin`. */
export interface DeskApi {
  /** Who came and went, who is remarkable, who asks to talk. */
  of(room: BareJid): DeskReader;
  /** Takes the flags off one, or all. */
  dismiss(room: BareJid, id?: string): void;
  /** Yes or no to somebody who asked to talk or to be registered. */
  answer(room: BareJid, request: DeskRequest, allow: boolean): Promise<void>;
  /** The same about several people; never rejects for one of them. */
  act(room: BareJid, action: DeskAction, targets: readonly Target[], reason?: string): Promise<Outcome>;
  /** Takes the last ban or mute of several back; `undefined`: there is nothing to take back. */
  undo(room: BareJid): Promise<Outcome | undefined>;
  /** Bans addresses or lets them in again. */
  setBans(
    room: BareJid,
    list: readonly { readonly jid: BareJid; readonly reason?: string }[],
    banned: boolean,
  ): Promise<Outcome>;
  /** Reports somebody to our server (XEP-0377) and finds whom to write to at theirs (XEP-0157). */
  report(
    room: BareJid,
    target: Target,
    report: { readonly reason: 'spam' | 'abuse'; readonly text?: string },
  ): Promise<ReportResult>;
  /** Keeps when and why an address was banned; `undefined` forgets it. */
  remember(room: BareJid, jid: BareJid, ban: { readonly reason?: string } | undefined): void;
  /** Bans that were seen or made here, by address: rooms keep neither date nor reason. */
  bans(room: BareJid): ReadonlyMap<string, { readonly at: number; readonly by?: string; readonly reason?: string }>;
  /** What it takes to open a room that was closed with /lockdown; for accounts it survives the end of the program. */
  lockdown(room: BareJid): Lockdown | undefined;
  setLockdown(room: BareJid, lockdown: Lockdown | undefined): void;
}
