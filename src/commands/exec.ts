/** /exec — run a program and show what it prints. */
import { asChat, cleanBody, cleanLine, count, defineCommand, plain, safe, UserError } from '../api.js';

const MOST_LINES = 20;

/** Words like a shell, without anything else a shell does. */
function words(line: string): readonly string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double?.replace(/\\(.)/g, '$1') ?? single ?? bare ?? '',
  );
}

export default defineCommand({
  name: 'exec',
  group: 'talk',
  summary: 'Run a program and show what it prints',
  description: 'No shell: no variables, pipes or patterns. -o says the output here, after a question if it is long.',
  args: {
    o: { type: 'flag', help: 'say the output in this chat' },
    program: { type: 'rest', help: 'program and arguments' },
  },
  examples: ['/exec uptime', '/exec -o fortune -s'],
  async run({ api, args, chat }) {
    const argv = words(args.program);
    const target = args.o ? asChat(chat) : undefined;
    const { code, output } = await api.exec(argv);
    const lines = cleanBody(output).trimEnd().split('\n');
    if (target === undefined) {
      const rows = lines.slice(0, 500).map(line => plain(cleanLine(line)));
      api.ui.notice(code === 0 ? rows : [...rows, plain(safe`ended with ${code}`, 'notice.warning')]);
      return;
    }
    if (code !== 0)
      throw new UserError(`The program ended with ${code}, so nothing was sent.`, `/exec ${args.program}`);
    if (
      lines.length > MOST_LINES &&
      !(await api.ui.confirm(safe`Send ${count(lines.length, 'line')} to ${target.title}?`))
    )
      return;
    if (output.trim() !== '') await api.chats.say(target.id, output.trimEnd());
  },
});
