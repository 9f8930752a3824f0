/** Logging in: as whom, with which password, and what the person is told about the connection. */
import { UserError } from '../lib/errors.js';
import { type BareJid, bareOf, domainOf, localOf, parseBareJid } from '../lib/jid.js';
import { cleanIdentifier, cleanLine, type Safe, safe } from '../lib/text.js';
import type { SessionFacts } from '../model/types.js';
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
  readonly guestHost?: string;
  readonly password?: string;
}
export interface SessionService {
  connect(options?: ConnectOptions): Promise<void>;
  disconnect(): Promise<void>;
  reconnect(): void;
  override(overrides: LoginOverrides): void;
  /** The account that would be used now; `undefined`: a guest. */
  readonly account: BareJid | undefined;
  /** The connection changed: says what a person should know. */
  told(facts: SessionFacts): void;
}

export function createSession(options: {
  readonly wire: Wire;
  readonly settings: Settings;
  readonly programs: Programs;
  readonly facts: () => SessionFacts;
  /** Before connecting: whose history is opened. Never rejects. */
  readonly opening: (account: BareJid | undefined, guestHost?: BareJid) => Promise<void>;
  readonly askSecret: (text: Safe) => Promise<string | undefined>;
  readonly notice: (level: 'info' | 'warning' | 'error', text: Safe) => void;
}): SessionService {
  const { wire, settings, programs, facts, opening, askSecret, notice } = options;
  let overrides: LoginOverrides = {};
  /** Kept while logged in, so that a lost connection does not ask again. */
  let password: string | undefined;
  let passwordOwner: BareJid | undefined;
  /** The password was typed just now, so that it may be a slip. */
  let typed = false;
  /** Counts logins, so that one that was replaced asks nothing more. */
  let attempt = 0;
  let before: SessionFacts['status'] = 'offline';
  let lastSentence = '';

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
    answer ??= await askSecret(safe`Password of ${cleanIdentifier(account)}`);
    if (answer === undefined) typed = false;
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
    return domain === (overrides.server ?? text('guest.host')) ? common() : rest;
  };
  /** The same for another account than that of the settings, unless the command line says where to dial. */
  const accountOptions = (account: BareJid): Partial<LoginOptions> => {
    const { host: _host, port: _port, tls: _tls, pins: _pins, ...rest } = common();
    const set = service.account;
    const other = set !== undefined && domainOf(set) !== domainOf(account);
    return other && overrides.host === undefined && overrides.port === undefined ? rest : common();
  };

  const service: SessionService = {
    async connect({ jid, guestHost, password: given } = {}) {
      const mine = ++attempt;
      const account = jid ?? (guestHost === undefined ? service.account : undefined);
      const { status } = facts();
      if (status === 'online' || status === 'connecting' || status === 'waiting') await wire.disconnect();
      // What was typed for one account is never told to the server of another.
      if (given !== undefined || account !== jid || account !== passwordOwner) password = undefined;
      passwordOwner = account;
      before = 'offline';
      lastSentence = '';
      if (account === undefined) {
        const domain = parseBareJid(guestHost ?? overrides.server ?? text('guest.host'));
        if (domain === undefined || localOf(domain) !== undefined) {
          throw new UserError(
            'There is no guest server to connect to.',
            'Name one: /connect -guest server, or log in: /login you@server',
          );
        }
        password = undefined;
        await opening(undefined, domain);
        await wire.connect({ ...guestOptions(domain), domain });
        return;
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
            domain: domainOf(account),
            local,
            password: passwordFor(account, retry),
          });
          return;
        } catch (error) {
          // A slip of the fingers is no end: it is asked again until Esc.
          if (mine !== attempt || !typed || facts().failure?.refused !== true) throw error;
          password = undefined;
        }
      }
    },
    async disconnect() {
      attempt++;
      password = undefined;
      await wire.disconnect();
    },
    reconnect() {
      wire.reconnectNow();
    },
    override(next) {
      overrides = next;
    },
    get account() {
      // A guest server on the command line means: as a guest.
      if (overrides.jid !== undefined) return accountOf(overrides.jid);
      if (overrides.server !== undefined) return undefined;
      const set = text('account.jid');
      return set === '' ? undefined : accountOf(set);
    },
    told(now) {
      const { status, failure, jid, anonymous, domain } = now;
      const changed = status !== before;
      const from = before;
      before = status;
      const host = domain === undefined ? safe`the server` : cleanIdentifier(domain);
      if (status === 'online') {
        lastSentence = '';
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
    },
  };
  return service;
}
