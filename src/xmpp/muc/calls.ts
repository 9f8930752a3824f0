/** What the rest of the program can ask of rooms: the `muc` namespace of the api. */
import type { BareJid, FullJid, Jid } from '../../lib/jid.js';
import type { Safe } from '../../lib/text.js';
import type { Form, FormValues } from '../../model/form.js';
import type { RoomFacts } from '../../model/types.js';

export interface JoinOptions {
  readonly nick: string;
  readonly password?: string;
  /** Messages of history at most; default: what the option `rooms.history` says. */
  readonly maxHistory?: number;
  /** The room says that it does not exist: shall it be made? Without this it is. */
  readonly onMissing?: () => Promise<boolean>;
}
export interface Joined {
  readonly room: BareJid;
  /** The nick the room gave us. */
  readonly nick: string;
  /** The room did not exist before. */
  readonly created: boolean;
}
/** What a room says about itself to somebody outside (XEP-0045 §6.4 and §15.5.4). */
export interface RoomPreview {
  readonly facts: RoomFacts;
  readonly subject?: Safe;
  readonly occupants?: number;
  /** Language tag. */
  readonly language?: Safe;
}
export interface MucApi {
  /** Settles when we are in; rejects with the reason as a sentence and a hint. Entered again by itself after a lost connection. */
  join(room: BareJid, options: JoinOptions): Promise<Joined>;
  leave(room: BareJid, reason?: string): Promise<void>;
  /** Says good-bye in all rooms before the stream is closed; after the next login they are entered again. */
  farewell(reason?: string): void;
  /** The nick as the room gave it. */
  setNick(room: BareJid, nick: string): Promise<string>;
  setSubject(room: BareJid, subject: string): Promise<void>;
  /** Through the room (it may then let them in), or `direct` (XEP-0249). */
  invite(
    room: BareJid,
    jid: Jid,
    options?: { readonly reason?: string; readonly direct?: boolean; readonly password?: string },
  ): void;
  /** Refuses an invitation; with `to` the room tells them, which only works for a mediated one. */
  decline(room: BareJid, to?: Jid, reason?: string): void;
  /** Answers the question of a room at its door (XEP-0158): a message of the room with `extra.captcha`, a Form. */
  answerCaptcha(room: BareJid, form: Form, values: FormValues): Promise<void>;
  /** Asks the moderators for voice. */
  requestVoice(room: BareJid): void;
  /** Asks the room about itself; also told to the store. */
  facts(room: BareJid): Promise<RoomFacts>;
  /** The same, for somebody who is looking before entering; the store is not told. */
  preview(room: BareJid): Promise<RoomPreview>;
  /** Enters again with the nick and password of the last time. */
  rejoin(room: BareJid): Promise<Joined>;
  /** The nick we would like to have; another one is ours while it is taken. */
  wanted(room: BareJid): string | undefined;
  /** XEP-0045 §7.12: the nick we have registered there. */
  reservedNick(room: BareJid): Promise<string | undefined>;
  /** Rooms we are in, with our occupant address there. */
  readonly joined: ReadonlyMap<BareJid, FullJid>;
  /** When anything came from the room, milliseconds. */
  heardAt(room: BareJid): number | undefined;
}
