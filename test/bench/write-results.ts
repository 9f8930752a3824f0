/** Puts the table of a run into README.md, with the day and the machine. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../setup.js';
import { markdown, type Row, verdict } from './report.js';

const FILE = join(import.meta.dirname, 'README.md');
const BEGIN = '<!-- results: npm run bench -- --write -->';
const END = '<!-- end of results -->';
const PROGRAMS = ['prosody', 'poezio', 'profanity', 'mcabber', 'irssi', 'weechat'];

/** The version of what is installed, where the system's package manager knows it. */
function versionOf(program: string): string | undefined {
  if (findProgram(program) === undefined) return undefined;
  try {
    const format = '$'.concat('{Version}');
    const name = program === 'weechat' ? 'weechat-curses' : program;
    return `${program} ${execFileSync('dpkg-query', ['-W', '-f', format, name], { stdio: ['ignore', 'pipe', 'ignore'] })}`;
  } catch {
    return program;
  }
}

/** Gives the file that was written. */
export function writeResults(rows: readonly Row[], note: string): string {
  const text = readFileSync(FILE, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${FILE} has no place for results`);
  const machine = `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${(totalmem() / 2 ** 30).toFixed(0)} GB, Node ${process.versions.node}`;
  const versions = PROGRAMS.flatMap(program => versionOf(program) ?? []).join(', ');
  const day = new Date().toISOString().slice(0, 10);
  const results = `${day}, ${machine}; ${versions}. ${note}\n\n${markdown(rows)}\n${verdict(rows)}\n`;
  writeFileSync(FILE, `${text.slice(0, begin)}${BEGIN}\n\n${results}\n${text.slice(end)}`);
  return FILE;
}
