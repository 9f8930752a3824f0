/** The first minute: what the command line asked for, while the connection is being made. */
import type { Api } from '../api.js';
import { errorText, UserError } from '../lib/errors.js';
import { type BareJid, bareOf, isFull, type Jid, localOf, parseJid, resourceOf } from '../lib/jid.js';
import { cleanIdentifier, cleanLine, safe } from '../lib/text.js';
import { gatewayFor, withoutHash } from './irc-rooms.js';
import type { LoginOverrides } from './session.js';
import { quoteWord } from './words.js';
import { isXmppUri, parseXmppUri } from './xmpp-uri.js';

/** What the command line says. */
export interface StartIntent extends LoginOverrides {
  /** Rooms or `xmpp:` links, as typed. */
  readonly rooms: readonly string[];
  readonly nick?: string;
  /** Lines to run when connected. */
  readonly exec: readonly string[];
  /** Nobody can be asked: a guest without a nick takes the one that would be proposed. */
  readonly alone?: boolean;
}

interface Target {
  /** Somebody else's words, perhaps handed over by a browser: asked about first. */
  readonly link: boolean;
  readonly room: BareJid;
  readonly nick?: string;
  readonly password?: string;
  readonly authority?: BareJid;
}

export function createStart(options: {
  readonly api: () => Api;
  readonly override: (overrides: LoginOverrides) => void;
  readonly account: () => BareJid | undefined;
  /** We are on the way into this room: lines for it wait instead of being refused. */
  readonly expect: (room: BareJid, nick: string) => void;
  /** And now we are not. */
  readonly giveUp: (room: BareJid) => void;
  /** An option as this account has it. */
  readonly setting: (name: 'rooms.nick' | 'guest.nick') => string;
  /** Some letters and digits nobody can guess. */
  readonly random: () => string;
  /** Settles when what was opened is on the screen; the network, and the code for it, gets its turn after that. */
  readonly drawn?: (() => Promise<void>) | undefined;
}): (intent: StartIntent) => Promise<void> {
  const { api, override, account, random, expect, giveUp, setting } = options;

  const complain = (error: unknown): void => {
    api().ui.error(error instanceof UserError ? error : cleanLine(errorText(error)));
  };

  const readTarget = (text: string): Target => {
    const {
      jid,
      password,
      authority,
    }: { jid: Jid | undefined; password?: string | undefined; authority?: BareJid | undefined } = isXmppUri(text)
      ? fromLink(text)
      : { jid: parseJid(withoutHash(text, gatewayFor(api(), undefined))) };
    if (jid === undefined || localOf(jid) === undefined) {
      throw new UserError(
        `“${cleanIdentifier(text)}” is not the address of a room.`,
        'It looks like room@service or room@service/nick.',
      );
    }
    const nick = isFull(jid) ? resourceOf(jid) : undefined;
    return {
      link: isXmppUri(text),
      room: bareOf(jid),
      ...(nick !== undefined && { nick }),
      ...(password !== undefined && { password }),
      ...(authority !== undefined && { authority }),
    };
  };

  const fromLink = (
    text: string,
  ): { jid: Jid | undefined; password: string | undefined; authority: BareJid | undefined } => {
    const reading = parseXmppUri(text);
    if (!reading.ok) throw new UserError(reading.problem);
    const { jid, action, params, authority } = reading.uri;
    if (action !== undefined && action !== 'join') {
      throw new UserError(`This link is not for entering a room but for “${cleanIdentifier(action)}”.`);
    }
    return { jid, password: params.get('password'), authority };
  };

  /** An authority with a local part must be our account; a bare domain names the guest host. */
  const guestHostOf = (targets: readonly Target[], own: BareJid | undefined): BareJid | undefined => {
    let host: BareJid | undefined;
    for (const { authority } of targets) {
      if (authority === undefined || authority === own) continue;
      if (localOf(authority) !== undefined) {
        const shown = cleanIdentifier(authority);
        api().ui.notice(safe`A link wants the account ${shown}, which is not yours here; that part is ignored.`, {
          level: 'warning',
        });
      } else if (own === undefined) host ??= authority;
    }
    return host;
  };

  const suggestion = (): string =>
    `guest-${random()
      .replace(/[^a-z0-9]/gi, '')
      .slice(0, 3)
      .toLowerCase()}`;

  /** One nick for all rooms that need one; `undefined`: the command or the person decides later. */
  const commonNick = async (
    intent: StartIntent,
    targets: readonly Target[],
    own: BareJid | undefined,
  ): Promise<string | undefined> => {
    if (intent.nick !== undefined) return intent.nick;
    const set = setting('rooms.nick') || (own === undefined ? setting('guest.nick') : '');
    if (set !== '') return set;
    if (own !== undefined) return localOf(own);
    if (targets.every(one => one.nick !== undefined)) return undefined;
    const suggested = suggestion();
    if (intent.alone) return suggested;
    const answer = await api().ui.ask({ text: safe`Nick for this visit [${cleanIdentifier(suggested)}]:` });
    return answer === undefined ? undefined : answer.trim() || suggested;
  };

  /** The targets without the links that the person does not want to follow. */
  const agreed = async (targets: readonly Target[]): Promise<readonly Target[]> => {
    const wanted: Target[] = [];
    for (const target of targets) {
      const { room, authority } = target;
      const through = authority === undefined ? safe`` : safe` through ${cleanIdentifier(authority)}`;
      // Addresses of strangers are long: they stand whole above the question, not cut in it.
      if (target.link) api().ui.notice(safe`The link leads to ${cleanIdentifier(room)}${through}.`);
      if (!target.link || (await api().ui.confirm(safe`Follow the link?`))) wanted.push(target);
      else {
        giveUp(room);
        api().ui.notice(safe`You did not enter this room. /join enters it.`, { chat: room });
      }
    }
    return wanted;
  };

  return async intent => {
    override(intent);
    const named: Target[] = [];
    const problems: unknown[] = [];
    for (const text of intent.rooms) {
      try {
        named.push(readTarget(text));
      } catch (error) {
        problems.push(error);
      }
    }
    // Something is on the screen, and can be typed into, before anything is asked of the network.
    const opening = api().tabs.list.find(tab => tab.kind === 'start');
    for (const { room } of named) api().tabs.openChat(api().chats.open(room, 'room').id, { background: true });
    const first = named[0];
    for (const { room, nick } of named) expect(room, nick ?? intent.nick ?? '');
    // Beside others it begins behind them.
    const background = api().tabs.shown === undefined;
    if (first !== undefined) api().tabs.openChat(first.room, { background });
    // Who came for a room has it as the first tab; what the start tab would say is needed by nobody there.
    if (first !== undefined && opening !== undefined) api().tabs.close(opening);
    for (const problem of problems) complain(problem);

    let own: BareJid | undefined;
    try {
      own = account();
    } catch (error) {
      complain(error);
      return;
    }
    // An account has people: they are the first thing to see, and the first tab.
    if (own !== undefined && opening !== undefined && first === undefined) {
      api().tabs.open('roster', undefined, { background });
      api().tabs.close(opening);
    }
    if (options.drawn !== undefined) await options.drawn();
    // A script that says what to run there has chosen its links.
    const asks = intent.exec.length === 0 && intent.alone !== true && named.some(target => target.link);
    const targets = asks ? await agreed(named) : named;
    if (targets.length === 0 && named.length > 0 && own === undefined) return;
    const authority = guestHostOf(targets, own);
    const connected = api()
      .session.connect({
        ...(first === undefined ? {} : { room: first.room }),
        ...(authority === undefined ? {} : { authority }),
      })
      .then(
        () => true,
        // The connection speaks for itself through its facts; what has none is said here.
        (error: unknown) => {
          if (api().session.facts.failure === undefined) complain(error);
          return false;
        },
      );

    const nick = await commonNick(intent, targets, own);
    const needNick = targets.some(one => one.nick === undefined);
    if (nick === undefined && needNick) {
      for (const { room, nick: own } of targets) if (own === undefined) giveUp(room);
      api().ui.notice(safe`No nick, so no room was entered. /join enters it.`, { level: 'warning' });
    }
    const entering = targets.map(async target => {
      const name = target.nick ?? nick;
      if (name === undefined || !(await connected)) return;
      const tab = api().tabs.list.find(one => one.chat?.id === target.room);
      const password = target.password === undefined ? '' : ` ${quoteWord(target.password)}`;
      await api().commands.run(`/join -background ${quoteWord(`${target.room}/${name}`)}${password}`, tab);
    });
    if (!(await connected)) return;
    await Promise.all(entering);
    for (const line of intent.exec) await api().commands.run(line);
  };
}
