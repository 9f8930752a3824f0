/** /panel — show or hide the lists at the side, or the plain view for copying. */
import { defineCommand } from '../api.js';

const NAMES = { occupants: 'side', side: 'side', tabs: 'tabs', raw: 'raw' } as const;

export default defineCommand({
  name: 'panel',
  group: 'tabs',
  summary: 'Show or hide the occupants, the tabs or the plain view',
  description:
    'raw shows only the text of the log, without anything beside it, so that the mouse can copy whole lines.',
  args: {
    panel: { type: 'choice', choices: ['occupants', 'tabs', 'raw', 'side'], help: 'what' },
    show: { type: 'choice', optional: true, choices: ['on', 'off', 'toggle'], help: 'default: toggle' },
  },
  examples: ['/panel occupants', '/panel raw off'],
  run({ api, args }) {
    const panel = NAMES[args.panel as keyof typeof NAMES];
    api.ui.screen.panel(panel, args.show === undefined || args.show === 'toggle' ? 'toggle' : args.show === 'on');
  },
});
