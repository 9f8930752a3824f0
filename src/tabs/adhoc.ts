/** Ad-hoc commands of an address: choose one, fill in its steps, read what came of it. */
import {
  type AdhocPage,
  type AdhocPageStep,
  checkForm,
  cleanIdentifier,
  cleanLine,
  count,
  defineTab,
  formKeys,
  formRows,
  type ListItem,
  plain,
  quote,
  type Row,
  rowOf,
  safe,
  setValue,
} from '../api.js';

const LABELS = { prev: safe`back`, next: safe`next`, complete: safe`finish`, cancel: safe`cancel` };

function noteRows(step: AdhocPageStep): readonly Row[] {
  const token = { info: 'notice.info', warn: 'notice.warning', error: 'notice.error' } as const;
  return step.notes.flatMap(note => note.text.split('\n').map(line => plain(cleanLine(line), token[note.type])));
}

/** The default first, so that Enter does what the other side proposes. */
function actionsOf(step: AdhocPageStep): readonly (keyof typeof LABELS)[] {
  const others = step.actions.filter(action => action !== step.defaultAction && action !== 'cancel');
  return [step.defaultAction, ...others, 'cancel'];
}

export default defineTab<AdhocPage>({
  kind: 'adhoc',
  key: params => (params as AdhocPage).jid,
  open: (_api, params) => params as AdhocPage,
  title: ({ tab }) => tab.data.name ?? safe`commands ${cleanIdentifier(tab.data.jid)}`,
  topic: ({ tab }) => rowOf(safe`Commands of `, ['text.address', cleanIdentifier(tab.data.jid)]),
  view: ({ api, tab }) => {
    const { jid, step, state, commands, values, errors, busy, error, name } = tab.data;
    const again = `/adhoc ${quote(jid)}`;
    if (state === 'failed') {
      return {
        type: 'list',
        filterable: false,
        header: [plain(error ?? safe`This did not work.`, 'notice.error'), []],
        items: [{ id: 'again', row: plain(safe`Ask again`), command: again }],
      };
    }
    if (step === undefined) {
      const items: ListItem[] = commands.map(one => ({
        id: `${one.jid}\n${one.node}`,
        row: rowOf(one.name),
        right: plain(cleanIdentifier(one.node), 'text.dim'),
        command: `/adhoc ${quote(one.jid)} ${quote(one.node)}`,
      }));
      const none = state === 'loading' ? safe`Asking …` : safe`This address offers you no commands.`;
      return { type: 'list', filterable: true, items, empty: [plain(none, 'list.empty')] };
    }
    const notes = noteRows(step);
    if (step.status !== 'executing') {
      const done = step.status === 'completed' ? safe`Done.` : safe`Cancelled.`;
      return {
        type: 'text',
        rows: [
          plain(safe`${name ?? cleanIdentifier(step.node)}: ${done}`, 'text.heading'),
          ...notes,
          ...(step.form === undefined ? [] : [[], ...formRows(step.form)]),
          [],
          rowOf(
            ['text.key', safe`Backspace`],
            safe` goes back to the commands, `,
            ['text.key', safe`/close`],
            safe` closes.`,
          ),
        ],
      };
    }
    const actions = actionsOf(step).map(action => ({ label: LABELS[action], command: `/adhoc -${action}` }));
    if (step.form === undefined || step.form.type !== 'form') {
      const text = step.form === undefined ? [] : [[], ...formRows(step.form)];
      return {
        type: 'list',
        filterable: false,
        header: [plain(name ?? cleanIdentifier(step.node), 'text.heading'), ...notes, ...text, []],
        items: busy
          ? [{ id: 'busy', row: plain(safe`Waiting for the answer …`, 'text.dim'), heading: true }]
          : actions.map(action => ({ id: action.command, row: plain(action.label), command: action.command })),
      };
    }
    const { form } = step;
    return {
      type: 'form',
      form: { ...form, instructions: [...step.notes.map(note => note.text), ...form.instructions] },
      values,
      errors,
      from: cleanIdentifier(step.jid),
      actions,
      busy,
      edit: (field, answer) => {
        const changed = setValue(form, tab.data.values, field, answer);
        const still = checkForm(form, changed);
        const kept = new Map([...tab.data.errors].filter(([one]) => still.has(one)));
        api.tabs.setData(tab, { ...tab.data, values: changed, errors: kept });
      },
    };
  },
  status: ({ tab }) => {
    if (tab.data.busy) return plain(safe`waiting for the answer`);
    const wrong = tab.data.errors.size;
    if (wrong > 0) return plain(safe`${wrong} to mend before this can be sent`, 'bar.warning');
    const { step } = tab.data;
    if (step === undefined) return plain(count(tab.data.commands.length, 'command'));
    return step.status === 'executing' && step.form?.type === 'form' ? formKeys : [];
  },
  keys: { backspace: '/adhoc -list', 'alt-up': '/adhoc -list' },
  close: ({ api, tab }) => {
    const { step } = tab.data;
    if (step?.status !== 'executing' || api.session.facts.status !== 'online') return;
    // The other side keeps a session open for this; nobody waits for the answer.
    api.adhoc.cancel(step).catch(() => api.log.debug('an ad-hoc command was not cancelled'));
  },
});
