/** Runs other programs: an argument vector, never a shell (but $EDITOR, which may hold one); data goes to standard input; output is bounded and cleaned. */
import type { spawn as Spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorText, UserError } from './errors.js';
import { cleanBody, type Safe } from './text.js';

/** Longer arguments are cut: the system refuses them anyway (E2BIG), and nobody means them. */
const MAX_ARGUMENT = 4096;
const MAX_OUTPUT = 64 * 1024;
const TIMEOUT_MS = 60_000;

/** Loaded with the first program that is run. */
const spawning = async (): Promise<typeof Spawn> => (await import('node:child_process')).spawn;

/** Settles when the program ends; rejects with a UserError if it cannot be started or does not end within a minute. */
export async function runProgram(
  argv: readonly string[],
  input?: string,
): Promise<{ readonly code: number; readonly output: Safe }> {
  const [program, ...args] = argv.map(word => word.replaceAll('\0', '').slice(0, MAX_ARGUMENT));
  if (program === undefined || program === '') throw new UserError('There is no program to run.');
  const spawn = await spawning();
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'], timeout: TIMEOUT_MS });
    const chunks: Buffer[] = [];
    let size = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      if (size < MAX_OUTPUT) chunks.push(chunk);
      size += chunk.length;
    });
    // A program that does not read its input closes the pipe; that is its right.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
    child.once('error', error => reject(new UserError(`${program} cannot be run: ${errorText(error)}`)));
    child.once('close', code => {
      const text = Buffer.concat(chunks).subarray(0, MAX_OUTPUT).toString('utf8');
      resolve({ code: code ?? 1, output: cleanBody(text) });
    });
  });
}

/** More is no message; an editor that was given a log by mistake shall not stop the client. */
const MAX_EDITED = 256 * 1024;

/**
 * Lets the person edit a text in $VISUAL or $EDITOR on the terminal, which must have been given away before. `undefined`: it
 * was left as it was, or the editor ended with a failure. The file is in a folder of its own that nobody else can look into.
 */
export async function editText(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const editor = [env['VISUAL'], env['EDITOR'], 'vi'].find(one => one !== undefined && one.trim() !== '') ?? 'vi';
  const folder = mkdtempSync(join(env['XDG_RUNTIME_DIR'] || tmpdir(), 'causette-'));
  const file = join(folder, 'message.txt');
  try {
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
    const spawn = await spawning();
    // As git does: the variable is a command of a shell, the file an argument.
    const code = await new Promise<number>((resolve, reject) => {
      const child = spawn('/bin/sh', ['-c', `${editor} "$@"`, editor, file], { stdio: 'inherit' });
      child.once('error', error => reject(new UserError(`The editor cannot be run: ${errorText(error)}`)));
      child.once('close', status => resolve(status ?? 1));
    });
    if (code === 126 || code === 127)
      throw new UserError(`The editor "${editor}" cannot be run.`, 'Set EDITOR to the name of one, for example nano.');
    if (code !== 0) return undefined;
    const edited = readFileSync(file, 'utf8').slice(0, MAX_EDITED);
    return edited === text ? undefined : edited;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The program that opens addresses on this desktop; `undefined`: there is none, as over SSH. */
export function openerOf(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): readonly string[] | undefined {
  if (env['SSH_CONNECTION'] !== undefined && env['DISPLAY'] === undefined) return undefined;
  if (platform === 'darwin') return ['open'];
  return env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? ['xdg-open'] : undefined;
}

/** Starts a program that goes on by itself, with the address as its last argument. Rejects with a UserError if it cannot be started. */
export async function startProgram(argv: readonly string[], address: string): Promise<void> {
  const [program = '', ...args] = argv;
  const spawn = await spawning();
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args, address.slice(0, MAX_ARGUMENT)], { stdio: 'ignore', detached: true });
    child.once('error', error =>
      reject(new UserError(`${program} cannot be run: ${errorText(error)}`, 'Name another program in links.open.')),
    );
    child.once('spawn', () => {
      child.unref();
      resolve();
    });
  });
}
