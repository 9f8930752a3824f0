/** Without a terminal: connects, runs the lines of --exec, prints what the client says, and ends with an exit code for scripts. */
import { EXIT } from './cli.js';
import type { Core } from './core/app.js';
import type { StartIntent } from './core/start.js';

/** How a script ended: the exit code, and what to say in the rooms on the way out. */
export interface BatchEnd {
  readonly code: number;
  readonly message?: string;
}

/** Settles when everything was done, or as soon as it is clear that it cannot be. */
export async function runBatch(
  core: Pick<Core, 'api' | 'shell' | 'start'>,
  intent: StartIntent,
  print: (text: string) => void,
): Promise<BatchEnd> {
  // The end comes by itself, with an exit code that knows what went wrong; so /quit only says when, and why.
  const words = intent.exec.map(line => /^\/(\S+)\s*(.*)$/s.exec(line.trim()));
  const quits = words.findIndex(found => core.api.commands.find(found?.[1] ?? '')?.name === 'quit');
  const exec = quits < 0 ? intent.exec : intent.exec.slice(0, quits);
  const message = words[quits]?.[2] ?? '';
  const { api, shell } = core;
  let failures = 0;
  const undos = [
    api.on('notice:added', ({ text, level }) => {
      if (level === 'error') failures++;
      print(text);
    }),
    // There is nobody to answer: a question counts as refused.
    shell.onTouch(region => {
      const open = region === 'input' ? shell.question() : undefined;
      if (open !== undefined) queueMicrotask(() => shell.answer(open.id, undefined));
    }),
  ];
  const hopeless = untilHopeless(core);
  undos.push(hopeless.undo);
  try {
    const done = core.start({ ...intent, exec, alone: true }).then(() => (failures > 0 ? EXIT.failed : EXIT.ok));
    const code = await Promise.race([done, hopeless.code]);
    return { code, ...(message !== '' && { message }) };
  } finally {
    for (const undo of undos) undo();
  }
}

/** The exit code as soon as it is clear that there will be no connection: a script does not wait for better times. */
export function untilHopeless({ api }: Pick<Core, 'api'>): { readonly code: Promise<number>; undo(): void } {
  let wasOnline = false;
  let undo = (): void => {};
  const code = new Promise<number>(resolve => {
    undo = api.on('connection:changed', ({ session: { status, failure } }) => {
      wasOnline ||= status === 'online';
      // A lost connection gets its chance to come back, and who ends it with /quit or /disconnect had what they wanted.
      if (status === 'stopped' && wasOnline && failure === undefined) return;
      if (status === 'stopped') resolve(failure?.refused === true ? EXIT.refused : EXIT.unreachable);
      else if (status === 'waiting' && !wasOnline) resolve(EXIT.unreachable);
    });
  });
  return { code, undo: () => undo() };
}
