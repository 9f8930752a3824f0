/** A reporter of node's test runner that writes each failed test as a line of JSON (`Failure` of `again.ts`); the runner loads it before it knows TypeScript. */

const MESSAGE_LINES = 12;

export default async function* failures(events) {
  /** Names of the suites that are open, by file. */
  const suites = new Map();
  for await (const { type, data } of events) {
    const { name = '', nesting = 0, file = '', details, todo } = data;
    if (type === 'test:start') {
      const open = (suites.get(file) ?? []).slice(0, nesting);
      open[nesting] = name;
      suites.set(file, open);
    }
    // A suite fails with its tests, which are told themselves.
    if (type !== 'test:fail' || todo !== undefined || details?.error?.failureType === 'subtestsFailed') continue;
    const isFile = file === '' || file === name || file.endsWith(`/${name}`);
    const cause = details?.error?.cause;
    const message = cause instanceof Error ? cause.message : String(cause ?? details?.error?.message ?? 'failed');
    const failure = {
      file: file === '' ? name : file,
      test: isFile ? '' : [...(suites.get(file) ?? []).slice(0, nesting), name].join(' › '),
      message: message.split('\n').slice(0, MESSAGE_LINES).join('\n'),
    };
    yield `${JSON.stringify(failure)}\n`;
  }
}
