/** A message as a row of the database and back; what comes back is cleaned again, because files can be edited. */
import { parseJid } from '../lib/jid.js';
import { cleanBody, cleanIdentifier, cleanLine, type Safe } from '../lib/text.js';
import type { Delivery, MessageEntry, MessageSource, Role, Sender } from '../model/types.js';
import type { Row, SqlValue } from './driver.js';

export const COLUMNS = ['at', 'nick', 'self', 'body', 'sid', 'oid', 'mid', 'delivery', 'more'] as const;

const DELIVERIES: ReadonlySet<string> = new Set(['queued', 'pending', 'sent', 'delivered', 'displayed', 'failed']);
const SOURCES: ReadonlySet<string> = new Set(['live', 'room-history', 'archive', 'carbon', 'local']);
const ROLES: ReadonlySet<string> = new Set(['moderator', 'participant', 'visitor', 'none']);

export function valuesOf(entry: MessageEntry): readonly SqlValue[] {
  const { sender } = entry;
  const more = {
    ...(sender.jid !== undefined && { jid: sender.jid }),
    ...(sender.occupantId !== undefined && { occ: sender.occupantId }),
    ...(sender.realJid !== undefined && { real: sender.realJid }),
    ...(sender.room === true && { room: true }),
    ...(entry.action && { action: true }),
    ...(entry.highlight && { highlight: true }),
    src: entry.source,
    ...(entry.error !== undefined && { error: entry.error }),
    ...(entry.versions !== undefined && entry.retracted === undefined && { versions: entry.versions }),
    ...(entry.retracted !== undefined && { retracted: entry.retracted }),
    ...(entry.reply !== undefined && { reply: entry.reply }),
    ...(entry.reactions !== undefined && { reactions: [...entry.reactions] }),
    ...(entry.remarks !== undefined && { remarks: entry.remarks }),
    ...(entry.role !== undefined && { role: entry.role }),
  };
  return [
    Number.isFinite(entry.at) ? Math.trunc(entry.at) : 0,
    sender.name,
    entry.self ? 1 : 0,
    // Taken back means that it is not kept either.
    entry.retracted === undefined ? entry.body : '',
    entry.stanzaId ?? null,
    entry.originId ?? null,
    entry.messageId ?? null,
    entry.delivery ?? null,
    JSON.stringify(more),
  ];
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const object = (value: unknown): Row | undefined =>
  typeof value === 'object' && value !== null ? (value as Row) : undefined;
const lines = (value: unknown): readonly Safe[] =>
  Array.isArray(value) ? value.filter(one => typeof one === 'string').map(one => cleanBody(one)) : [];

function parse(json: unknown): Row {
  try {
    return object(JSON.parse(text(json) ?? '{}')) ?? {};
  } catch {
    return {};
  }
}

export function entryOf(row: Row): MessageEntry {
  const more = parse(row['more']);
  const jid = parseJid(text(more['jid']));
  const real = parseJid(text(more['real']));
  const occupantId = text(more['occ']);
  const sender: Sender = {
    name: cleanIdentifier(text(row['nick']) ?? ''),
    ...(jid !== undefined && { jid }),
    ...(occupantId !== undefined && { occupantId }),
    ...(real !== undefined && { realJid: real }),
    ...(more['room'] === true && { room: true }),
  };
  const [stanzaId, originId, messageId] = [text(row['sid']), text(row['oid']), text(row['mid'])];
  const delivery = text(row['delivery']);
  const source = text(more['src']) ?? '';
  const role = text(more['role']);
  const error = text(more['error']);
  const retracted = object(more['retracted']);
  const reply = object(more['reply']);
  const [by, reason] = [text(retracted?.['by']), text(retracted?.['reason'])];
  const [replyId, name, excerpt] = [text(reply?.['id']), text(reply?.['name']), text(reply?.['excerpt'])];
  const reactions = Array.isArray(more['reactions'])
    ? more['reactions'].flatMap((pair: unknown): [Safe, readonly Safe[]][] =>
        Array.isArray(pair) && typeof pair[0] === 'string'
          ? [[cleanIdentifier(pair[0]), lines(pair[1]).map(one => cleanIdentifier(one))]]
          : [],
      )
    : [];
  return {
    kind: 'message',
    seq: 0,
    rev: 0,
    stored: Number(row['id']),
    at: Number(row['at']) || 0,
    sender,
    self: row['self'] === 1,
    body: cleanBody(text(row['body']) ?? ''),
    action: more['action'] === true,
    highlight: more['highlight'] === true,
    source: SOURCES.has(source) ? (source as MessageSource) : 'archive',
    ...(stanzaId !== undefined && { stanzaId }),
    ...(originId !== undefined && { originId }),
    ...(messageId !== undefined && { messageId }),
    ...(delivery !== undefined && DELIVERIES.has(delivery) && { delivery: delivery as Delivery }),
    ...(error !== undefined && { error: cleanLine(error) }),
    ...(Array.isArray(more['versions']) && { versions: lines(more['versions']) }),
    ...(retracted !== undefined && {
      retracted: {
        ...(by !== undefined && { by: cleanIdentifier(by) }),
        ...(reason !== undefined && { reason: cleanLine(reason) }),
      },
    }),
    ...(replyId !== undefined && {
      reply: {
        id: replyId,
        ...(name !== undefined && { name: cleanIdentifier(name) }),
        ...(excerpt !== undefined && { excerpt: cleanLine(excerpt) }),
      },
    }),
    ...(reactions.length > 0 && { reactions: new Map(reactions) }),
    ...(Array.isArray(more['remarks']) && { remarks: lines(more['remarks']) }),
    ...(role !== undefined && ROLES.has(role) && { role: role as Role }),
  };
}
