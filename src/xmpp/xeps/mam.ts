/** XEP-0313 Message Archive Management: pages of archives; results count only while their query is open. https://xmpp.org/extensions/xep-0313.html */
import { UserError } from '../../lib/errors.js';
import { type BareJid, bareOf, type Jid, parseJid } from '../../lib/jid.js';
import type { IncomingMessage } from '../../model/incoming.js';
import { idOf } from '../decode.js';
import { StanzaError } from '../errors.js';
import { formOf } from '../forms.js';
import { NS_DELAY } from '../ns.js';
import { parseStamp, printStamp } from '../stamp.js';
import { isFromAccount } from '../trust.js';
import { defineXep } from '../xep.js';
import { attr, childOf, type Element, textOf, xml } from '../xml.js';

const NS = 'urn:xmpp:mam:2';
const NS_FORWARD = 'urn:xmpp:forward:0';
const NS_RSM = 'http://jabber.org/protocol/rsm';
const NS_DATA = 'jabber:x:data';
/** How servers call the field for words: XEP-0431 and what was there before it. */
const WORD_FIELDS = [
  '{urn:xmpp:fulltext:0}fulltext',
  'withtext',
  '{https://erlang-solutions.com/}full-text-search',
] as const;
const PAGE_MS = 30_000;
const MAX_PAGE = 250;
/** Longer than this an archive does not end. */
const MAX_CHECK_PAGES = 400;
const UNDECIDED: ReadonlySet<string> = new Set(['timeout', 'disconnected', 'offline']);

export interface MamQuery {
  /** Only messages with this address. */
  readonly with?: Jid;
  /** Archive id: what comes before it, newest page. Empty: the newest page of all. */
  readonly before?: string;
  /** Archive id: what comes after it. */
  readonly after?: string;
  /** Milliseconds since the epoch. */
  readonly start?: number;
  readonly end?: number;
  /** Messages on the page; at most 250. */
  readonly max?: number;
  /** Words, only where `searches` says yes. */
  readonly text?: string;
}
export interface MamPage {
  /** Oldest first, with `source: 'archive'` and the archive's `stanzaId`; not told to anybody else. */
  readonly messages: readonly IncomingMessage[];
  /** Archive ids at the ends, for the next question. */
  readonly first?: string;
  readonly last?: string;
  /** Nothing more in this direction. */
  readonly complete: boolean;
}
export interface MamApi {
  /** Whether this archive (a room, or the own account) can be asked. */
  has(archive: BareJid): Promise<boolean>;
  page(archive: BareJid, query?: MamQuery): Promise<MamPage>;
  /** Whether it finds words (XEP-0313 §4.1.5: a field of its form). */
  searches(archive: BareJid): Promise<boolean>;
  /**
   * Which of these ids of messages are in the archive behind a place: an archive id, or where it is forgotten a time
   * (milliseconds). `sure`: what was not found is not there, because this archive keeps everything.
   */
  arrived(
    archive: BareJid,
    ids: Iterable<string>,
    from: { readonly after: string | undefined; readonly start: number },
  ): Promise<{ readonly found: ReadonlySet<string>; readonly sure: boolean }>;
}
declare module '../../api.js' {
  interface XepApi {
    mam: MamApi;
  }
}

interface Open {
  readonly archive: BareJid;
  readonly messages: IncomingMessage[];
  /** Ids of everything received, also of what says nothing to a person. */
  readonly ids: Set<string>;
  /** Archive ids on this page, in its order. */
  readonly results: Set<string>;
  /** It sent more than anybody asked for; what came after that was not taken. */
  overflown: boolean;
}

export default defineXep({
  name: 'mam',
  spec: 'XEP-0313',
  title: 'Message Archive Management',
  install(context) {
    const open = new Map<string, Open>();

    function accept(query: Open, result: Element): void {
      const forwarded = childOf(result, 'forwarded', NS_FORWARD);
      const inner = childOf(forwarded, 'message');
      const id = idOf(attr(result, 'id'));
      if (inner === undefined || id === undefined || query.results.has(id)) return;
      if (query.results.size >= MAX_PAGE * 2) {
        query.overflown = true;
        return;
      }
      query.results.add(id);
      const from = parseJid(attr(inner, 'from'));
      const to = parseJid(attr(inner, 'to'));
      const own = query.archive === context.bare;
      // A room may only speak for those who spoke in it, the account's archive only of what was to or from us.
      const legitimate = own
        ? attr(inner, 'type') !== 'groupchat' &&
          [from, to].some(side => side !== undefined && bareOf(side) === context.bare)
        : attr(inner, 'type') === 'groupchat' && from !== undefined && bareOf(from) === query.archive;
      if (!legitimate) {
        context.debug('archived message that cannot be in this archive: dropped');
        return;
      }
      for (const known of [attr(inner, 'id'), attr(childOf(inner, 'origin-id', 'urn:xmpp:sid:0'), 'id')]) {
        if (known !== undefined) query.ids.add(known);
      }
      const stamp = parseStamp(attr(childOf(forwarded, 'delay', NS_DELAY), 'stamp'));
      const message = context.decode(inner, {
        source: 'archive',
        stanzaId: id,
        ...(stamp === undefined ? {} : { stamp: Math.min(stamp, context.clock.now()) }),
      });
      if (message !== undefined) query.messages.push(message);
    }

    context.intercept('message', el => {
      const result = childOf(el, 'result', NS);
      if (result === undefined) return false;
      const query = open.get(attr(result, 'queryid') ?? '');
      // CVE-2020-26547 and its like: only the archive that was asked, only to the question that is open.
      const asked =
        query !== undefined &&
        (parseJid(attr(el, 'from')) === query.archive ||
          (query.archive === context.bare && isFromAccount(context, el)));
      if (query === undefined || !asked) context.debug('archive result nobody asked for: dropped');
      else accept(query, result);
      return true;
    });
    context.on('ended', () => open.clear());

    async function ask(archive: BareJid, query: MamQuery): Promise<MamPage & { readonly ids: ReadonlySet<string> }> {
      const queryId = context.id();
      const field = (name: string, value: string | undefined, type?: string): Element | undefined =>
        value === undefined ? undefined : xml('field', { var: name, type }, xml('value', {}, value));
      const collected: Open = { archive, messages: [], ids: new Set(), results: new Set(), overflown: false };
      open.set(queryId, collected);
      try {
        const backwards = query.after === undefined && query.start === undefined;
        const before = query.before ?? (backwards ? '' : undefined);
        const max = Math.max(1, Math.min(MAX_PAGE, query.max ?? 100));
        const reply = await context.request(
          xml(
            'iq',
            { type: 'set', to: archive },
            xml(
              'query',
              { xmlns: NS, queryid: queryId },
              xml(
                'x',
                { xmlns: NS_DATA, type: 'submit' },
                field('FORM_TYPE', NS, 'hidden'),
                field('with', query.with),
                field('start', query.start === undefined ? undefined : printStamp(query.start)),
                field('end', query.end === undefined ? undefined : printStamp(query.end)),
                query.text === undefined ? undefined : field((await wordField(archive)) ?? WORD_FIELDS[0], query.text),
              ),
              xml(
                'set',
                NS_RSM,
                xml('max', {}, `${max}`),
                before === undefined ? undefined : xml('before', {}, ...(before === '' ? [] : [before])),
                query.after === undefined ? undefined : xml('after', {}, query.after),
              ),
            ),
          ),
          { timeoutMs: PAGE_MS },
        );
        const fin = childOf(reply, 'fin', NS);
        const set = childOf(fin, 'set', NS_RSM);
        const first = idOf(textOf(set, 'first'));
        const { results, overflown } = collected;
        // A page without its end ends with what was on it.
        const last = (overflown ? undefined : idOf(textOf(set, 'last'))) ?? [...results].at(-1);
        const place = Number(attr(childOf(set, 'first'), 'index') ?? Number.NaN) + results.size;
        // Some say that it is all when it is only all they give at once: a full page forwards is asked to go on, an empty one ends it.
        const goesOn =
          overflown || (!backwards && (results.size >= max || place < Number(textOf(set, 'count') ?? Number.NaN)));
        return {
          messages: collected.messages,
          ids: collected.ids,
          // A page that is empty and claims that there is more would be asked for again for ever.
          complete: (attr(fin, 'complete') === 'true' && !goesOn) || results.size === 0,
          ...(first === undefined ? {} : { first }),
          ...(last === undefined ? {} : { last }),
        };
      } finally {
        open.delete(queryId);
      }
    }

    /** The field for words that this archive names in its form. */
    const wordFields = new Map<BareJid, string | undefined>();
    async function wordField(archive: BareJid): Promise<string | undefined> {
      if (!wordFields.has(archive)) {
        const answer = await context.request(xml('iq', { type: 'get', to: archive }, xml('query', { xmlns: NS })));
        const form = childOf(childOf(answer, 'query', NS), 'x', NS_DATA);
        const names = form === undefined ? [] : formOf(form).fields.map(field => field.var);
        wordFields.set(
          archive,
          WORD_FIELDS.find(name => names.includes(name)),
        );
      }
      return wordFields.get(archive);
    }
    context.on('ended', () => wordFields.clear());

    async function has(archive: BareJid): Promise<boolean> {
      if (context.anonymous && archive === context.bare) return false;
      return (await context.use('disco').info(archive)).features.includes(NS);
    }

    /** > always, never, roster  §7: an archive that keeps less than everything proves nothing by what it lacks. */
    const keepsAll = new Map<BareJid, boolean>();
    async function keeps(archive: BareJid): Promise<boolean> {
      const known = keepsAll.get(archive);
      if (known !== undefined) return known;
      let all = true;
      // Rooms keep what they keep of everybody.
      if (archive === context.bare) {
        try {
          const answer = await context.request(xml('iq', { type: 'get' }, xml('prefs', { xmlns: NS })));
          const prefs = childOf(answer, 'prefs', NS);
          const some = (name: string): boolean => childOf(childOf(prefs, name), 'jid') !== undefined;
          all = attr(prefs, 'default') === 'always' && !some('never');
        } catch (error) {
          // Without preferences there is nothing to switch off.
          if (error instanceof StanzaError && UNDECIDED.has(error.condition)) throw error;
        }
      }
      keepsAll.set(archive, all);
      return all;
    }
    context.on('ended', () => keepsAll.clear());

    const mam: MamApi = {
      has,
      searches: async archive => (await has(archive)) && (await wordField(archive)) !== undefined,
      async arrived(archive, ids, { after, start }) {
        const wanted = new Set(ids);
        const found = new Set<string>();
        const places = new Set([after]);
        let place: Pick<MamQuery, 'after' | 'start'> = after === undefined ? { start } : { after };
        for (let count = 0; ; count++) {
          if (count === MAX_CHECK_PAGES) throw new StanzaError('timeout', { type: 'wait' });
          let page: Awaited<ReturnType<typeof ask>>;
          try {
            page = await ask(archive, { ...place, max: MAX_PAGE });
          } catch (error) {
            // The archive has forgotten the place: by time instead.
            const forgotten = error instanceof StanzaError && error.condition === 'item-not-found';
            if (!forgotten || place.after === undefined || place.after !== after) throw error;
            place = { start };
            continue;
          }
          for (const id of page.ids) if (wanted.has(id)) found.add(id);
          if (found.size === wanted.size) return { found, sure: true };
          if (page.complete) break;
          // In a circle nothing is proved.
          if (page.last === undefined || places.has(page.last)) return { found, sure: false };
          places.add(page.last);
          place = { after: page.last };
        }
        return { found, sure: await keeps(archive) };
      },
      async page(archive, query = {}) {
        if (context.anonymous && archive === context.bare) throw new UserError('Guests have no archive.');
        const { ids: _, ...page } = await ask(archive, query);
        return page;
      },
    };
    return { mam };
  },
});
