/** What the accounts of one process have in common: one row of tabs, one line for questions, who is ignored, colours of people. */
import { createIgnores, type Ignores } from './ignores.js';
import { createNickColors, type NickColors } from './nick-colors.js';
import type { Settings, StateFile } from './ports.js';
import { createQuestionQueue, type QuestionQueue } from './questions.js';
import { createTabStrip, type TabStrip } from './tab-strip.js';

export interface Shared {
  readonly strip: TabStrip;
  readonly questions: QuestionQueue;
  readonly ignores: Ignores;
  readonly colors: NickColors;
}

/** Each needs one listener only: whatever changes is on the one screen that all of them have. */
export function createShared(options: {
  readonly settings: Settings;
  readonly state: StateFile;
  readonly changed: () => void;
  readonly warn: (sentence: string) => void;
}): Shared {
  const { settings, state, changed, warn } = options;
  return {
    strip: createTabStrip(() => settings.get('tabs.gaps') === true),
    questions: createQuestionQueue(),
    ignores: createIgnores(state, warn),
    colors: createNickColors(state, changed),
  };
}
