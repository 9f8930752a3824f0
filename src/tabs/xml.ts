/** The protocol console: everything sent and received, with secrets masked, narrowed by a word. */
import {
  type Api,
  cleanLine,
  count,
  defineTab,
  plain,
  type Row,
  safe,
  span,
  timeOfDay,
  type Undo,
  type XmlPage,
} from '../api.js';

const MOST_ROWS = 2000;
const LONGEST = 2000;

/** Taps are undone when their tab closes; they are no data, so they stand beside it. */
const taps = new Map<number, Undo>();

interface Tapped extends XmlPage {
  readonly tap: number;
}
let serial = 0;

const textOf = (row: Row): string =>
  row
    .map(part => part.text)
    .join('')
    .toLowerCase();

function listen(api: Api, tap: number): Undo {
  return api.xmpp.tap((direction, xml) => {
    const tab = api.tabs.list.find(one => one.kind === 'xml' && (one.data as Tapped).tap === tap);
    if (tab === undefined) return;
    const page = tab.data as Tapped;
    if (page.paused) return;
    const row = [
      span('text.time', safe`${timeOfDay(api.now())} `),
      direction === 'in' ? span('notice.info', safe`<- `) : span('notice.success', safe`-> `),
      span('text.normal', cleanLine(xml.slice(0, LONGEST))),
    ];
    const rows = [...page.rows, row];
    const over = Math.max(0, rows.length - MOST_ROWS);
    api.tabs.setData(tab, {
      ...page,
      rows: over > 0 ? rows.slice(over + 100) : rows,
      dropped: page.dropped + (over > 0 ? over + 100 : 0),
    });
  });
}

export default defineTab<Tapped>({
  kind: 'xml',
  open: api => {
    const tap = ++serial;
    taps.set(tap, listen(api, tap));
    return { tap, filter: '', paused: false, rows: [], dropped: 0 };
  },
  title: () => safe`xml`,
  topic: ({ tab }) => {
    const { filter } = tab.data;
    const words = filter === '' ? safe`all stanzas` : safe`stanzas with ${cleanLine(filter)}`;
    return plain(safe`${words}. A line typed here narrows them, <… is sent, Ctrl-t freezes.`);
  },
  view: ({ tab }) => {
    const { rows, filter, paused } = tab.data;
    const shown = filter === '' ? rows : rows.filter(row => textOf(row).includes(filter));
    return {
      type: 'text',
      follow: !paused,
      rows:
        shown.length > 0
          ? shown
          : [plain(safe`Nothing yet. Whatever is sent and received from now on shows here.`, 'list.empty')],
    };
  },
  status: ({ tab }) => {
    const { rows, paused } = tab.data;
    return plain(
      safe`${count(rows.length, 'stanza')}${paused ? safe`, frozen` : safe``}`,
      paused ? 'bar.warning' : 'bar.normal',
    );
  },
  keys: { 'ctrl-t': '/xml -freeze' },
  submit: ({ api, tab }, line) => {
    if (line.startsWith('<')) void api.commands.run(`/raw ${line}`, tab);
    else api.tabs.setData(tab, { ...tab.data, filter: line.trim().toLowerCase() });
  },
  close: ({ tab }) => {
    taps.get(tab.data.tap)?.();
    taps.delete(tab.data.tap);
  },
});
