/** Puts into the text logs what the database has and a killed process did not write there any more. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { ChatId, MessageEntry } from '../model/types.js';
import { fileNameOf } from './file-name.js';
import { monthOf, printRecord } from './log-format.js';
import type { TextLog } from './text-log.js';

/** So much of the end of a file is looked at. */
const TAIL = 4 * 1024 * 1024;

/** `rows`: what came after the last message that is known to be written, oldest first. */
export function repairTextLog(
  folder: string,
  textLog: TextLog,
  rows: readonly { readonly chat: ChatId; readonly entry: MessageEntry }[],
): void {
  const tails = new Map<string, string>();
  for (const { chat, entry } of rows) {
    const path = join(folder, fileNameOf(chat), `${monthOf(entry.at)}.log`);
    let tail = tails.get(path);
    if (tail === undefined) {
      tail = readTail(path);
      tails.set(path, tail);
    }
    const kind = entry.self ? 'out' : 'in';
    if (!tail.includes(`\n${printRecord(entry, kind)}`)) textLog.add(chat, entry, kind);
  }
  if (rows.length > 0) textLog.flush();
}

function readTail(path: string): string {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch {
    return '';
  }
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, TAIL));
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, size - bytes.length)).toString('utf8');
  } finally {
    closeSync(file);
  }
}
