/** /form — press a button of the form in this tab. */
import { checkForm, defineCommand, type FormPage, type Tab, UserError, valuesToSubmit } from '../api.js';

export default defineCommand({
  name: 'form',
  group: 'service',
  summary: 'Send or cancel the form in this tab',
  args: { action: { type: 'word', optional: true, help: 'name of the button; default: the first' } },
  examples: ['/form', '/form cancel'],
  run({ api, args, tab }) {
    if (tab.kind !== 'form') throw new UserError('There is no form in this tab.', '/adhoc and /configure open forms.');
    const page = (tab as Tab<FormPage>).data;
    const { actions, form } = page.request;
    const action = args.action ?? actions[0] ?? 'cancel';
    if (action !== 'cancel') {
      if (!actions.includes(action))
        throw new UserError('This form has no such button.', `It has: ${actions.join(', ')}, cancel`);
      const errors = checkForm(form, page.values);
      if (errors.size > 0) {
        api.tabs.setData(tab, { ...page, errors });
        throw new UserError('The form is not complete yet.', 'What is wrong stands below the fields.');
      }
    }
    page.answer({ action, values: action === 'cancel' ? new Map() : valuesToSubmit(form, page.values) });
    api.tabs.close(tab);
  },
});
