/** Which theme is used, and the way of a theme to the screen. */
import { UserError } from '../lib/errors.js';
import { cleanIdentifier, type Safe } from '../lib/text.js';
import type { ScreenPort } from '../model/view.js';
import { nearest } from './match.js';
import type { Settings } from './ports.js';

/** Dark or light, as the background of the terminal is. */
const AUTO = 'auto';
/** When the one of the settings is not there. */
const DEFAULT_THEME = 'dark';

export interface Themes {
  readonly list: readonly string[];
  readonly current: string;
  use(name: string): void;
  /** Shows the theme of the settings; a screen was attached. */
  apply(): void;
  /** Hears of the settings no more. */
  stop(): void;
}

export function createThemes(options: {
  readonly themes: Readonly<Record<string, unknown>>;
  readonly settings: Settings;
  readonly screen: () => ScreenPort | undefined;
  readonly warn: (text: Safe) => void;
  readonly changed: (name: string) => void;
}): Themes {
  const { themes, settings, screen, warn, changed } = options;
  let current = String(settings.get('ui.theme'));

  const known = (name: string): boolean => name === AUTO || Object.hasOwn(themes, name);
  const show = (name: string): void => {
    for (const problem of screen()?.theme(name === AUTO ? undefined : themes[name]) ?? []) warn(problem);
  };
  const find = (name: string): void => {
    if (known(name)) return;
    const near = nearest(name, Object.keys(themes));
    throw new UserError(
      `There is no theme ${cleanIdentifier(name)}.`,
      near === undefined ? `There are: ${Object.keys(themes).join(', ')}` : `Did you mean ${near}?`,
    );
  };
  const take = (name: string): void => {
    if (!known(name)) {
      warn(cleanIdentifier(`There is no theme ${name}; ${current} stays.`));
      return;
    }
    if (name === current) return;
    current = name;
    show(name);
    changed(name);
  };
  const unhear = settings.onChange(option => {
    if (option === 'ui.theme') take(String(settings.get('ui.theme')));
  });

  return {
    get list() {
      return [AUTO, ...Object.keys(themes).sort()];
    },
    get current() {
      return current;
    },
    use(name) {
      find(name);
      settings.set('ui.theme', name);
      take(name);
    },
    apply() {
      if (!known(current)) {
        warn(
          cleanIdentifier(`There is no theme ${current.slice(0, 60)}; ${DEFAULT_THEME} is used. /theme lists them.`),
        );
        current = DEFAULT_THEME;
      }
      if (known(current)) show(current);
    },
    stop: unhear,
  };
}
