/** Several accounts in one process, and the calls about them. */
import type { BareJid } from '../lib/jid.js';
import type { Safe } from '../lib/text.js';
import type { SessionFacts } from '../model/types.js';
import type { CommandLine } from '../model/view.js';

/** An account, or a guest visit, that is open in this process. */
export interface AccountFacts {
  /** Stable while it is open. */
  readonly id: number;
  /** Differs from those of the others. */
  readonly name: Safe;
  /** The same in a letter or a few; '' as long as it is alone. */
  readonly mark: Safe;
  /** What its colour is made of. */
  readonly hue: string;
  /** Who it is, or wants to be; absent: a guest. */
  readonly jid?: BareJid;
  readonly session: SessionFacts;
  readonly tabs: number;
  readonly unread: number;
  readonly shown: boolean;
  /** Name in the settings: it comes back at the next start. */
  readonly kept?: string;
}

/** Whom to open: a name of the settings, an account, or a guest of this server (`''`: of one that is found). */
export type AccountWish = { readonly kept: string } | { readonly jid: BareJid } | { readonly guest: string };

/** The accounts and guest visits that are open in this process; everything else in the api is about one of them. */
export interface AccountsApi {
  /** In the order in which they were opened. */
  readonly list: readonly AccountFacts[];
  /** Opens one more beside the others and shows it. Throws a UserError if it is open already, or is none. */
  add(wish: AccountWish): void;
  /** Leaves it, and its tabs are gone; rejects with a UserError if it is the only one. */
  close(id: number): Promise<void>;
  /** Shows the tab of it that was shown last. */
  go(id: number): void;
  /** Runs a line as that account, wherever one looks. Never rejects. */
  run(id: number, line: CommandLine): Promise<boolean>;
  /** By name, short mark, address or the beginning of one. Throws a UserError that says which there are. */
  find(text: string): AccountFacts;
  /** It is opened again at every start, or no more; answers its name in the settings. */
  keep(id: number, yes: boolean): string;
  /** Names in the settings that are not open. */
  readonly kept: readonly string[];
}
