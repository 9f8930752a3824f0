/** The queryable history of one account in SQLite. Kinds of failure and the schema are described in README.md here. */
import { closeSync, constants, existsSync, openSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import type { BareJid } from '../lib/jid.js';
import type { Database, Driver, Statement } from './driver.js';
import { COLUMNS, entryOf, valuesOf } from './record.js';
import { searchIn } from './search.js';
import { syncPaths } from './sync-paths.js';
import type { Hit, Keep, Place } from './types.js';
import { createWordIndex, INDEX_TABLES } from './word-index.js';

export const SCHEMA = 2;
/** Between two messages appended: so many can be put there later, when the archive has them. */
const STEP = 2 ** 20;

/** Asked for each message: made once, so that the prepared statement is found by the same string. */
const FIND = {
  sid: 'select id from messages where chat = ? and sid = ? limit 1',
  oid: 'select id from messages where chat = ? and oid = ? and self = 1 limit 1',
  // Without an index, because it is asked seldom; what is changed was said lately.
  mid:
    'select id from (select id, place, mid from messages where chat = ? order by place desc, id desc limit 1000) ' +
    'where mid = ? order by place desc, id desc limit 1',
};
const EDGE = {
  min: 'select min(place) as place from messages where chat = ?',
  max: 'select max(place) as place from messages where chat = ?',
};

const TABLES = `
  create table chats (id integer primary key, jid text not null unique);
  create table messages (
    id integer primary key, chat integer not null references chats, place integer not null,
    at integer not null, nick text not null, self integer not null, body text not null,
    sid text, oid text, mid text, delivery text, more text not null
  );
  create index messages_place on messages (chat, place, id);
  create unique index messages_sid on messages (chat, sid) where sid is not null;
  create index messages_oid on messages (chat, oid) where oid is not null;
  create table cursors (archive text primary key, sid text not null) without rowid;
  ${INDEX_TABLES}
`;

export interface SqliteKeep extends Keep {
  /** Key of the message that was added last; 0: none. */
  newest(): number;
  /** What was added after this key, oldest first. */
  addedAfter(key: number, limit: number): readonly Hit[];
  readonly writable: boolean;
  /** Waits until the disk has everything that was kept; throws if it does not. */
  sync(): void;
  close(): void;
}

/** Opens or makes it; a file that is none any more is moved away and said. */
export function openSqlite(options: {
  readonly driver: Driver;
  readonly file: string;
  readonly readOnly: boolean;
  readonly onProblem: (sentence: string) => void;
  readonly now: () => number;
  readonly sync?: typeof syncPaths;
}): SqliteKeep | undefined {
  const { driver, file, readOnly, onProblem, now } = options;
  const open = (): { database: Database } & Prepared => {
    if (!readOnly) {
      // Through no link, and with our mode, which its companions inherit.
      closeSync(openSync(file, constants.O_CREAT | constants.O_RDWR | constants.O_NOFOLLOW, 0o600));
    }
    const database = driver(file, { readOnly });
    try {
      return { database, ...prepare(database, readOnly) };
    } catch (error) {
      try {
        database.close();
      } catch {
        // It was none.
      }
      throw error;
    }
  };
  const setAside = (): string => {
    const stamp = new Date(now()).toISOString().replace(/[:.]/g, '').slice(0, 15);
    let aside = `${file}.${stamp}.corrupt`;
    for (let i = 2; existsSync(aside); i++) aside = `${file}.${stamp}-${i}.corrupt`;
    for (const part of ['', '-wal', '-shm']) if (existsSync(file + part)) renameSync(file + part, aside + part);
    return aside;
  };

  let opened: ReturnType<typeof open>;
  try {
    if (readOnly && !existsSync(file)) return undefined;
    opened = open();
  } catch (error) {
    if (!isDamage(error) || readOnly) throw error;
    const aside = setAside();
    onProblem(
      `The history was damaged. It is kept as ${aside}, and a new one is begun; the text logs are still there.`,
    );
    opened = open();
  }
  if (!opened.writable && !readOnly) {
    onProblem('The history was written by a newer Causette: it is only read now, nothing is added.');
  }
  return createKeep(opened, {
    // A commit is in the journal, and before that moves into the database SQLite waits for the disk itself. Never the database:
    // closing any handle of it would take SQLite's locks away.
    sync: () => (options.sync ?? syncPaths)([`${file}-wal`, dirname(file)]),
    // A page was bad in the middle of the work.
    renew(database) {
      try {
        database.close();
      } catch {
        // Nothing to save.
      }
      const aside = setAside();
      onProblem(
        `The history is damaged. It is kept as ${aside}, and a new one is begun; the text logs are still there.`,
      );
      return open().database;
    },
  });
}

interface Prepared {
  readonly writable: boolean;
  /** The index of words is one we know. */
  readonly indexed: boolean;
}

function prepare(database: Database, readOnly: boolean): Prepared {
  database.exec('pragma busy_timeout = 5000');
  const version = Number(database.prepare('pragma user_version').get()?.['user_version'] ?? 0);
  if (version === 0) {
    if (readOnly) return { writable: false, indexed: false };
    database.exec('pragma journal_mode = wal; pragma synchronous = normal');
    database.exec(`begin immediate; ${TABLES} pragma user_version = ${SCHEMA}; commit`);
    return { writable: true, indexed: true };
  }
  // Damage in the first pages shows here and not with the first message.
  database.prepare('select count(*) from sqlite_schema').get();
  database.prepare('select id from messages order by id desc limit 1').get();
  if (readOnly || version > SCHEMA) return { writable: false, indexed: version === SCHEMA };
  database.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma cache_size = -8000');
  if (version === 1) {
    database.exec(`begin immediate; drop trigger words_add; drop trigger words_remove; drop trigger words_change;
      drop table words; ${INDEX_TABLES} pragma user_version = ${SCHEMA}; commit`);
  }
  return { writable: true, indexed: true };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** SQLITE_CORRUPT, SQLITE_NOTADB. */
export function isDamage(error: unknown): boolean {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
  return code === 11 || code === 26 || /malformed|not a database/i.test(messageOf(error));
}

function createKeep(
  { database: first, writable, indexed }: { readonly database: Database } & Prepared,
  repair: { renew(database: Database): Database; sync(): void },
): SqliteKeep {
  let database = first;
  let statements = new Map<string, Statement>();
  let chats = new Map<string, number>();
  let inBatch = false;

  const sql = (text: string): Statement => {
    let statement = statements.get(text);
    if (statement === undefined) {
      statement = database.prepare(text);
      statements.set(text, statement);
    }
    return statement;
  };

  const index = createWordIndex(sql, indexed);

  const guarded = <T>(run: () => T, otherwise: T): T => {
    try {
      return run();
    } catch (error) {
      if (!isDamage(error) || !writable) throw error;
      statements = new Map();
      chats = new Map();
      index.reset();
      inBatch = false;
      database = repair.renew(database);
      return otherwise;
    }
  };

  const chatOf = (jid: string, make: boolean): number | undefined => {
    const known = chats.get(jid);
    if (known !== undefined) return known;
    const found = sql('select id from chats where jid = ?').get(jid)?.['id'];
    if (found === undefined && !make) return undefined;
    const id = Number(found ?? sql('insert into chats (jid) values (?)').run(jid).lastInsertRowid);
    // One that a rollback takes back must not be remembered.
    if (!inBatch || found !== undefined) chats.set(jid, id);
    return id;
  };

  const edge = (chat: number, which: 'min' | 'max'): number | undefined => {
    const value = sql(EDGE[which]).get(chat)?.['place'];
    return value === null || value === undefined ? undefined : Number(value);
  };
  const placeOf = (chat: number, where: Place): number => {
    if (where === 'start') return (edge(chat, 'min') ?? 0) - STEP;
    const last = edge(chat, 'max');
    if (where === 'end') return (last ?? 0) + STEP;
    const after = Number(sql('select place from messages where id = ?').get(where.after)?.['place'] ?? last ?? 0);
    const next = sql('select min(place) as place from messages where chat = ? and place > ?').get(chat, after)?.[
      'place'
    ];
    // Without room in between they share a place, and the later key goes behind.
    if (next === null || next === undefined) return after + STEP;
    return after + 1 < Number(next) ? after + 1 : after;
  };
  const find = (chat: number, column: keyof typeof FIND, id: string): number | undefined => {
    const found = sql(FIND[column]).get(chat, id)?.['id'];
    return found === undefined ? undefined : Number(found);
  };

  const inserting = `insert into messages (chat, place, ${COLUMNS.join(', ')}) values (?, ?${', ?'.repeat(COLUMNS.length)}) on conflict do nothing`;
  const changing = `update messages set ${COLUMNS.map(name => `${name} = ?`).join(', ')} where id = ? and chat = ?`;
  const reading = `select id, place, ${COLUMNS.join(', ')} from messages`;

  const keep: SqliteKeep = {
    writable,
    add(chat, entry, where) {
      if (!writable) return undefined;
      return guarded(() => {
        const id = chatOf(chat, true) ?? 0;
        const result = sql(inserting).run(id, placeOf(id, where), ...valuesOf(entry));
        // Of an archive id there is one in a chat: whoever comes second learns the key of the first.
        return Number(result.changes) === 0 ? find(id, 'sid', entry.stanzaId ?? '') : Number(result.lastInsertRowid);
      }, undefined);
    },
    change(chat, key, entry) {
      if (!writable) return;
      guarded(() => {
        const id = chatOf(chat, false);
        if (id === undefined) return;
        // The archive may have put the same stanza away twice (MongooseIM #4316): the first one keeps the id.
        const other = entry.stanzaId === undefined ? undefined : find(id, 'sid', entry.stanzaId);
        const { stanzaId: _, ...rest } = entry;
        const body = sql('select body from messages where id = ?').get(key)?.['body'];
        sql(changing).run(...valuesOf(other === undefined || other === key ? entry : rest), key, id);
        if (body !== (entry.retracted === undefined ? entry.body : '')) index.changed(key);
      }, undefined);
    },
    page(chat, limit, before) {
      return guarded(() => {
        const id = chatOf(chat, false);
        if (id === undefined) return [];
        const rows =
          before === undefined
            ? sql(`${reading} where chat = ? order by place desc, id desc limit ?`).all(id, limit)
            : sql(
                `${reading} where chat = ?1 and (place, id) < (select place, id from messages where id = ?2) ` +
                  'order by place desc, id desc limit ?3',
              ).all(id, before, limit);
        return rows.map(entryOf).reverse();
      }, []);
    },
    around(chat, key, limit) {
      return guarded(() => {
        const id = chatOf(chat, false);
        if (id === undefined) return [];
        const from = sql(
          `${reading} where chat = ?1 and (place, id) >= (select place, id from messages where id = ?2) ` +
            'order by place, id limit ?3',
        ).all(id, key, limit + 1);
        return [...keep.page(chat, limit, key), ...from.map(entryOf)];
      }, []);
    },
    find(chat, { stanzaId, originId, messageId }) {
      return guarded(() => {
        const id = chatOf(chat, false);
        if (id === undefined) return undefined;
        return (
          (stanzaId === undefined ? undefined : find(id, 'sid', stanzaId)) ??
          (originId === undefined ? undefined : find(id, 'oid', originId)) ??
          (messageId === undefined ? undefined : find(id, 'mid', messageId))
        );
      }, undefined);
    },
    move(from, to, keys) {
      if (!writable || keys.length === 0) return;
      keep.batch(() =>
        guarded(() => {
          const old = chatOf(from, false);
          const id = chatOf(to, true);
          if (old === undefined || id === undefined || old === id) return;
          const places = new Map(
            keys.flatMap(key => {
              const row = sql('select place from messages where id = ? and chat = ?').get(key, old);
              return row === undefined ? [] : [[key, Number(row['place'])] as const];
            }),
          );
          let place = edge(id, 'max') ?? 0;
          for (const [key] of [...places].sort(([a, x], [b, y]) => x - y || a - b)) {
            place += STEP;
            const sid = sql('select sid from messages where id = ?').get(key)?.['sid'];
            // One archive id exists once in a chat.
            const kept = typeof sid === 'string' && find(id, 'sid', sid) === undefined ? sid : null;
            sql('update messages set chat = ?, place = ?, sid = ? where id = ?').run(id, place, kept, key);
            index.changed(key);
          }
        }, undefined),
      );
    },
    search: (query, fits) => searchIn(query, fits, sql, index),
    tidy: () => writable && guarded(() => index.fill(), false),
    cursor(archive) {
      return guarded(() => {
        const value = sql('select sid from cursors where archive = ?').get(archive)?.['sid'];
        return typeof value === 'string' ? value : undefined;
      }, undefined);
    },
    setCursor(archive: BareJid, id: string) {
      if (!writable) return;
      guarded(() => {
        sql('insert into cursors (archive, sid) values (?, ?) on conflict do update set sid = excluded.sid').run(
          archive,
          id,
        );
      }, undefined);
    },
    batch(run) {
      if (inBatch || !writable) return run();
      database.exec('begin immediate');
      inBatch = true;
      try {
        const result = run();
        // A repair in between has ended it.
        if (inBatch) database.exec('commit');
        return result;
      } catch (error) {
        index.reset();
        if (inBatch) database.exec('rollback');
        throw error;
      } finally {
        inBatch = false;
      }
    },
    sync: () => repair.sync(),
    newest: () => guarded(() => Number(sql('select max(id) as id from messages').get()?.['id'] ?? 0), 0),
    addedAfter(key, limit) {
      return guarded(
        () =>
          sql(
            `select m.id as id, c.jid as jid, ${COLUMNS.map(name => `m.${name} as ${name}`).join(', ')} ` +
              'from messages m join chats c on c.id = m.chat where m.id > ? order by m.id limit ?',
          )
            .all(key, limit)
            .map(row => ({ chat: String(row['jid']) as Hit['chat'], entry: entryOf(row) })),
        [],
      );
    },
    count(chat) {
      return guarded(() => {
        const id = chat === undefined ? undefined : chatOf(chat, false);
        if (chat !== undefined && id === undefined) return 0;
        const row =
          id === undefined
            ? sql('select count(*) as n from messages').get()
            : sql('select count(*) as n from messages where chat = ?').get(id);
        return Number(row?.['n'] ?? 0);
      }, 0);
    },
    close() {
      try {
        // The optional package leaves the journal behind; emptied, it is no burden.
        if (writable) database.exec('pragma optimize; pragma wal_checkpoint(truncate)');
        database.close();
      } catch {
        // The end is near anyway.
      }
    },
  };
  return keep;
}
