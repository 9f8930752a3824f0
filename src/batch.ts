/** Without a terminal: connects, runs the lines of --exec, prints what the client says, and ends with an exit code for scripts. */
import { EXIT } from './cli.js';
import type { Core } from './core/app.js';
import type { StartIntent } from './core/start.js';

/** Settles with the exit code when everything was done, or as soon as it is clear that it cannot be. */
export async function runBatch(core: Core, intent: StartIntent, print: (text: string) => void): Promise<number> {
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
  let wasOnline = false;
  const failed = new Promise<number>(resolve => {
    undos.push(
      api.on('connection:changed', ({ session: { status, failure } }) => {
        wasOnline ||= status === 'online';
        // A script does not wait for better times; a lost connection gets one chance to come back.
        if (status === 'stopped') resolve(failure?.refused === true ? EXIT.refused : EXIT.unreachable);
        else if (status === 'waiting' && !wasOnline) resolve(EXIT.unreachable);
      }),
    );
  });
  try {
    const done = core.start(intent).then(() => (failures > 0 ? EXIT.failed : EXIT.ok));
    return await Promise.race([done, failed]);
  } finally {
    for (const undo of undos) undo();
  }
}
