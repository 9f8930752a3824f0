/** /mod — the moderators' desk of this room, and what its keys do. */
import {
  type Api,
  asRoom,
  cleanIdentifier,
  count,
  type DeskAction,
  defineCommand,
  isSelf,
  looksLikeGuest,
  type ModPage,
  namesOf,
  outcomeRows,
  plain,
  reportRows,
  type Safe,
  safe,
  type Tab,
  type Target,
  targetOfVisitor,
  UserError,
  type Visitor,
  visitorRows,
} from '../api.js';

const QUESTIONS: Readonly<Record<DeskAction, (names: Safe) => Safe>> = {
  kick: names => safe`Send ${names} out?`,
  ban: names => safe`Ban ${names}?`,
  mute: names => safe`Let ${names} only read?`,
  unmute: names => safe`Let ${names} talk?`,
  retract: names => safe`Remove for everybody what ${names} said?`,
  purge: names => safe`Ban ${names} and remove what they said for good?`,
};

/** Those who are marked, else the one that is meant or chosen. */
function chosen(api: Api, tab: Tab<ModPage>, id: string | undefined): readonly Visitor[] {
  const desk = api.desk.of(tab.data.room);
  const ids = tab.data.marked.size > 0 ? [...tab.data.marked] : [id ?? api.ui.screen.selected() ?? ''];
  const found = ids.map(one => desk.get(one)).filter((one): one is Visitor => one !== undefined);
  if (found.length === 0) throw new UserError('Nobody is chosen.', 'Choose a row, or mark several with Space.');
  return found;
}

/** Acts upon them after a question, and says what came of it. */
async function act(api: Api, tab: Tab<ModPage>, action: DeskAction, visitors: readonly Visitor[], reason?: string) {
  const { room: id } = tab.data;
  const room = asRoom(api.store.room(id));
  const targets: readonly Target[] = visitors.map(targetOfVisitor);
  if (targets.some(one => isSelf(room, one))) throw new UserError('You are among them.', 'Space takes a mark away.');
  const ranked = targets.filter(one => one.affiliation !== 'none' || one.role === 'moderator').length;
  const careful = ranked === 0 || action === 'unmute' ? safe`` : safe` ${ranked} of them with a rank here.`;
  const names = namesOf(targets.map(one => one.name));
  if (!(await api.ui.confirm(safe`${QUESTIONS[action](names)}${careful}`))) return;
  const outcome = await api.desk.act(id, action, targets, reason);
  const guests =
    action !== 'ban' && action !== 'purge'
      ? 0
      : targets.filter(one => one.jid !== undefined && looksLikeGuest(one.jid)).length;
  const rows = [
    ...outcomeRows(action, outcome, safe` z takes it back.`),
    ...(guests === 0
      ? []
      : [plain(safe`Guests come again with another address; /lockdown on helps then.`, 'text.dim')]),
  ];
  api.ui.notice(rows, {
    level: outcome.failed.length > 0 ? 'warning' : 'info',
  });
  api.tabs.setData(tab, { ...tab.data, marked: new Set<string>() });
}

async function report(api: Api, tab: Tab<ModPage>, visitors: readonly Visitor[], text?: string): Promise<void> {
  const names = namesOf(visitors.map(one => one.name));
  if (!(await api.ui.confirm(safe`Report ${names} to your server as spam? It blocks them for you.`))) return;
  for (const visitor of visitors) {
    const result = await api.desk.report(tab.data.room, targetOfVisitor(visitor), {
      reason: 'spam',
      ...(text === undefined ? {} : { text }),
    });
    api.ui.notice(reportRows(result));
  }
}

export default defineCommand({
  name: 'mod',
  aliases: ['desk'],
  group: 'moderation',
  summary: 'Open the moderators’ desk of this room',
  description:
    'Who asks to talk (y, n), who is remarkable, who came and went with address, occupant id and first words, kept after they left. Space marks, then one key for all that are marked, after a question: k kick, b ban, m mute, p purge (ban and remove what they said), r report, u unmute, c clear the remarks, z undo. What is typed narrows the list; begin with a capital or a digit. In the desk /mod ban reason gives a reason. The thresholds are the options mod.*.',
  args: {
    action: {
      type: 'choice',
      optional: true,
      choices: [
        'kick',
        'ban',
        'mute',
        'unmute',
        'purge',
        'retract',
        'report',
        'clear',
        'undo',
        'mark',
        'show',
        'yes',
        'no',
      ],
      help: 'in the desk: what to do with the marked; default: open it',
    },
    what: { type: 'rest', optional: true, help: 'reason, or whom' },
  },
  examples: ['/mod', '/mod ban advertising', '/mod undo', '/mod yes nemo'],
  async run({ api, args, chat, tab }) {
    const desk = tab.kind === 'mod' ? (tab as Tab<ModPage>) : undefined;
    const room = desk?.data.room ?? asRoom(chat).id;
    const { action, what } = args;
    if (action === undefined) {
      if (what !== undefined) throw new UserError(`The desk cannot ${cleanIdentifier(what)}.`, '/help mod');
      api.tabs.open('mod', { room });
      return;
    }
    if (action === 'yes' || action === 'no') {
      const nick = (what ?? '').replace(/^"(.*)"$/s, '$1').replace(/\\(.)/gs, '$1');
      const all = api.desk.of(room).requests;
      const [only, ...more] = all;
      const asked = nick === '' && more.length === 0 ? only : all.find(one => one.nick === nick);
      if (asked === undefined) {
        if (nick === '') throw new UserError('Whom?', `/mod ${action} nick`);
        throw new UserError(
          `${cleanIdentifier(nick)} does not ask for anything.`,
          '/voice nick lets somebody talk unasked.',
        );
      }
      const yes = action === 'yes';
      await api.desk.answer(room, asked, yes);
      if (asked.registration !== undefined)
        api.ui.notice(yes ? safe`${asked.name} is to be registered.` : safe`${asked.name} is not registered.`);
      else api.ui.notice(yes ? safe`${asked.name} may talk.` : safe`${asked.name} may not talk.`);
      return;
    }
    if (action === 'undo') {
      const outcome = await api.desk.undo(room);
      if (outcome === undefined)
        throw new UserError('There is nothing to take back.', 'Kicks and removed messages stay as they are.');
      api.ui.notice([
        plain(safe`Taken back for ${count(outcome.done.length, 'person', 'people')}: ${namesOf(outcome.done)}.`),
      ]);
      return;
    }
    if (desk === undefined) {
      throw new UserError(
        `/mod ${action} works in the desk.`,
        '/mod opens it; /kick, /ban, /quiet, /purge and /report work here.',
      );
    }
    const id = /^v\d+$/.test(what ?? '') ? what : undefined;
    const reason = id === undefined ? what : undefined;
    switch (action) {
      case 'mark': {
        const [visitor] = chosen(api, { ...desk, data: { ...desk.data, marked: new Set() } }, id);
        const marked = new Set(desk.data.marked);
        if (visitor !== undefined && !marked.delete(visitor.id)) marked.add(visitor.id);
        api.tabs.setData(desk, { ...desk.data, marked });
        api.ui.screen.scroll({ rows: 1 });
        return;
      }
      case 'show': {
        const [visitor] = chosen(api, { ...desk, data: { ...desk.data, marked: new Set() } }, id);
        if (visitor !== undefined) api.ui.notice([plain(visitor.name, 'text.heading'), ...visitorRows(visitor)]);
        return;
      }
      case 'clear':
        for (const visitor of chosen(api, desk, id)) api.desk.dismiss(room, visitor.id);
        api.tabs.setData(desk, { ...desk.data, marked: new Set<string>() });
        return;
      case 'report':
        return report(api, desk, chosen(api, desk, id), reason);
      default:
        return act(api, desk, action as DeskAction, chosen(api, desk, id), reason);
    }
  },
});
