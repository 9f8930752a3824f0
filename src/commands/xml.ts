/** /xml — the protocol console. */
import { defineCommand, type XmlPage } from '../api.js';

export default defineCommand({
  name: 'xml',
  aliases: ['xml_tab', 'console'],
  group: 'service',
  summary: 'Watch the protocol',
  description:
    'Opens a tab with everything that is sent and received; secrets are masked. A line typed there narrows it, a line that begins with < is sent.',
  args: {
    clear: { type: 'flag', help: 'empty it' },
    freeze: { type: 'flag', help: 'stop, or go on' },
    filter: { type: 'rest', optional: true, help: 'only stanzas with this in them' },
  },
  examples: ['/xml', '/xml presence', '/xml -freeze'],
  run({ api, args }) {
    const tab = api.tabs.open('xml');
    const page = tab.data as XmlPage;
    const rows = args.clear ? [] : page.rows;
    const paused = args.freeze ? !page.paused : page.paused;
    const filter = args.clear || args.freeze ? page.filter : (args.filter ?? '').toLowerCase();
    api.tabs.setData(tab, { ...page, rows, paused, filter });
  },
});
