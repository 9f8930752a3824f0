/** Logging in: as whom, with which password, and what the person is told about the connection. */
import { errorText, UserError } from '../lib/errors.js';
import { type BareJid, bareOf, domainOf, localOf, parseBareJid } from '../lib/jid.js';
import { cleanIdentifier, cleanLine, type Safe, safe } from '../lib/text.js';
import type { SessionFacts } from '../model/types.js';
import { type GuestHost, guestHosts, readHostMap } from './guest-hosts.js';
import type { LoginOptions, Programs, Settings, Wire } from './ports.js';

/** What the command line says about the login; it goes before the settings. */
export interface LoginOverrides {
  readonly jid?: string;
  readonly server?: string;
  readonly passwordCommand?: readonly string[];
  readonly host?: string;
  readonly port?: number;
  readonly tls?: 'starttls' | 'direct';
  readonly caFile?: string;
  readonly allowPlaintext?: boolean;
}
export interface ConnectOptions {
  readonly jid?: BareJid;
  /** As a guest, here and nowhere else. */
  readonly guestHost?: string;
  readonly password?: string;
  /** As a guest who wants into this room: hosts that may reach it are tried in order. */
  readonly room?: BareJid;
  /** The guest host a link names; tried first. */
  readonly authority?: string;
}
export interface SessionService {
  connect(options?: ConnectOptions): Promise<void>;
  /** The reason is said to the rooms. */
  disconnect(reason?: string): Promise<void>;
  /** Now instead of later; when it had stopped, the same login again. */
  reconnect(): Promise<void>;
  readonly trust: Wire['trust'];
  newAccount(address: BareJid): ReturnType<Wire['newAccount']>;
  download(address: string, maxBytes: number): ReturnType<Wire['download']>;
  override(overrides: LoginOverrides): void;
  /** Guest hosts that have not been tried for this room; none if a person chose one. */
  guestHostsLeft(room: BareJid): readonly string[];
  /** The account that would be used now; `undefined`: a guest. */
  readonly account: BareJid | undefined;
  /** The account of the login that was begun last, or would be begun now. Never throws. */
  readonly identity: BareJid | undefined;
  /** The connection changed: says what a person should know. */
  told(facts: SessionFacts): void;
}

export function createSession(options: {
  readonly wire: Wire;
  readonly settings: Pick<Settings, 'get'>;
  /** It is open beside this one, so that this one cannot log in as it. */
  readonly isTaken: (account: BareJid) => boolean;
  readonly programs: Programs;
  readonly facts: () => SessionFacts;
  /** Before connecting: whose history is opened. Never rejects. */
  readonly opening: (account: BareJid | undefined, guestHost?: BareJid) => Promise<void>;
  /** The account is this process's alone here. */
  readonly alone: () => boolean;
  readonly askSecret: (text: Safe) => Promise<string | undefined>;
  readonly notice: (level: 'info' | 'warning' | 'error', text: Safe) => void;
}): SessionService {
  const { wire, settings, programs, facts, opening, alone, askSecret, notice } = options;
  let overrides: LoginOverrides = {};
  /** Kept while logged in, so that a lost connection does not ask again. */
  let password: string | undefined;
  let passwordOwner: BareJid | undefined;
  let begun = false;
  /** The password was typed just now, so that it may be a slip. */
  let typed = false;
  /** The one before it was not accepted. */
  let again = false;
  /** This login worked once, so that a refusal means: the password was changed. */
  let worked = false;
  /** What `connect` was asked for last, without a password. */
  let last: ConnectOptions = {};
  /** Counts logins, so that one that was replaced asks nothing more. */
  let attempt = 0;
  let before: SessionFacts['status'] = 'offline';
  let lastSentence = '';
  /** Guest hosts that did not lead into a room. */
  const failedHosts = new Map<BareJid, Set<string>>();
  /** Guesses that came to nothing while others let us in: asked once is enough. */
  const noHosts = new Set<string>();
  /** The person named the guest host we are at. */
  let chosen = false;

  const text = (name: string): string => String(settings.get(name));
  const accountOf = (jid: string): BareJid => {
    const parsed = parseBareJid(jid);
    if (parsed === undefined || localOf(parsed) === undefined) {
      throw new UserError(`“${cleanIdentifier(jid)}” is not the address of an account.`, 'It looks like you@server.');
    }
    return parsed;
  };

  const fromProgram = async (argv: readonly string[]): Promise<string> => {
    const { code, output } = await programs.run(argv);
    const first = output.split('\n')[0]?.replace(/\r$/, '') ?? '';
    if (code === 0 && first !== '') return first;
    throw new UserError(
      `The password program ${cleanIdentifier(argv[0] ?? '')} ${code === 0 ? 'printed nothing' : `ended with ${code}`}.`,
      'See account.password_command.',
    );
  };

  /** The program gives the password of the account it was set for, and of no other: it would tell another server. */
  const programOf = (account: BareJid): readonly string[] => {
    if (account !== service.account) return [];
    const set = settings.get('account.password_command');
    return overrides.passwordCommand ?? (Array.isArray(set) ? (set as readonly string[]) : []);
  };

  const passwordFor = (account: BareJid, given: string | undefined) => async (): Promise<string | undefined> => {
    password ??= given;
    if (password !== undefined) return password;
    const argv = programOf(account);
    let answer: string | undefined;
    if (argv.length > 0) {
      try {
        answer = await fromProgram(argv);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        notice('error', cleanLine(`${error.message} ${error.hint ?? ''}`.trimEnd()));
      }
    }
    typed = answer === undefined;
    answer ??= await askSecret(
      again
        ? safe`Password of ${cleanIdentifier(account)}, once more (Esc gives up):`
        : safe`Password of ${cleanIdentifier(account)}:`,
    );
    if (answer === undefined) typed = false;
    again = false;
    password = answer;
    return answer;
  };

  const common = (): Partial<LoginOptions> => {
    const host = overrides.host ?? text('account.host');
    const port = overrides.port ?? Number(settings.get('account.port'));
    const tls = overrides.tls ?? text('account.tls');
    const caFile = overrides.caFile ?? text('account.ca_file');
    const proxy = text('account.proxy');
    const pins = settings.get('account.pins');
    return {
      ...(host !== '' && { host }),
      ...(port !== 0 && { port }),
      ...((tls === 'starttls' || tls === 'direct') && { tls }),
      ...(caFile !== '' && { caFile }),
      ...(proxy !== '' && { proxy }),
      ...(Array.isArray(pins) && pins.length > 0 && { pins: pins as readonly string[] }),
      ...(overrides.allowPlaintext && { allowPlaintext: true }),
    };
  };
  /** Where to dial belongs to the account of the settings; a guest host named otherwise is found by DNS. */
  const guestOptions = (domain: string): Partial<LoginOptions> => {
    const { host: _host, port: _port, tls: _tls, pins: _pins, ...rest } = common();
    const named = overrides.host !== undefined || overrides.port !== undefined;
    if (!named) return rest;
    // Who says on the command line where to dial, and not for which server, means any.
    if (overrides.server === undefined) return common();
    return domain === (overrides.server ?? text('guest.host')) ? common() : rest;
  };
  /** The same for another account than that of the settings, unless the command line says where to dial. */
  const accountOptions = (account: BareJid): Partial<LoginOptions> => {
    const { host: _host, port: _port, tls: _tls, pins: _pins, ...rest } = common();
    const set = service.account;
    const other = set !== undefined && domainOf(set) !== domainOf(account);
    return other && overrides.host === undefined && overrides.port === undefined ? rest : common();
  };

  const words = (name: string): readonly string[] => {
    const value = settings.get(name);
    return Array.isArray(value) ? (value as readonly string[]) : [];
  };
  const hostsFor = (room: BareJid | undefined, authority: string | undefined): readonly GuestHost[] =>
    guestHosts({
      room,
      authority,
      map: readHostMap(words('guest.hosts')),
      find: settings.get('guest.find') === true,
      configured: [text('guest.host'), ...words('guest.more')],
    });

  /** One host after the other, each with a line; if none lets us in we go `back`, or wait for the first one named. */
  const connectAsGuest = async (mine: number, hosts: readonly GuestHost[], back?: string): Promise<void> => {
    let waitFor = back;
    const nothing: string[] = [];
    for (const [index, { domain, guess }] of hosts.entries()) {
      if (!guess) waitFor ??= domain;
      // The only one is no try: it is waited for.
      if (hosts.length === 1 && back === undefined) break;
      try {
        await opening(undefined);
        await wire.connect({ ...guestOptions(domain), domain, once: true, ...(guess && { guess }) });
        // Only of a host that exists anything is kept; before a room is entered nothing comes.
        await opening(undefined, parseBareJid(domain));
        for (const one of nothing) noHosts.add(one);
        return;
      } catch (error) {
        if (mine !== attempt) throw error;
        if (guess) nothing.push(domain);
        const next = hosts[index + 1];
        const then = next === undefined ? back : next.domain;
        const trying = then === undefined ? safe`` : safe` Trying ${cleanIdentifier(then)} …`;
        // Of a name that was only guessed nobody needs to know why it is nothing.
        const why = guess ? safe`No guests at ${cleanIdentifier(domain)}.` : cleanLine(errorText(error));
        notice('info', safe`${why}${trying}`);
      }
    }
    const domain = parseBareJid(waitFor ?? '');
    if (domain === undefined || localOf(domain) !== undefined) {
      const guessed = hosts.some(one => one.guess);
      if (guessed) await wire.disconnect();
      throw new UserError(
        guessed ? 'No server near the room lets guests in.' : 'There is no guest server to connect to.',
        'Name one: /connect anon.example.org, or log in: /login you@server',
      );
    }
    await opening(undefined, domain);
    await wire.connect({ ...guestOptions(domain), domain });
  };

  const service: SessionService = {
    async connect({ jid, guestHost, password: given, room, authority } = {}) {
      const mine = ++attempt;
      last = {
        ...(jid !== undefined && { jid }),
        ...(guestHost !== undefined && { guestHost }),
        ...(room !== undefined && { room }),
        ...(authority !== undefined && { authority }),
      };
      const account = jid ?? (guestHost === undefined ? service.account : undefined);
      if (account !== undefined && options.isTaken(account)) {
        const shown = cleanIdentifier(account);
        throw new UserError(`${shown} is open already, beside this account.`, `/account ${shown} goes there.`);
      }
      const { status, anonymous, domain: at } = facts();
      const back = status === 'online' && anonymous && room !== undefined ? at : undefined;
      if (status === 'online' || status === 'connecting' || status === 'waiting') await wire.disconnect();
      // What was typed for one account is never told to the server of another.
      if (given !== undefined || account !== jid || account !== passwordOwner) password = undefined;
      passwordOwner = account;
      begun = true;
      before = 'offline';
      lastSentence = '';
      worked = false;
      if (account === undefined) {
        password = undefined;
        const named = guestHost ?? overrides.server;
        chosen = named !== undefined;
        if (named !== undefined) return connectAsGuest(mine, [{ domain: named, guess: false }]);
        const failed = room === undefined ? undefined : failedHosts.get(room);
        const hosts = hostsFor(room, authority).filter(
          one => !failed?.has(one.domain) && !(one.guess && noHosts.has(one.domain)),
        );
        return connectAsGuest(mine, hosts, back);
      }
      const local = localOf(account);
      if (local === undefined)
        throw new UserError(
          `“${cleanIdentifier(account)}” is not the address of an account.`,
          'It looks like you@server.',
        );
      for (let retry = given; ; retry = undefined) {
        typed = false;
        try {
          await opening(account);
          await wire.connect({
            ...accountOptions(account),
            ...(alone() && text('account.resource') !== '' && { resource: text('account.resource') }),
            domain: domainOf(account),
            local,
            password: passwordFor(account, retry),
          });
          return;
        } catch (error) {
          // A slip of the fingers is no end: it is asked again until Esc.
          if (mine !== attempt || !typed || facts().failure?.refused !== true) throw error;
          password = undefined;
          again = true;
        }
      }
    },
    async disconnect(reason) {
      attempt++;
      password = undefined;
      await wire.disconnect({ logOut: true, reason });
    },
    async reconnect() {
      if (facts().status === 'stopped') await service.connect(last);
      else wire.reconnectNow();
    },
    trust: wire.trust,
    newAccount: address => wire.newAccount({ ...accountOptions(address), domain: domainOf(address) }),
    download: (address, maxBytes) => wire.download(address, { ...common(), domain: '' }, maxBytes),
    override(next) {
      overrides = next;
    },
    guestHostsLeft(room) {
      const { anonymous, domain } = facts();
      if (!anonymous || domain === undefined || chosen) return [];
      const failed = failedHosts.get(room) ?? new Set();
      failedHosts.set(room, failed.add(domain));
      return hostsFor(room, undefined).flatMap(one =>
        failed.has(one.domain) || (one.guess && noHosts.has(one.domain)) ? [] : [one.domain],
      );
    },
    get account() {
      // A guest server on the command line means: as a guest.
      if (overrides.jid !== undefined) return accountOf(overrides.jid);
      if (overrides.server !== undefined) return undefined;
      const set = text('account.jid');
      return set === '' ? undefined : accountOf(set);
    },
    get identity() {
      if (begun) return passwordOwner;
      try {
        return service.account;
      } catch {
        // No address: the login will say so.
        return undefined;
      }
    },
    told(now) {
      const { status, failure, jid, anonymous, domain } = now;
      const changed = status !== before;
      const from = before;
      before = status;
      const host = domain === undefined ? safe`the server` : cleanIdentifier(domain);
      if (status === 'online') {
        lastSentence = '';
        worked = true;
        if (!changed) return;
        const who =
          anonymous || jid === undefined ? safe`as a guest of ${host}` : safe`as ${cleanIdentifier(bareOf(jid))}`;
        notice('info', now.tls === undefined ? safe`Connected ${who}, not encrypted.` : safe`Connected ${who}.`);
        return;
      }
      if (status === 'connecting' && from === 'offline' && changed) {
        notice('info', anonymous ? safe`Connecting as a guest to ${host} …` : safe`Connecting to ${host} …`);
        return;
      }
      if (status !== 'waiting' && status !== 'stopped') return;
      if (status === 'stopped') password = undefined;
      // Ended by ourselves: nothing is lost.
      if (status === 'stopped' && failure === undefined) return;
      const sentence = failure?.sentence ?? safe`The connection is lost.`;
      // The same reason again and again is not news; the countdown is in the bar.
      if (status === 'waiting' && sentence === lastSentence) return;
      if (status === 'stopped' && !changed) return;
      lastSentence = sentence;
      const next = failure?.nextStep;
      notice(
        status === 'stopped' ? 'error' : 'warning',
        safe`${sentence}${next === undefined ? safe`` : safe` ${next}`}`,
      );
      // The password was changed elsewhere: asked for, never tried again by itself.
      if (status === 'stopped' && worked && failure?.refused === true && passwordOwner !== undefined) {
        const owner = passwordOwner;
        worked = false;
        // When everybody has been told, so that the end of this login is not taken for that of the next one.
        queueMicrotask(() => {
          service.connect({ jid: owner }).catch((error: unknown) => notice('error', cleanLine(errorText(error))));
        });
      }
    },
  };
  return service;
}
