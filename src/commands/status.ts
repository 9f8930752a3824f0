/** /status — say how available you are. */
import { cleanLine, defineCommand, type Show, safe, showWord } from '../api.js';

const SHOWS: Readonly<Record<string, Show | undefined>> = {
  available: undefined,
  online: undefined,
  chat: 'chat',
  away: 'away',
  afk: 'away',
  dnd: 'dnd',
  busy: 'dnd',
  xa: 'xa',
};

export default defineCommand({
  name: 'status',
  aliases: ['show'],
  group: 'people',
  summary: 'Say how available you are',
  description: 'Kept over reconnects, and told to contacts and rooms. Without an argument it shows what you said.',
  args: {
    show: { type: 'choice', optional: true, choices: Object.keys(SHOWS), help: 'how available' },
    text: { type: 'rest', optional: true, help: 'a few words' },
  },
  examples: ['/status away', '/status dnd writing', '/status available'],
  run({ api, args }) {
    const { facts } = api.session;
    if (args.show === undefined && args.text === undefined) {
      const words = facts.statusText === undefined ? safe`` : safe`: ${facts.statusText}`;
      api.ui.notice(safe`You are ${facts.status === 'online' ? showWord(facts.show) : safe`not connected`}${words}.`);
      return;
    }
    const show = args.show === undefined ? facts.show : SHOWS[args.show];
    api.session.setPresence({
      ...(show === undefined ? {} : { show }),
      ...(args.text === undefined ? {} : { status: args.text }),
    });
    api.ui.notice(
      safe`You are ${showWord(show)}${args.text === undefined ? safe`` : safe`: ${cleanLine(args.text)}`}.`,
    );
  },
});
