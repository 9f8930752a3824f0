/** The settings as a further account logs in with them: `accounts.NAME.*` in the place of `account.*`. */
import type { OptionValue } from '../api.js';
import type { Settings } from './ports.js';

/** What holds for every account that says nothing else: who hides behind a proxy does so with all of them. */
const FOR_ALL = new Set(['proxy', 'ca_file', 'stay_logged_in']);

/** `name` gives the name in the settings, as long as it has one. */
export function accountLogin(settings: Settings, name: () => string | undefined): Pick<Settings, 'get'> {
  const own = (field: string): OptionValue | undefined => {
    const option = `accounts.${name() ?? ''}.${field}`;
    return name() !== undefined && settings.options.has(option) && settings.isSet(option)
      ? settings.get(option)
      : undefined;
  };
  return {
    get(option, chat) {
      if (option.startsWith('account.')) {
        const field = option.slice('account.'.length);
        const set = own(field);
        if (set !== undefined) return set;
        if (!FOR_ALL.has(field)) return settings.options.get(option)?.default ?? '';
      }
      if (option === 'guest.nick') return own('nick') ?? settings.get(option);
      if (option === 'rooms.nick' && !(chat !== undefined && settings.isSet(option, chat))) {
        return own('nick') ?? settings.get(option, chat);
      }
      return settings.get(option, chat);
    },
  };
}
