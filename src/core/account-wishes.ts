/** Which accounts the settings want, and what they say of each. */
import type { AccountWish } from '../api.js';
import { UserError } from '../lib/errors.js';
import { localOf, parseBareJid } from '../lib/jid.js';
import { cleanIdentifier } from '../lib/text.js';
import type { Settings } from './ports.js';
import type { LoginOverrides } from './session.js';

/** An account to be opened: that of `account.*`, a further one, an address, or a guest. */
export type Opening = AccountWish | 'main';

/** In the place of the server of a guest: it is looked for. */
export const FIND = 'find';

type Read = Pick<Settings, 'get' | 'options' | 'accounts'>;

const text = (settings: Read, name: string): string => (settings.options.has(name) ? String(settings.get(name)) : '');

/** The name in the settings of a further account with this address. */
export function savedFor(settings: Read, jid: string): string | undefined {
  const wanted = parseBareJid(jid);
  if (wanted === undefined) return undefined;
  return settings.accounts.find(name => parseBareJid(text(settings, `accounts.${name}.jid`)) === wanted);
}

/** At every start, the one to begin with first. Who names further accounts only is no guest. */
export function wantedAccounts(settings: Read): readonly Opening[] {
  const list = settings.accounts
    .filter(name => settings.get(`accounts.${name}.autoconnect`) === true)
    .map((kept): Opening => ({ kept }));
  return text(settings, 'account.jid') !== '' || list.length === 0 ? ['main', ...list] : list;
}

/** The address it logs in with; '' for a guest. */
export function addressOf(settings: Read, wish: Opening | undefined): string {
  if (wish === 'main') return text(settings, 'account.jid');
  if (wish === undefined || 'guest' in wish) return '';
  return 'jid' in wish ? wish.jid : text(settings, `accounts.${wish.kept}.jid`);
}

export interface Wish {
  /** Name in the settings. */
  readonly saved: string | undefined;
  /** It logs in as `account.*` says. */
  readonly main: boolean;
  readonly overrides: LoginOverrides;
}

/** How that one logs in; throws a UserError if the settings make no sense. */
export function readWish(settings: Read, wish: Opening, route: LoginOverrides): Wish {
  if (wish === 'main') return { saved: undefined, overrides: route, main: true };
  if ('guest' in wish) {
    const overrides = { ...route, ...(wish.guest !== '' && { server: wish.guest }) };
    return { saved: undefined, overrides, main: false };
  }
  if ('jid' in wish) {
    const { jid } = wish;
    return {
      saved: savedFor(settings, jid),
      overrides: { ...route, jid },
      main: parseBareJid(text(settings, 'account.jid')) === jid,
    };
  }
  const { kept: saved } = wish;
  const jid = text(settings, `accounts.${saved}.jid`);
  const guest = text(settings, `accounts.${saved}.guest`);
  const account = parseBareJid(jid);
  if (jid !== '' && (account === undefined || localOf(account) === undefined)) {
    throw new UserError(`accounts.${saved}.jid is not the address of an account.`, 'It looks like you@server.');
  }
  if (account === undefined && guest === '') {
    throw new UserError(
      `The account ${cleanIdentifier(saved)} has neither jid nor guest.`,
      `Set accounts.${saved}.jid, or accounts.${saved}.guest.`,
    );
  }
  if (account !== undefined) return { saved, overrides: { ...route, jid: account }, main: false };
  if (guest === FIND) return { saved, overrides: route, main: false };
  const [host, tls] = [text(settings, `accounts.${saved}.host`), text(settings, `accounts.${saved}.tls`)];
  const port = Number(settings.get(`accounts.${saved}.port`));
  const there: LoginOverrides = {
    ...(host !== '' && { host }),
    ...(port !== 0 && { port }),
    ...((tls === 'starttls' || tls === 'direct') && { tls }),
  };
  return { saved, overrides: { ...there, ...route, server: guest }, main: false };
}
