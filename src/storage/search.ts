/** Search in the database: newest first, a few milliseconds at a time, so that keys are never kept waiting. */
import { parseJid } from '../lib/jid.js';
import type { ChatId } from '../model/types.js';
import type { Row, SqlValue, Statement } from './driver.js';
import { COLUMNS, entryOf } from './record.js';
import { DEFAULT_LIMIT, type Hit, type Matcher, type Query } from './types.js';
import type { WordIndex } from './word-index.js';

/** Then the keyboard is listened to. */
const TURN_MS = 8;
/** Rows asked for at once: few at first, so that the first hits are there at once. */
const FIRST_ROWS = 200;
const MOST_ROWS = 3200;
/** Rows that are named one by one. */
const NAMED_ROWS = 100;

/** What is looked at; the rest is read of what was found. */
const ROW = 'm.id as id, c.jid as jid, m.at as at, m.nick as nick, m.self as self, m.body as body';
const WHOLE = `select id, ${COLUMNS.join(', ')} from messages where id = ?`;
const SCAN = `select ${ROW} from messages m join chats c on c.id = m.chat where m.id < ? and m.id > ? order by m.id desc limit ?`;
const MATCH =
  `select ${ROW} from find join messages m on m.id = find.rowid join chats c on c.id = m.chat ` +
  'where find match ? and find.rowid < ? order by find.rowid desc limit ?';
const NAMED = `select ${ROW} from messages m join chats c on c.id = m.chat where m.id in (${new Array(NAMED_ROWS).fill('?').join()}) order by m.id desc`;

export function* searchIn(
  query: Query,
  fits: Matcher,
  sql: (text: string) => Statement,
  index: WordIndex,
): Generator<readonly Hit[]> {
  const most = query.limit ?? DEFAULT_LIMIT;
  let hits: Hit[] = [];
  let count = 0;
  let begun = performance.now();

  /** The batches of rows one after the other; pauses between them. */
  function* look(batches: Iterable<readonly Row[]>): Generator<readonly Hit[]> {
    for (const rows of batches) {
      for (const row of rows) {
        const hit = count < most ? hitOf(row, fits, sql) : undefined;
        if (hit === undefined) continue;
        hits.push(hit);
        count++;
      }
      if (count >= most) return;
      if (performance.now() - begun < TURN_MS) continue;
      yield hits;
      hits = [];
      begun = performance.now();
    }
  }
  function* pages(ask: (before: number, limit: number) => readonly Row[], from: number): Generator<readonly Row[]> {
    let before = from;
    for (let limit = FIRST_ROWS; ; limit = Math.min(limit * 2, MOST_ROWS)) {
      const rows = ask(before, limit);
      yield rows;
      if (rows.length < limit) return;
      before = Number(rows.at(-1)?.['id']);
    }
  }
  const scan = (down: number) => (before: number, limit: number) => sql(SCAN).all(before, down, limit);

  const upto = index.upto();
  // What came last is not in the index yet.
  yield* look(pages(scan(upto), Number.MAX_SAFE_INTEGER));
  if (count < most && upto > 0) {
    const plan = index.plan(query);
    if (plan === undefined) yield* look(pages(scan(0), upto + 1));
    else if ('match' in plan) {
      const { match } = plan;
      yield* look(pages((before, limit) => sql(MATCH).all(match, before, limit), upto + 1));
    } else yield* look(named(plan.ids, sql));
  }
  yield hits;
}

function* named(ids: readonly number[], sql: (text: string) => Statement): Generator<readonly Row[]> {
  for (let at = 0; at < ids.length; at += NAMED_ROWS) {
    const some: SqlValue[] = ids.slice(at, at + NAMED_ROWS);
    while (some.length < NAMED_ROWS) some.push(null);
    yield sql(NAMED).all(...some);
  }
}

function hitOf(row: Row, fits: Matcher, sql: (text: string) => Statement): Hit | undefined {
  const chat = typeof row['jid'] === 'string' ? row['jid'] : '';
  const [nick, body] = [String(row['nick']), String(row['body'])];
  if (!fits({ chat, at: Number(row['at']), nick, self: row['self'] === 1, body })) return undefined;
  const id = parseJid(chat);
  const whole = id === undefined ? undefined : sql(WHOLE).get(Number(row['id']));
  if (id === undefined || whole === undefined) return undefined;
  const entry = entryOf(whole);
  return entry.retracted === undefined ? { chat: id as ChatId, entry } : undefined;
}
