/** /panel — show or hide the lists at the side, or the plain view for copying; let the mouse be ours. */
import { defineCommand, safe } from '../api.js';

const NAMES = { occupants: 'side', side: 'side', tabs: 'tabs', raw: 'raw', mouse: 'mouse' } as const;

export default defineCommand({
  name: 'panel',
  group: 'tabs',
  summary: 'Show or hide the occupants, the tabs or the plain view; switch the mouse',
  description:
    'raw shows only the text of the log, without anything beside it, so that the mouse can copy whole lines. mouse: the wheel scrolls and a click chooses; the terminal then selects text with Shift held.',
  args: {
    panel: { type: 'choice', choices: ['occupants', 'tabs', 'raw', 'mouse', 'side'], help: 'what' },
    show: { type: 'choice', optional: true, choices: ['on', 'off', 'toggle'], help: 'default: toggle' },
  },
  examples: ['/panel occupants', '/panel raw off'],
  run({ api, args }) {
    const panel = NAMES[args.panel as keyof typeof NAMES];
    const wanted = args.show === undefined || args.show === 'toggle' ? 'toggle' : args.show === 'on';
    const now = api.ui.screen.panel(panel, wanted);
    if (panel !== 'mouse') return;
    api.ui.notice(
      now
        ? safe`The mouse scrolls and chooses now; hold Shift to select text. Alt-m gives it back to the terminal.`
        : safe`The mouse belongs to the terminal again.`,
    );
  },
});
