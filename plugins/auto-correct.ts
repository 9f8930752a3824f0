/** auto-correct — `s/wrong/right/` corrects the last thing you said. */
import { cleanLine, definePlugin, findMessage, safe, UserError } from '../src/api.js';

const COMMAND = /^s\/((?:[^/\\]|\\.)+)\/((?:[^/\\]|\\.)*)(?:\/([gi]*))?$/u;
const plainOf = (text: string): string => text.replace(/\\([/\\])/g, '$1');
const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The corrected text; `undefined` if the line is no correction, the text itself if nothing in it matches. */
export function corrected(line: string, text: string): string | undefined {
  const parts = COMMAND.exec(line);
  if (parts === null) return undefined;
  const [, from = '', to = '', flags = ''] = parts;
  // Taken as written, not as a regular expression: people correct words.
  return text.replace(new RegExp(literal(plainOf(from)), `u${flags}`), () => plainOf(to));
}

export default definePlugin({
  name: 'auto-correct',
  api: 1,
  help: [
    'A line s/wrong/right/ is not said but corrects the last thing you said in this chat (XEP-0308).',
    'Behind the last slash: g for every place, i for upper and lower case alike. \\/ is a slash.',
    'To say such a line: /say s/wrong/right/',
  ].join('\n'),
  setup(api) {
    api.filter('line:submit', value => {
      const { chat } = value.tab;
      if (chat === undefined || !COMMAND.test(value.line)) return value;
      const last = findMessage(chat.log, message => message.self && message.retracted === undefined);
      if (last === undefined) return value;
      const before = last.action ? `/me ${last.body}` : last.body;
      const after = corrected(value.line, before);
      if (after === undefined || after === before) {
        api.ui.error(safe`Your last message here does not hold that: ${cleanLine(before.slice(0, 60))}`, {
          chat: chat.id,
        });
        return undefined;
      }
      api.chats.correct(chat.id, after, last.messageId).catch((error: unknown) => {
        const sentence = error instanceof UserError ? error : new UserError('The correction could not be sent.');
        api.ui.error(sentence, { chat: chat.id });
      });
      return undefined;
    });
  },
});
