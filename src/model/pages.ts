/** What the tool tabs hold between frames, as plain data: a command fetches it, the tab's kind only shows it. */
import type { BareJid, Jid } from '../lib/jid.js';
import type { Safe } from '../lib/text.js';
import type { Form, FormValues } from './form.js';
import type { HistoryHit } from './history.js';
import type { Affiliation, Bookmark } from './types.js';
import type { ListItem, Row } from './view.js';

/** How far a page is with what it asks for. */
export type PageState = 'loading' | 'done' | 'failed';

/** Somewhere to walk to: an address and a node of it. */
export interface Place {
  readonly jid: Jid;
  readonly node?: string;
}

/** Service discovery (XEP-0030) of one place, and how we came there. */
export interface DiscoPage {
  readonly state: PageState;
  readonly place: Place;
  /** Places before this one, oldest first. */
  readonly trail: readonly Place[];
  readonly identities: readonly { readonly category: string; readonly type: string; readonly name?: Safe }[];
  readonly features: readonly { readonly ns: string; readonly name?: string }[];
  readonly items: readonly { readonly jid: Jid; readonly node?: string; readonly name?: Safe }[];
  /** There are more items than were fetched. */
  readonly more?: boolean;
  /** Extended info (XEP-0128). */
  readonly forms: readonly Form[];
  readonly error?: Safe;
}

/** Rooms of a service. */
export interface RoomsPage {
  readonly state: PageState;
  readonly service: Jid | undefined;
  readonly rooms: readonly {
    readonly jid: BareJid;
    readonly name?: Safe;
    readonly occupants?: number;
    /** Topic or description. */
    readonly about?: Safe;
  }[];
  /** Found in a directory by these words; then the rooms are of many services. */
  readonly words?: Safe;
  /** There are more than were fetched. */
  readonly more?: boolean;
  readonly error?: Safe;
}

/** Rows that somebody put together: results of a search, bookmarks. */
export interface ListPage {
  readonly title: Safe;
  readonly items: readonly ListItem[];
  readonly header?: readonly Row[];
  readonly empty?: readonly Row[];
}

/** What the tab kind `form` is opened with. */
export interface FormTabParams {
  readonly id: number;
  readonly request: {
    readonly form: Form;
    readonly from: Jid;
    readonly title: Safe;
    readonly actions: readonly string[];
  };
  readonly answer: (answer: { readonly action: string; readonly values: FormValues }) => void;
}
/** A form being filled in. `errors` are sentences by `var`. */
export interface FormPage extends FormTabParams {
  readonly values: FormValues;
  readonly errors: ReadonlyMap<string, Safe>;
}

/** One step of an ad-hoc command as the other side sent it (XEP-0050). */
export interface AdhocPageStep {
  readonly jid: Jid;
  readonly node: string;
  readonly sessionId?: string;
  readonly status: 'executing' | 'completed' | 'canceled';
  readonly actions: readonly ('prev' | 'next' | 'complete' | 'cancel')[];
  readonly defaultAction: 'prev' | 'next' | 'complete' | 'cancel';
  readonly notes: readonly { readonly type: 'info' | 'warn' | 'error'; readonly text: Safe }[];
  readonly form?: Form;
}
/** Ad-hoc commands of an address: the list, or the command that is being run. */
export interface AdhocPage {
  readonly jid: Jid;
  readonly state: PageState;
  readonly commands: readonly { readonly jid: Jid; readonly node: string; readonly name: Safe }[];
  /** Name of the command being run. */
  readonly name?: Safe;
  readonly step?: AdhocPageStep;
  readonly values: FormValues;
  readonly errors: ReadonlyMap<string, Safe>;
  /** Waiting for the other side. */
  readonly busy: boolean;
  readonly error?: Safe;
}

/** Protocol console. */
export interface XmlPage {
  /** Only lines with this in them, lower case. */
  readonly filter: string;
  readonly paused: boolean;
  readonly rows: readonly Row[];
  /** How many rows the console has thrown away. */
  readonly dropped: number;
}

/** Bookmarked rooms of the account (XEP-0402). */
export interface BookmarksPage {
  readonly state: PageState;
  readonly bookmarks: readonly Bookmark[];
  /** How the server keeps them, if that is worth knowing. */
  readonly remark?: Safe;
}

/** What the list of places knows besides tabs, contacts and invitations. */
export interface JumpPage {
  readonly bookmarks: BookmarksPage['bookmarks'];
}

/** What concerned us, beyond what is in memory. */
export interface MentionsPage {
  /** Newest first; only rooms. */
  readonly older: readonly HistoryHit[];
  readonly state: 'none' | 'looking' | 'found';
  /** Looks in what is kept. */
  look(): void;
  close(): void;
}

/** The moderators' desk of a room. */
export interface ModPage {
  readonly room: BareJid;
  /** Ids of visitors that an action is about. */
  readonly marked: ReadonlySet<string>;
}

/** Who is what for good in rooms, or who is banned there. */
export interface AffiliationsPage {
  readonly rooms: readonly BareJid[];
  readonly which: 'bans' | 'all';
  readonly state: PageState;
  readonly items: readonly AffiliationRow[];
  /** Ids of rows that an action is about. */
  readonly marked: ReadonlySet<string>;
  /** Lists that the room does not show, in a sentence each. */
  readonly problems: readonly Safe[];
}
export interface AffiliationRow {
  /** Room and address. */
  readonly id: string;
  readonly room: BareJid;
  readonly jid: Jid;
  readonly affiliation: Affiliation;
  /** Reserved nick. */
  readonly nick?: Safe;
  readonly reason?: Safe;
  /** When it was seen or done, milliseconds. */
  readonly at?: number;
  readonly by?: Safe;
}
