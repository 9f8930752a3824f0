/** Runs other programs: an argument vector, never a shell; data goes to standard input; output is bounded and cleaned. */
import { spawn } from 'node:child_process';
import { errorText, UserError } from './errors.js';
import { cleanBody, type Safe } from './text.js';

/** Longer arguments are cut: the system refuses them anyway (E2BIG), and nobody means them. */
const MAX_ARGUMENT = 4096;
const MAX_OUTPUT = 64 * 1024;
const TIMEOUT_MS = 60_000;

/** Settles when the program ends; rejects with a UserError if it cannot be started or does not end within a minute. */
export function runProgram(
  argv: readonly string[],
  input?: string,
): Promise<{ readonly code: number; readonly output: Safe }> {
  const [program, ...args] = argv.map(word => word.replaceAll('\0', '').slice(0, MAX_ARGUMENT));
  if (program === undefined || program === '') return Promise.reject(new UserError('There is no program to run.'));
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
