/** The index of what was said: three characters of a text at a time, so that any part of a word in any script is found; filled when nothing else is to be done. */

import { fold } from '../lib/fold.js';
import type { HistoryQuery } from '../model/history.js';
import type { Row, SqlValue, Statement } from './driver.js';

/**
 * `find` holds, for each message up to `indexed.upto`, the trigrams of its body (with an end that no body has, so that its
 * last characters begin trigrams too) and one mark each for chat, nick, month and whether we said it. It is contentless and
 * knows only which rows have a trigram: what it finds is looked at again.
 */
export const INDEX_TABLES = `
  create table nicks (id integer primary key, name text not null unique);
  create table months (month integer primary key);
  create table indexed (upto integer not null);
  insert into indexed values (0);
  create virtual table find using fts5 (body, chat, nick, month, self, content = '', contentless_delete = 1,
    detail = none, tokenize = 'trigram remove_diacritics 1');
  create virtual table terms using fts5vocab (find, instance);
`;

/** Rows of one step of filling: some 10 ms. */
const STEP_ROWS = 100;
/** So few rows that are not in the index are looked through as quickly. */
const LEFT = 500;
/** A word shorter than a trigram is looked up by the trigrams it begins; in more messages than this it is no help. */
const MOST_SHORT = 40_000;
/** More marks than this are no help either. */
const MOST_MARKS = 64;
/** A long word is found by so many of its trigrams. */
const MOST_TRIGRAMS = 5;
const MAX_NICKS = 20_000;
/** The index passes over marks of its own choice. */
const MARK = /\p{M}/u;
const END = '\u0001\u0001';

type Kind = 'chat' | 'nick' | 'month' | 'self';
const KINDS: Readonly<Record<Kind, number>> = { chat: 0xe001, nick: 0xe002, month: 0xe003, self: 0xe004 };
/** One trigram out of the private use area: no text that is typed has it, and if one had, the row is looked at again. */
const mark = (kind: Kind, n: number): string =>
  String.fromCharCode(KINDS[kind], 0xe800 + (Math.floor(n / 4096) & 0xfff), 0xe800 + (n & 0xfff));

function monthOf(at: number): number {
  const date = new Date(at);
  const month = date.getUTCFullYear() * 12 + date.getUTCMonth();
  return Number.isFinite(month) && month > 0 ? month : 0;
}

type Sql = (text: string) => Statement;

export interface WordIndex {
  /** Takes some more rows in; true: there is more to do, soon. */
  fill(): boolean;
  /** The body of a row was changed. */
  changed(id: number): void;
  /** Rows behind this are not in the index. */
  upto(): number;
  /** Where rows may be that fit; `undefined`: anywhere. */
  plan(query: HistoryQuery): Plan | undefined;
  /** The tables were made anew. */
  reset(): void;
}
/** An expression for `find match`, or the rows themselves, newest first. */
export type Plan = { readonly match: string } | { readonly ids: readonly number[] };

/** `usable`: the tables are there and are the ones of this version. */
export function createWordIndex(sql: Sql, usable: boolean): WordIndex {
  const nicks = new Map<string, number>();
  const months = new Set<number>();
  const forget = (): void => {
    nicks.clear();
    months.clear();
  };

  const nickOf = (name: string): number => {
    const known = nicks.get(name);
    if (known !== undefined) return known;
    const found = sql('select id from nicks where name = ?').get(name)?.['id'];
    const id = Number(found ?? sql('insert into nicks (name) values (?)').run(name).lastInsertRowid);
    if (nicks.size > MAX_NICKS) nicks.clear();
    nicks.set(name, id);
    return id;
  };
  const monthSeen = (month: number): number => {
    if (!months.has(month)) sql('insert or ignore into months values (?)').run(month);
    months.add(month);
    return month;
  };
  const insert = (row: Row): void => {
    sql('insert into find (rowid, body, chat, nick, month, self) values (?, ?, ?, ?, ?, ?)').run(
      Number(row['id']),
      String(row['body']) + END,
      mark('chat', Number(row['chat'])),
      mark('nick', nickOf(String(row['nick']))),
      mark('month', monthSeen(monthOf(Number(row['at'])))),
      row['self'] === 1 ? mark('self', 0) : '',
    );
  };
  const upto = (): number => (usable ? Number(sql('select upto from indexed').get()?.['upto'] ?? 0) : 0);
  const rows = (where: string, ...values: readonly SqlValue[]): readonly Row[] =>
    sql(`select id, chat, at, nick, self, body from messages where ${where}`).all(...values);

  const shortIds = (word: string): readonly number[] | undefined => {
    const end = `${word}\u{10ffff}`;
    const many = sql('select count(*) as n from (select 1 from terms where term >= ? and term < ? limit ?)');
    if (Number(many.get(word, end, MOST_SHORT)?.['n']) >= MOST_SHORT) return undefined;
    // As one text: so many rows one by one take longer than to find them.
    const found = sql('select group_concat(doc) as all_of_them from terms where term >= ? and term < ?').get(word, end);
    const text = found?.['all_of_them'];
    return typeof text === 'string' ? text.split(',').map(Number) : [];
  };
  const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const anyOf = (kind: Kind, all: readonly number[]): string => `(${all.map(n => quote(mark(kind, n))).join(' OR ')})`;

  /** The rows of this table whose name has this part. */
  const named = (table: 'nicks' | 'chats', column: 'name' | 'jid', part: string): readonly number[] =>
    sql(`select id, ${column} as name from ${table}`)
      .all()
      .flatMap(row => (fold(String(row['name'])).includes(part) ? [Number(row['id'])] : []));

  return {
    upto,
    reset: forget,
    fill() {
      const from = upto();
      const last = Number(sql('select max(id) as id from messages').get()?.['id'] ?? 0);
      if (last - from < LEFT) return false;
      sql('savepoint filling').run();
      try {
        let to = from;
        for (const row of rows('id > ? order by id limit ?', from, STEP_ROWS)) {
          insert(row);
          to = Number(row['id']);
        }
        sql('update indexed set upto = ?').run(to);
        sql('release filling').run();
        return last - to >= LEFT;
      } catch (error) {
        forget();
        sql('rollback to filling').run();
        sql('release filling').run();
        throw error;
      }
    },
    changed(id) {
      if (id > upto()) return;
      sql('delete from find where rowid = ?').run(id);
      for (const row of rows('id = ?', id)) insert(row);
    },
    plan(query) {
      if (!usable) return undefined;
      const groups: string[] = [];
      let without = '';
      const shorts: (readonly number[])[] = [];
      for (const word of query.words.map(fold)) {
        const chars = [...word];
        if (chars.length > 0 && chars.length < 3 && !MARK.test(word)) {
          const ids = shortIds(word);
          if (ids !== undefined) shorts.push(ids);
        }
        const trigrams = new Set<string>();
        for (let i = 0; i + 3 <= chars.length && trigrams.size < MOST_TRIGRAMS; i++) {
          const three = chars.slice(i, i + 3).join('');
          if (!MARK.test(three)) trigrams.add(three);
        }
        for (const three of trigrams) groups.push(quote(three));
      }
      for (const [kind, ids] of [
        ['chat', query.in === undefined ? undefined : named('chats', 'jid', fold(query.in))],
        [
          'nick',
          query.from === undefined || query.from === 'me' ? undefined : named('nicks', 'name', fold(query.from)),
        ],
        ['self', query.from === 'me' ? [0] : undefined],
      ] as const) {
        if (ids?.length === 0) return { ids };
        if (ids !== undefined && ids.length <= MOST_MARKS) groups.push(anyOf(kind, ids));
      }
      if (query.since !== undefined || query.before !== undefined) {
        const low = monthOf(query.since ?? 0);
        const high = query.before === undefined ? Number.POSITIVE_INFINITY : monthOf(query.before - 1);
        const all = sql('select month from months')
          .all()
          .map(row => Number(row['month']));
        const inside = all.filter(month => month >= low && month <= high);
        const outside = all.filter(month => month < low || month > high);
        if (inside.length === 0) return { ids: [] };
        // The shorter list; nothing can only be taken away from something.
        if (outside.length > 0 && (inside.length <= outside.length || groups.length === 0))
          groups.push(anyOf('month', inside));
        else if (outside.length > 0) without = ` NOT ${anyOf('month', outside)}`;
      }
      const fewest = shorts.sort((a, b) => a.length - b.length)[0];
      if (fewest !== undefined) return { ids: [...new Set(fewest)].sort((a, b) => b - a) };
      return groups.length === 0 ? undefined : { match: `(${groups.join(' AND ')})${without}` };
    },
  };
}
