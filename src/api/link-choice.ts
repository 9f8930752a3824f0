/** Which address of a chat is meant: by its number, or asked for. */
import type { Api } from '../api.js';
import { UserError } from '../lib/errors.js';
import { type Link, linksIn, targetOf } from '../lib/links.js';
import { span } from '../lib/span.js';
import { safe } from '../lib/text.js';
import type { Chat } from '../model/types.js';
import { asChat, count, plain } from '../model/wording.js';

/** Messages looked through for an address. */
const MOST = 500;

/** The addresses of the chosen message, else those of the newest messages, newest first. */
function candidates(api: Api, chat: Chat): readonly Link[] {
  const chosen = api.ui.screen.focused();
  const message = chosen === undefined ? undefined : chat.log.get(chosen);
  if (message?.kind === 'message') return linksIn(message.body);
  const links: Link[] = [];
  let looked = 0;
  for (const entry of chat.log.newest()) {
    if (++looked > MOST) break;
    if (entry.kind === 'message' && entry.retracted === undefined) links.push(...linksIn(entry.body).toReversed());
  }
  return links;
}

/**
 * An address that was typed, or the one with this number (default: the newest; of several in the chosen message it is asked
 * which). `undefined`: the person gave up. Rejects with a UserError if there is none.
 */
export async function chosenLink(
  api: Api,
  chat: Chat | undefined,
  which: string | undefined,
): Promise<string | undefined> {
  if (which !== undefined && !/^\d+$/.test(which)) {
    const target = targetOf(which);
    if (target === undefined) throw new UserError('This is no address that can be opened.', 'http:, https: or xmpp:');
    return target;
  }
  const ofChosen = api.ui.screen.focused() !== undefined;
  const links = candidates(api, asChat(chat));
  let number = Number(which ?? 1);
  if (which === undefined && ofChosen && links.length > 1) {
    api.ui.notice(links.map((link, i) => [span('text.key', safe`${i + 1} `), ...plain(link.text, 'text.link')]));
    const answer = await api.ui.ask({
      text: safe`Which of ${count(links.length, 'address', 'addresses')}?`,
      initial: '1',
    });
    if (answer === undefined) return undefined;
    number = Number(answer);
  }
  const link = links[number - 1];
  if (link === undefined)
    throw new UserError(
      ofChosen ? 'There is no such address in this message.' : 'There is no such address in this chat.',
      '/urls shows those that were posted.',
    );
  return link.target;
}
