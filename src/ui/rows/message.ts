/** A message as rows: time, gutter, nick, separator, body; then everything that is known about it. */
import type { Span, Token } from '../../lib/span.js';
import { clip, joinSafe, type Safe, safe } from '../../lib/text.js';
import type { MessageEntry } from '../../model/types.js';
import { bodySpans } from './body.js';
import { MAX_ROWS, nickCells, nickColumn, type RowContext } from './context.js';
import { entryLines, timeAndGutter, timeBehind } from './entry.js';
import { type Line, words } from './line.js';

/** Names shown behind a reaction. */
const MAX_NAMES = 3;
const MAX_REACTIONS = 12;
/** A nick that brings a sign of rank, a separator or a time along cannot be told from ours by its place alone. */
const DECEIVING = /^[@+~&%!*?-]|[<>]|\s{2}|\d\d:\d\d|[\u2500-\u257f]/u;

function bodyToken(entry: MessageEntry): Token {
  if (entry.retracted !== undefined) return 'message.retracted';
  if (entry.delivery === 'failed') return 'message.failed';
  if (entry.delivery === 'queued' || entry.delivery === 'pending') return 'message.pending';
  if (entry.highlight) return 'message.highlight';
  if (entry.source === 'room-history' || entry.source === 'archive') return 'message.history';
  if (entry.action) return 'message.action';
  return entry.self ? 'message.self' : 'message.normal';
}

function nickSpans(entry: MessageEntry, context: RowContext): Span[] {
  const { name } = entry.sender;
  const shown = clip(name === '' ? ('?' as Safe) : name, nickCells(context));
  if (entry.self) return [...roleSign(entry, context), { text: shown, token: 'nick.self' }];
  const doubtful = DECEIVING.test(name) || context.doubtful?.(entry) === true;
  if (doubtful)
    return [...roleSign(entry, context), words('notice.warning', '?'), { text: shown, token: 'nick.doubtful' }];
  return [...roleSign(entry, context), { text: shown, token: 'nick.other', hue: context.hue?.(entry.sender) ?? name }];
}

function roleSign(entry: MessageEntry, context: RowContext): Span[] {
  // Which sign a nick has matters less than that it is the first word heard.
  if (context.spoken === true) return [];
  return entry.role === 'moderator' ? [words('room.moderator', '@')] : [];
}

/** One sentence in place of a text that was taken back. */
function tombstone(entry: MessageEntry): Span[] {
  const { by, reason } = entry.retracted ?? {};
  const who = by === undefined ? safe`retracted` : safe`retracted by ${clip(by, 60)}`;
  return [
    { text: reason === undefined ? safe`(${who})` : safe`(${who}: ${clip(reason, 200)})`, token: 'message.retracted' },
  ];
}

/** What stands behind the body: said in words or signs, never by colour alone. */
function marks(entry: MessageEntry, context: RowContext): Span[] {
  const { signs } = context;
  const spans: Span[] = [];
  if (entry.versions !== undefined && entry.versions.length > 0 && entry.retracted === undefined) {
    spans.push(words('message.corrected', ' [edited]'));
  }
  for (const remark of entry.remarks ?? []) spans.push({ text: safe` [${clip(remark, 200)}]`, token: 'text.dim' });
  switch (entry.delivery) {
    case 'queued':
    case 'pending':
      spans.push({ text: safe` ${signs.pending}`, token: 'message.pending' });
      break;
    case 'delivered':
      spans.push({ text: safe` ${signs.delivered}`, token: 'message.delivered' });
      break;
    case 'displayed':
      spans.push({ text: safe` ${signs.displayed}`, token: 'message.displayed' });
      break;
    case 'failed': {
      const why = entry.error === undefined ? safe`not sent` : clip(entry.error, 200);
      spans.push({ text: safe` [failed: ${why}] `, token: 'message.failed' }, words('text.key', '/resend'));
    }
  }
  return spans;
}

function replyRow(entry: MessageEntry, context: RowContext): Span[] | undefined {
  const { reply } = entry;
  if (reply === undefined || entry.retracted !== undefined) return undefined;
  const { signs } = context;
  const text =
    reply.name === undefined
      ? safe`${signs.reply} an earlier message`
      : safe`${signs.reply} ${clip(reply.name, nickCells(context))}: ${clip(reply.excerpt ?? ('' as Safe), 200)}`;
  return [{ text, token: 'text.dim' }];
}

function reactionRows(entry: MessageEntry): Span[][] {
  if (entry.reactions === undefined || entry.reactions.size === 0 || entry.retracted !== undefined) return [];
  const row: Span[] = [];
  let shown = 0;
  for (const [emoji, names] of entry.reactions) {
    if (++shown > MAX_REACTIONS) {
      row.push(words('text.dim', ` +${entry.reactions.size - MAX_REACTIONS}`));
      break;
    }
    const few = joinSafe(
      names.slice(0, MAX_NAMES).map(name => clip(name, 24)),
      ', ' as Safe,
    );
    const more = names.length > MAX_NAMES ? safe` +${names.length - MAX_NAMES}` : safe``;
    row.push({
      text: safe`${row.length === 0 ? safe`` : safe`  `}${clip(emoji, 4)} ${few}${more}`,
      token: 'message.reaction',
    });
  }
  return [row];
}

export function messageLines(entry: MessageEntry, context: RowContext): Line[] {
  const token = bodyToken(entry);
  const sign = entry.highlight ? words('message.highlight', context.spoken === true ? 'for you: ' : '!') : undefined;
  const prefix = timeAndGutter(entry.at, context, sign);
  const aligned = nickColumn(context) > 0;
  const nick = nickSpans(entry, context);
  const speaker: Span[] = [];
  const actor: Span[] = [];
  if (entry.sender.room === true) speaker.push(words('notice.info', '-- '));
  else if (entry.action) {
    speaker.push(words('message.action', context.spoken === true ? '' : '* '));
    // In a column of nicks the star stands alone: the nick begins the sentence.
    (aligned ? actor : speaker).push(...nick, words('text.normal', ' '));
  } else speaker.push(...nick, words('nick.separator', context.spoken === true ? ':' : '>'), words('text.normal', ' '));
  prefix.push(...speaker);

  let body: readonly Span[];
  if (entry.retracted !== undefined) body = tombstone(entry);
  else if (entry.body.trim() === '') body = [words('text.dim', '(empty message)')];
  else body = bodySpans(entry.body, token, context.expand);
  if (context.render !== undefined && entry.retracted === undefined) body = context.render(body, entry);
  const above = replyRow(entry, context);
  return entryLines(
    {
      prefix,
      flush: speaker.length,
      text: true,
      body: [...actor, ...body, ...marks(entry, context), ...timeBehind(entry.at, context)],
      below: reactionRows(entry),
      ...(above === undefined ? {} : { above }),
      ...(context.expand ? {} : { maxRows: MAX_ROWS }),
    },
    context,
  );
}
