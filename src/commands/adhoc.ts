/** /adhoc — commands that a server, service or bot offers (XEP-0050). */
import {
  type AdhocPage,
  type AdhocPageStep,
  checkForm,
  cleanIdentifier,
  cleanLine,
  conditionOf,
  defineCommand,
  domainOf,
  errorText,
  initialValues,
  parseJid,
  type Safe,
  safe,
  type Tab,
  UserError,
  valuesToSubmit,
} from '../api.js';

const NOTHING: ReadonlyMap<string, Safe> = new Map();

function reasonOf(error: unknown): Safe {
  const condition = conditionOf(error);
  if (condition === 'forbidden' || condition === 'not-allowed') return safe`You are not allowed to use this.`;
  if (condition === 'item-not-found') return safe`There is no such command.`;
  return cleanLine(errorText(error));
}

export default defineCommand({
  name: 'adhoc',
  aliases: ['ad-hoc', 'commands'],
  group: 'service',
  needs: 'online',
  summary: 'Run commands that a server, service or bot offers',
  description: 'Opens a list of its commands; Enter runs one, its steps are forms. Default: your server.',
  args: {
    next: { type: 'flag', help: 'send this step and go on' },
    prev: { type: 'flag', help: 'one step back' },
    complete: { type: 'flag', help: 'send this step and finish' },
    cancel: { type: 'flag', help: 'give the command up' },
    list: { type: 'flag', help: 'back to the list' },
    address: {
      type: 'word',
      optional: true,
      help: 'an address, or a nick in this room; default: your server',
      complete: ({ chat }) => (chat?.kind === 'room' ? [...chat.occupants.keys()] : []),
    },
    node: { type: 'word', optional: true, help: 'the command to run at once' },
  },
  examples: ['/adhoc', '/adhoc bot@example.org', '/adhoc example.org http://jabber.org/protocol/admin#add-user'],
  async run({ api, args, chat, tab: from }) {
    const here = from.kind === 'adhoc' ? (from as Tab<AdhocPage>) : undefined;
    const show = (tab: Tab<AdhocPage>, name: Safe | undefined, step: AdhocPageStep): void => {
      const { step: _, name: __, error: ___, ...rest } = tab.data;
      const values = step.form === undefined ? new Map() : initialValues(step.form);
      const named = name === undefined ? {} : { name };
      api.tabs.setData(tab, { ...rest, ...named, state: 'done', step, values, errors: NOTHING, busy: false });
    };

    const action = args.next
      ? 'next'
      : args.prev
        ? 'prev'
        : args.complete
          ? 'complete'
          : args.cancel
            ? 'cancel'
            : undefined;
    if (action !== undefined) {
      const page = here?.data;
      if (here === undefined || page?.step?.status !== 'executing')
        throw new UserError('No command is being run in this tab.', '/adhoc lists the commands.');
      if (page.busy) return;
      const { step } = page;
      const { form } = step;
      if (form !== undefined && (action === 'next' || action === 'complete')) {
        const errors = checkForm(form, page.values);
        api.tabs.setData(here, { ...page, errors });
        if (errors.size > 0)
          throw new UserError('The form is not complete yet.', 'What is wrong stands below the fields.');
      }
      api.tabs.setData(here, { ...page, errors: NOTHING, busy: true });
      try {
        const values = form === undefined ? undefined : valuesToSubmit(form, page.values);
        const answer =
          action === 'prev' || action === 'cancel'
            ? await api.adhoc[action](step)
            : await api.adhoc[action](step, values);
        show(here, page.name, answer);
      } catch (error) {
        // What was filled in stays, to be sent again.
        api.tabs.setData(here, { ...page, errors: NOTHING, busy: false });
        throw new UserError(reasonOf(error), 'Change what you filled in and send it again, or cancel.');
      }
      return;
    }

    const { jid: own, domain } = api.session.facts;
    const occupant = chat?.kind === 'room' ? chat.occupants.get(args.address ?? '') : undefined;
    const typed = parseJid(args.address ?? domain ?? (own === undefined ? undefined : domainOf(own)));
    const jid = args.list ? here?.data.jid : (occupant?.occupantJid ?? typed);
    if (jid === undefined) throw new UserError('Of which address?', '/adhoc example.org');
    const running = here?.data.step;
    if (args.list && running?.status === 'executing') await api.adhoc.cancel(running).catch(() => undefined);
    const page: AdhocPage = { jid, state: 'loading', commands: [], values: new Map(), errors: NOTHING, busy: false };
    // A command of the list may live at another address; it is still this tab's.
    const tab = args.node !== undefined && here !== undefined ? here : (api.tabs.open('adhoc', page) as Tab<AdhocPage>);
    const known = tab.data.commands.find(one => one.node === args.node && one.jid === jid);
    const loading = { ...page, jid: tab.data.jid, commands: tab.data.commands };
    api.tabs.setData(tab, loading);
    try {
      if (args.node !== undefined) {
        const step = await api.adhoc.execute(jid, args.node);
        show(tab, known?.name ?? step.form?.title ?? cleanIdentifier(args.node), step);
        return;
      }
      api.tabs.setData(tab, { ...page, state: 'done', commands: await api.adhoc.list(jid) });
    } catch (error) {
      api.tabs.setData(tab, { ...loading, state: 'failed', error: reasonOf(error) });
    }
  },
});
