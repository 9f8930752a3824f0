/** Calls about the connection and the login. */
import type { BareJid } from '../lib/jid.js';
import type { Form, FormValues } from '../model/form.js';
import type { SessionFacts } from '../model/types.js';

/** The connection: made, ended, made again, and what is trusted. */
export interface SessionApi {
  readonly facts: SessionFacts;
  /** Starts with what the settings and the arguments say; `jid` undefined: as guest. Resolves when online, rejects with a UserError. */
  connect(options?: {
    readonly jid?: BareJid;
    readonly guestHost?: string;
    readonly password?: string;
    /** As a guest: for this room, so that hosts near it are tried before those of the settings. */
    readonly room?: BareJid;
    /** The guest host that a link names. */
    readonly authority?: string;
  }): Promise<void>;
  /** The guest host we are at does not reach this room: which others may; none if the person chose it. */
  guestHostsLeft(room: BareJid): readonly string[];
  disconnect(reason?: string): Promise<void>;
  /** Now, instead of waiting for the countdown; when it had stopped, the same login again. */
  reconnect(): Promise<void>;
  /** Begins a new account at the server of this address (XEP-0077), on a connection of its own. */
  newAccount(address: BareJid): Promise<{
    /** What the server wants to know; to be asked anew after each refusal. */
    form(): Promise<Form>;
    submit(form: Form, values: FormValues): Promise<void>;
    close(): void;
  }>;
  /** The certificate of the server that was connected to last; fingerprints are SHA-256, hex. */
  readonly trust: { readonly pins: readonly string[]; pin(fingerprint: string): void; forget(): void };
  /** Own availability, kept over reconnects. */
  setPresence(presence: { readonly show?: 'away' | 'chat' | 'dnd' | 'xa'; readonly status?: string }): void;
  quit(message?: string): void;
}
