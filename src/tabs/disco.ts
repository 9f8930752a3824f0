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

/** https://xmpp.org/registrar/disco-categories.html in words; `undefined`: the registered names have to do. */
function identityWords(category: string, type: string): Safe | undefined {
  switch (category) {
    case 'server':
      return safe`server`;
    case 'conference':
      if (type === 'irc') return safe`gateway to IRC`;
      return type === 'text' ? safe`rooms` : undefined;
    case 'gateway':
      return safe`gateway to ${GATEWAYS[type] ?? cleanLine(type)}`;
    case 'pubsub':
      return type === 'pep' ? safe`personal news` : safe`news`;
    case 'proxy':
      return safe`helps to send files`;
    case 'store':
      return type === 'file' ? safe`keeps files` : undefined;
    case 'directory':
      return safe`directory of people`;
    case 'account':
      return safe`account`;
    case 'client':
      return safe`client`;
    case 'automation':
      return safe`does things`;
    default:
      return undefined;
  }
}
/** Networks that gateways lead to. */
const GATEWAYS: Readonly<Record<string, Safe>> = {
  irc: safe`IRC`,
  sms: safe`text messages`,
  smtp: safe`e-mail`,
  sip: safe`telephony (SIP)`,
  xmpp: safe`another XMPP network`,
  discord: safe`Discord`,
  facebook: safe`Facebook`,
  matrix: safe`Matrix`,
  mattermost: safe`Mattermost`,
  signal: safe`Signal`,
  skype: safe`Skype`,
  steam: safe`Steam`,
  telegram: safe`Telegram`,
  whatsapp: safe`WhatsApp`,
};

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
      const what = identityWords(one.category, one.type);
      const kind = cleanLine(`${one.category}/${one.type}`);
      items.push(
        fixed(`identity:${i}`, rowOf(name, ['text.dim', what === undefined ? kind : safe`${what} (${kind})`])),
      );
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
