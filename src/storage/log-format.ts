/** The lines of the text logs: how a message becomes one record that no body can forge, and how it is read again. See README.md here. */
import { cleanBody, cleanIdentifier, type Safe } from '../lib/text.js';
import type { MessageEntry } from '../model/types.js';

/** About an earlier message: `fix`: its new text, `del`: it was taken back, `err`: it was not delivered, `ok`: it was, after all. */
export type NoteKind = 'fix' | 'del' | 'err' | 'ok';
/** `in`: said by others, `out`: by us. */
export type RecordKind = 'in' | 'out' | NoteKind;
export interface LogRecord {
  readonly kind: RecordKind;
  readonly at: number;
  readonly name: string;
  /** With `/me ` in front if it is an action. */
  readonly body: string;
}
/** A record and where it begins in the text. */
export type FoundRecord = LogRecord & { readonly start: number };

const HEAD = /^(\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\dZ) (in |out|fix|del|err|ok ) <((?:[^\\>]|\\.)*)>(?: (.*))?$/;
/** Commands of a terminal, and what turns the text around for whoever reads the file. */
const CONTROLS = /[\0-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g;
const CONTINUED = '  ';

const escapeControl = (control: string): string => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;
const nameOf = (name: string): string =>
  name.replace(/[\\>]/g, '\\$&').replace(/\n/g, '\\u000a').replace(CONTROLS, escapeControl);

const MAX_TIME = 8.64e15;

/** As a record begins. */
export function stampOf(at: number): string {
  const time = Number.isFinite(at) ? Math.min(Math.max(at, 0), MAX_TIME) : 0;
  return new Date(time)
    .toISOString()
    .replace(/^\+0*/, '')
    .replace(/\.\d+Z$/, 'Z');
}

/** `2026-11`: the period of a log file. */
export const monthOf = (at: number): string => stampOf(at).split('-').slice(0, 2).join('-');

function bodyFor(entry: MessageEntry, kind: RecordKind): string {
  switch (kind) {
    case 'del':
      return entry.retracted?.reason ?? '';
    case 'err':
      return entry.error ?? '';
    case 'ok':
      return '';
    default:
      return `${entry.action ? '/me ' : ''}${entry.body}`;
  }
}
/** What a record says, as it is shown. */
export function shownBody(body: string): { readonly body: Safe; readonly action: boolean } {
  const action = body.startsWith('/me ');
  return { body: cleanBody(action ? body.slice(4) : body), action };
}

export function printRecord(entry: MessageEntry, kind: RecordKind): string {
  const body = bodyFor(entry, kind);
  // Only a record starts at the edge: what a body says in further lines is indented.
  const text = body.replace(CONTROLS, escapeControl).replaceAll('\n', `\n${CONTINUED}`);
  return `${stampOf(entry.at)} ${kind.padEnd(3)} <${nameOf(entry.sender.name)}>${text === '' ? '' : ` ${text}`}\n`;
}

/** What stands at the beginning of each file. */
export const printHeader = (address: string): string =>
  `# Causette history 1, times are UTC, ${nameOf(address).replaceAll('\\>', '>')}\n`;

/** The chat that a file is about, out of its first line. */
export const addressOf = (beginning: string): string | undefined =>
  /^# Causette history 1, times are UTC, (.+)$/m.exec(beginning)?.[1];

/** The records of a file; what is none (a line cut by a crash, a hand's edit) is left out. */
export function* readRecords(text: string): Generator<FoundRecord> {
  let open: { kind: RecordKind; at: number; name: string; lines: string[]; start: number } | undefined;
  let next = 0;
  const close = (one: NonNullable<typeof open>): FoundRecord => ({
    kind: one.kind,
    at: one.at,
    start: one.start,
    name: cleanIdentifier(one.name),
    body: cleanBody(one.lines.join('\n')),
  });
  for (const line of text.split('\n')) {
    const start = next;
    next += line.length + 1;
    if (line.startsWith(CONTINUED)) {
      open?.lines.push(line.slice(CONTINUED.length));
      continue;
    }
    if (open !== undefined) yield close(open);
    open = undefined;
    const found = HEAD.exec(line);
    const at = Date.parse(found?.[1] ?? '');
    if (found === null || Number.isNaN(at)) continue;
    const name = (found[3] ?? '').replace(/\\([\\>])/g, '$1');
    open = { kind: (found[2] ?? '').trim() as RecordKind, at, name, lines: [found[4] ?? ''], start };
  }
  if (open !== undefined) yield close(open);
}
