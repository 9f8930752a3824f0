/** Reads a text log from its end, a block at a time: the newest lines are wanted first, and a file may be large. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

export const BLOCK = 128 * 1024;
const NEWLINE = 0x0a;
const SPACE = 0x20;

export interface LogBlock {
  /** Whole records. */
  readonly text: string;
  /** Where they begin in the file, bytes. */
  readonly offset: number;
  /** Number of the block; what is in it changes no more if it is `full`. */
  readonly number: number;
  readonly full: boolean;
}

/** Whole records of the file, the last ones first. A file that cannot be read has none. */
export function* blocksOf(path: string, skip: (number: number) => boolean = () => false): Generator<LogBlock> {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch {
    return;
  }
  try {
    const { size } = fstatSync(file);
    const blocks = Math.ceil(size / BLOCK);
    let carried: Buffer = Buffer.alloc(0);
    for (let number = blocks - 1; number >= 0; number--) {
      const start = number * BLOCK;
      const own = Buffer.alloc(Math.min(size, start + BLOCK) - start);
      const read = readSync(file, own, 0, own.length, start);
      const bytes = Buffer.concat([own.subarray(0, read), carried]);
      const head = start === 0 ? 0 : firstHead(bytes);
      carried = bytes.subarray(0, head);
      if (head === bytes.length || skip(number)) continue;
      yield { text: bytes.toString('utf8', head), offset: start + head, number, full: number < blocks - 1 };
    }
  } finally {
    closeSync(file);
  }
}

/** The first line that is no continuation, or the end. */
function firstHead(bytes: Buffer): number {
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) {
    if (at + 1 < bytes.length && !(bytes[at + 1] === SPACE && bytes[at + 2] === SPACE)) return at + 1;
  }
  return bytes.length;
}

/** The beginning of the file. */
export function beginningOf(path: string, length: number): string {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch {
    return '';
  }
  try {
    const bytes = Buffer.alloc(length);
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, length, 0));
  } finally {
    closeSync(file);
  }
}
