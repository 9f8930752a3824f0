/** Service discovery to walk through: what an address is, can do and holds. */
import {
  cleanIdentifier,
  cleanLine,
  count,
  type DiscoPage,
  defineTab,
  domainOf,
  formRows,
  type ListItem,
  localOf,
  plain,
  quote,
  type Row,
  rowOf,
  type Safe,
  safe,
  span,
} from '../api.js';

const placeWords = ({ place }: DiscoPage): Safe =>
  place.node === undefined
    ? cleanIdentifier(place.jid)
    : safe`${cleanIdentifier(place.jid)} ${cleanIdentifier(place.node)}`;

/** What else is worth doing with an address of this kind. */
function deeds(page: DiscoPage): readonly ListItem[] {
  const { jid, node } = page.place;
  if (node !== undefined) return [];
  const has = (category: string): boolean => page.identities.some(one => one.category === category);
  const can = (ns: string): boolean => page.features.some(one => one.ns === ns);
  const deed = (command: string, words: Safe): ListItem => ({
    id: `do:${command}`,
    indent: 1,
    row: rowOf(['text.key', cleanLine(command)], safe`  ${words}`),
    command,
  });
  return [
    ...(has('conference') && localOf(jid) !== undefined ? [deed(`/join ${quote(jid)}`, safe`enter this room`)] : []),
    ...(has('conference') && localOf(jid) === undefined ? [deed(`/list ${quote(jid)}`, safe`its rooms`)] : []),
    ...(can('http://jabber.org/protocol/commands') ? [deed(`/adhoc ${quote(jid)}`, safe`its commands`)] : []),
    ...(can('jabber:iq:register') ? [deed(`/register ${quote(jid)}`, safe`register with it`)] : []),
    ...(can('jabber:iq:version') ? [deed(`/version ${quote(jid)}`, safe`its software`)] : []),
  ];
}

const heading = (id: string, words: Safe): ListItem => ({ id, row: plain(words, 'list.group'), heading: true });
const fixed = (id: string, row: Row): ListItem => ({ id, row, indent: 1, heading: true });

export default defineTab<DiscoPage>({
  kind: 'disco',
  open: (_api, params) => params as DiscoPage,
  title: ({ tab }) => safe`disco ${cleanIdentifier(domainOf(tab.data.place.jid))}`,
  topic: ({ tab }) =>
    rowOf(['text.address', placeWords(tab.data)], ['text.dim', safe`  Enter goes in, Backspace back`]),
  view: ({ tab }) => {
    const page = tab.data;
    const header = [rowOf(['text.heading', placeWords(page)])];
    if (page.state === 'loading') {
      return { type: 'list', filterable: true, header, items: [], empty: [plain(safe`Asking …`, 'list.empty')] };
    }
    if (page.state === 'failed') {
      const why = page.error ?? safe`There was no answer.`;
      return { type: 'list', filterable: true, header, items: [], empty: [plain(why, 'notice.error')] };
    }
    const items: ListItem[] = [];
    if (page.identities.length > 0) items.push(heading('identities', safe`What it is`));
    page.identities.forEach((one, i) => {
      const name = one.name === undefined ? safe`` : safe`${one.name}  `;
      items.push(fixed(`identity:${i}`, rowOf(name, ['text.dim', cleanLine(`${one.category}/${one.type}`)])));
    });
    const more = deeds(page);
    if (more.length > 0) items.push(heading('deeds', safe`What you can do`), ...more);
    if (page.items.length > 0) {
      items.push(heading('items', safe`${count(page.items.length, 'item')}${page.more ? safe` and more` : safe``}`));
    }
    page.items.forEach((item, i) => {
      const node = item.node === undefined ? [] : [span('text.dim', safe` ${cleanIdentifier(item.node)}`)];
      items.push({
        id: `item:${i}`,
        indent: 1,
        row: [
          ...(item.name === undefined ? [] : [span('text.normal', safe`${item.name}  `)]),
          span('text.address', cleanIdentifier(item.jid)),
          ...node,
        ],
        command: `/disco ${quote(item.jid)}${item.node === undefined ? '' : ` ${quote(item.node)}`}`,
      });
    });
    page.forms.forEach((form, i) => {
      const title = form.formType === undefined ? safe`More` : cleanIdentifier(form.formType);
      items.push(heading(`form:${i}`, title));
      formRows(form).forEach((row, j) => {
        items.push(fixed(`form:${i}:${j}`, row));
      });
    });
    if (page.features.length > 0) items.push(heading('features', count(page.features.length, 'feature')));
    for (const feature of page.features) {
      const ns = cleanIdentifier(feature.ns);
      const row = feature.name === undefined ? plain(ns) : rowOf(cleanLine(feature.name), ['text.dim', safe`  ${ns}`]);
      items.push({ id: `feature:${feature.ns}`, indent: 1, row });
    }
    return {
      type: 'list',
      filterable: true,
      header,
      items,
      empty: [plain(safe`It says nothing about itself.`, 'list.empty')],
    };
  },
  status: ({ tab }) =>
    plain(tab.data.trail.length === 0 ? safe`` : safe`${count(tab.data.trail.length, 'step')} from the start`),
  keys: { backspace: '/disco -back', 'alt-up': '/disco -back' },
});
