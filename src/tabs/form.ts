/** A form that a command asked to be filled in. */
import {
  checkForm,
  cleanIdentifier,
  cleanLine,
  defineTab,
  type FormPage,
  type FormTabParams,
  formKeys,
  initialValues,
  plain,
  quote,
  rowOf,
  safe,
  setValue,
} from '../api.js';

export default defineTab<FormPage>({
  kind: 'form',
  key: params => String((params as FormTabParams).id),
  open: (_api, params) => {
    const given = params as FormTabParams;
    return { ...given, values: initialValues(given.request.form), errors: new Map() };
  },
  title: ({ tab }) => tab.data.request.title,
  topic: ({ tab }) => rowOf(safe`This form is from `, ['text.address', cleanIdentifier(tab.data.request.from)]),
  view: ({ api, tab }) => {
    const { request, values, errors } = tab.data;
    return {
      type: 'form',
      form: request.form,
      values,
      errors,
      from: cleanIdentifier(request.from),
      actions: [...request.actions.filter(name => name !== 'cancel'), 'cancel'].map(name => ({
        label: cleanLine(name),
        command: `/form ${quote(name)}`,
      })),
      edit: (name, answer) => {
        const changed = setValue(request.form, tab.data.values, name, answer);
        // A sentence about a field goes when it is mended; new ones come only with sending.
        const still = checkForm(request.form, changed);
        const kept = new Map([...tab.data.errors].filter(([one]) => still.has(one)));
        api.tabs.setData(tab, { ...tab.data, values: changed, errors: kept });
      },
    };
  },
  status: ({ tab }) => {
    const wrong = tab.data.errors.size;
    return wrong === 0 ? formKeys : plain(safe`${wrong} to mend before this can be sent`, 'bar.warning');
  },
  close: ({ tab }) => tab.data.answer({ action: 'cancel', values: new Map() }),
});
