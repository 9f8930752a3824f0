/** /bans — who is kept out, of one room or of all yours; lists go out to files and come in; also the keys of those lists. */
import {
  type Affiliation,
  type AffiliationRow,
  type AffiliationsPage,
  type Api,
  asRoom,
  type BanLine,
  type BareJid,
  banLines,
  banText,
  bareOf,
  cleanIdentifier,
  cleanLine,
  conditionOf,
  count,
  defineCommand,
  domainOf,
  errorText,
  namesOf,
  outcomeRows,
  parseJid,
  plain,
  type Row,
  refusal,
  type Safe,
  safe,
  type Tab,
  UserError,
} from '../api.js';

type Which = AffiliationsPage['which'];
const LISTS: Readonly<Record<Which, readonly Affiliation[]>> = {
  bans: ['outcast'],
  all: ['owner', 'admin', 'member', 'outcast'],
};
const WORDS: Readonly<Record<Affiliation, Safe>> = {
  owner: safe`owners`,
  admin: safe`admins`,
  member: safe`members`,
  outcast: safe`bans`,
  none: safe`others`,
};
const isAffiliation = (word: string): word is Affiliation => Object.hasOwn(WORDS, word);

/** Asks the rooms for their lists; a list that is not shown is a sentence, unless it was the only one. */
async function fetch(
  api: Api,
  rooms: readonly BareJid[],
  which: Which,
): Promise<Pick<AffiliationsPage, 'items' | 'problems'>> {
  const problems: Safe[] = [];
  // The newest known first, then by address.
  const inOrder = (a: AffiliationRow, b: AffiliationRow): number =>
    (b.at ?? 0) - (a.at ?? 0) || (a.jid < b.jid ? -1 : a.jid > b.jid ? 1 : 0);
  const items: AffiliationRow[] = [];
  let refused: unknown;
  for (const room of rooms) {
    const known = api.desk.bans(room);
    for (const affiliation of LISTS[which]) {
      try {
        const list: AffiliationRow[] = [];
        for (const one of await api.mucAdmin.listAffiliation(room, affiliation)) {
          const memory = affiliation === 'outcast' ? known.get(one.jid) : undefined;
          const reason = one.reason ?? (memory?.reason === undefined ? undefined : cleanLine(memory.reason));
          list.push({
            id: `${room} ${one.jid}`,
            room,
            jid: one.jid,
            affiliation,
            ...(one.nick === undefined ? {} : { nick: one.nick }),
            ...(reason === undefined ? {} : { reason }),
            ...(memory === undefined ? {} : { at: memory.at }),
            ...(memory?.by === undefined ? {} : { by: cleanIdentifier(memory.by) }),
          });
        }
        // Each by itself while the next is asked for: what is sorted in parts is soon sorted as a whole.
        for (const one of list.sort(inOrder)) items.push(one);
      } catch (error) {
        if (conditionOf(error) === undefined) throw error;
        refused = error;
        problems.push(safe`${cleanIdentifier(room)} does not show you its ${WORDS[affiliation]}.`);
      }
    }
  }
  if (problems.length === rooms.length * LISTS[which].length && refused !== undefined) {
    throw refusal(refused, {
      forbidden:
        which === 'bans'
          ? ['Only admins and owners see who is banned.', '/names shows them (& ~).']
          : ['Only admins and owners see these lists.', '/names shows them (& ~).'],
    });
  }
  items.sort(inOrder);
  return { items, problems };
}

async function show(api: Api, rooms: readonly BareJid[], which: Which): Promise<void> {
  const page: AffiliationsPage = { rooms, which, state: 'loading', items: [], marked: new Set(), problems: [] };
  const found = await fetch(api, rooms, which);
  api.tabs.setData(api.tabs.open('affiliations', page), { ...page, ...found, state: 'done' });
}

async function again(api: Api, tab: Tab<AffiliationsPage>): Promise<void> {
  const found = await fetch(api, tab.data.rooms, tab.data.which);
  api.tabs.setData(tab, { ...tab.data, ...found, state: 'done', marked: new Set<string>() });
}

function mark(api: Api, tab: Tab<AffiliationsPage>, id: string): void {
  const marked = new Set(tab.data.marked);
  if (!marked.delete(id)) marked.add(id);
  api.tabs.setData(tab, { ...tab.data, marked });
  api.ui.screen.scroll({ rows: 1 });
}

/** What a key of the list does to the marked, else to the chosen one. */
async function setRank(api: Api, tab: Tab<AffiliationsPage>, to: Affiliation, id: string): Promise<void> {
  const { items, marked } = tab.data;
  const chosen = items.filter(one => (marked.size > 0 ? marked.has(one.id) : one.id === id) && one.affiliation !== to);
  if (chosen.length === 0) return;
  const names = namesOf(chosen.map(one => cleanIdentifier(one.jid)));
  const lift = to === 'none' && chosen.every(one => one.affiliation === 'outcast');
  const question = lift
    ? safe`Let ${names} in again?`
    : to === 'outcast'
      ? safe`Ban ${names}?`
      : to === 'none'
        ? safe`Take the affiliation of ${names} away?`
        : safe`Make ${names} ${cleanLine(to)}?`;
  if (!(await api.ui.confirm(question))) return;
  const rows: Row[] = [];
  let done = 0;
  for (const { room, jid, nick } of chosen) {
    try {
      await api.mucAdmin.setAffiliation(room, jid, to);
      if (to === 'outcast' || to === 'none') api.desk.remember(room, bareOf(jid), to === 'none' ? undefined : {});
      done++;
    } catch (error) {
      const why = refusal(error, {
        'not-allowed': ['your own rank does not allow that', ''],
        forbidden: ['only admins and owners change affiliations', ''],
        conflict: ['a room must keep one owner', ''],
      });
      rows.push(plain(safe`Not ${nick ?? cleanIdentifier(jid)}: ${cleanLine(errorText(why))}.`, 'notice.error'));
    }
  }
  const what = lift
    ? safe`may enter again`
    : to === 'none'
      ? safe`without affiliation now`
      : safe`now ${cleanLine(to)}`;
  if (done > 0) rows.unshift(plain(safe`${count(done, 'address', 'addresses')} ${what}.`, 'notice.success'));
  api.ui.notice(rows);
  await again(api, tab);
}

/** Rooms in which we may ban. */
function mine(api: Api): readonly BareJid[] {
  const rooms = [...api.store.chats.values()].flatMap(chat =>
    chat.kind === 'room' && chat.state === 'joined' && /^(?:owner|admin)$/.test(chat.self?.affiliation ?? '')
      ? [chat.id]
      : [],
  );
  if (rooms.length === 0) throw new UserError('You may ban in none of your rooms.', '/names shows who may (& ~).');
  return rooms;
}

async function exportTo(api: Api, rooms: readonly BareJid[], file: string): Promise<void> {
  const { items } = await fetch(api, rooms, 'bans');
  const unique = [...new Map(items.map(one => [one.jid as string, one])).values()];
  const replace = await api.files.exists(file);
  if (replace && !(await api.ui.confirm(safe`${cleanIdentifier(file)} exists. Replace it?`))) return;
  const remark = `banned from ${rooms.join(', ')}, ${new Date(api.now()).toISOString().slice(0, 10)}`;
  const path = await api.files.write(file, banText(remark, unique), { replace });
  api.ui.notice(safe`${count(unique.length, 'address', 'addresses')} written to ${cleanIdentifier(path)}.`);
}

async function importFrom(api: Api, rooms: readonly BareJid[], file: string): Promise<void> {
  const lines = banLines(await api.files.read(file));
  const plans: { readonly room: BareJid; readonly list: { readonly jid: BareJid; readonly reason?: string }[] }[] = [];
  const addressIn = (line: BanLine): BareJid | undefined => {
    // A word without @ and dot would be a domain, and is more likely no address at all.
    const jid = /[@.]/.test(line.jid) ? parseJid(line.jid) : undefined;
    return jid === undefined ? undefined : bareOf(jid);
  };
  const wrong = lines.filter(line => addressIn(line) === undefined).length;
  let known = 0;
  let spared = 0;
  for (const room of rooms) {
    const { items } = await fetch(api, [room], 'all');
    const ranks = new Map(items.map(one => [bareOf(one.jid), one.affiliation]));
    const list: { jid: BareJid; reason?: string }[] = [];
    const ours = [api.session.facts.jid, api.store.room(room)?.self?.realJid].flatMap(jid =>
      jid === undefined ? [] : [bareOf(jid), domainOf(jid)],
    );
    for (const line of lines) {
      const jid = addressIn(line);
      if (jid === undefined) continue;
      const isOwn = ours.includes(jid);
      if (ranks.get(jid) === 'outcast') known++;
      // A list of somebody else decides nothing about those whom the room knows.
      else if (isOwn || ranks.has(jid)) spared++;
      else list.push(line.reason === undefined ? { jid } : { jid, reason: line.reason });
    }
    plans.push({ room, list });
  }
  const total = plans.reduce((sum, { list }) => sum + list.length, 0);
  const domains = plans.flatMap(({ list }) => list).filter(({ jid }) => !jid.includes('@')).length;
  const rows = [
    plain(
      safe`${cleanIdentifier(file)}: ${count(total, 'new ban')} in ${count(rooms.length, 'room')}.`,
      'text.heading',
    ),
    ...(domains > 0 ? [plain(safe`  ${domains} of them are whole domains.`, 'notice.warning')] : []),
    ...(known > 0 ? [plain(safe`  ${known} are banned already.`)] : []),
    ...(spared > 0 ? [plain(safe`  ${spared} stay: they are yours, or have an affiliation.`)] : []),
    ...(wrong > 0 ? [plain(safe`  ${count(wrong, 'line')} without an address left out.`)] : []),
  ];
  api.ui.notice(rows);
  if (total === 0 || !(await api.ui.confirm(safe`Ban ${count(total, 'address', 'addresses')}?`))) return;
  for (const { room, list } of plans) {
    if (list.length === 0) continue;
    const outcome = await api.desk.setBans(room, list, true);
    api.ui.notice([plain(cleanIdentifier(room), 'text.heading'), ...outcomeRows('ban', outcome)]);
  }
}

export default defineCommand({
  name: 'bans',
  aliases: ['banlist'],
  group: 'moderation',
  needs: 'online',
  summary: 'Show who is banned from this room, or take a list in or out',
  description:
    'Opens a list that is narrowed by typing: address, reason and date as far as they are known here, for rooms mostly keep neither. Space marks, u lets in again after a question. -all: of all rooms in which you may ban. export writes addresses and reasons to a file that only you can read; import bans what is in a file (an address in each line, then the reason), shows first what it would do, and never touches you, your server and the affiliated.',
  args: {
    all: { type: 'flag', help: 'all rooms in which you may ban' },
    ranks: { type: 'flag', help: 'owners, admins and members as well' },
    what: { type: 'choice', optional: true, choices: ['export', 'import'], help: 'default: show them' },
    rest: { type: 'rest', optional: true, help: 'the file; without export or import another room' },
  },
  examples: ['/bans', '/bans -all', '/bans export ~/bans.txt', '/bans -all import ~/bans.txt'],
  async run({ api, args, chat, tab }) {
    const list = tab.kind === 'affiliations' ? (tab as Tab<AffiliationsPage>) : undefined;
    const inner = /^-(mark|set (\w+)) (?:"(.+)"|(.+))$/s.exec(args.rest ?? '');
    if (list !== undefined && inner !== null) {
      const id = inner[3]?.replace(/\\(.)/gs, '$1') ?? inner[4] ?? '';
      const to = inner[2] ?? '';
      if (inner[1] === 'mark') return mark(api, list, id);
      if (isAffiliation(to)) return setRank(api, list, to, id);
    }
    const typed = args.what === undefined && args.rest !== undefined ? parseJid(args.rest.trim()) : undefined;
    if (
      args.what === undefined &&
      args.rest !== undefined &&
      (typed === undefined || api.store.room(bareOf(typed)) === undefined)
    ) {
      throw new UserError(
        `${cleanIdentifier(args.rest)} is no room you are in.`,
        '/bans, /bans export FILE, /bans import FILE',
      );
    }
    const rooms = args.all ? mine(api) : (list?.data.rooms ?? [typed === undefined ? asRoom(chat).id : bareOf(typed)]);
    if (args.what === undefined) return show(api, rooms, args.ranks ? 'all' : 'bans');
    const file = args.rest?.trim().replace(/^(["'])(.*)\1$/s, '$2') ?? '';
    if (file === '') throw new UserError('Which file?', `/bans ${args.what} ~/bans.txt`);
    if (args.what === 'export') return exportTo(api, rooms, file);
    await importFrom(api, rooms, file);
    if (list !== undefined) await again(api, list);
  },
});
