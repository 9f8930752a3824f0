/** /configure — the settings of a room as a form (XEP-0045 §10.2). */
import {
  type Api,
  asRoom,
  checkForm,
  cleanIdentifier,
  cleanLine,
  defineCommand,
  type Form,
  fieldNamed,
  formChanges,
  formRows,
  initialValues,
  inTurn,
  plain,
  type Room,
  refusal,
  safe,
  setValue,
  shortName,
  UserError,
  valuesTyped,
} from '../api.js';

/** One setting by its name, without the form. */
async function setOne(api: Api, room: Room, form: Form, key: string, value: string | undefined): Promise<void> {
  const field = fieldNamed(form, key);
  if (field === undefined) {
    const names = form.fields.filter(one => one.var !== '' && one.type !== 'hidden').map(shortName);
    throw new UserError(`This room has no setting ${cleanIdentifier(key)}.`, `It has: ${names.join(', ')}`);
  }
  if (value === undefined) {
    api.ui.notice(formRows({ type: 'result', instructions: [], fields: [field] }));
    return;
  }
  const typed = valuesTyped(field, value);
  const values = typed === undefined ? undefined : setValue(form, initialValues(form), field.var, typed);
  const wrong = values === undefined ? safe`it is none of its values` : checkForm(form, values).get(field.var);
  if (values === undefined || wrong !== undefined) {
    const choices = field.type === 'boolean' ? 'on, off' : field.options.map(one => one.value).join(', ');
    throw new UserError(
      `${cleanLine(shortName(field))} cannot be ${cleanIdentifier(value)}: ${wrong ?? ''}.`,
      choices === '' ? '/configure opens the form.' : `It can be: ${choices}`,
    );
  }
  await api.mucAdmin.submitConfig(room.id, form, values);
  api.ui.notice(safe`${cleanLine(shortName(field))} is now ${cleanLine(value)} in ${room.title}.`);
}

export default defineCommand({
  name: 'configure',
  aliases: ['config'],
  group: 'moderation',
  where: 'room',
  needs: 'online',
  summary: 'Change the settings of this room',
  description:
    'Without arguments a form; with the name of a setting it shows it, and with a value it changes it at once. Only owners may. /set is for the settings of the program.',
  args: {
    key: { type: 'word', optional: true, help: 'name of a setting, or its beginning' },
    value: { type: 'rest', optional: true, help: 'its new value; on or off for a switch' },
  },
  examples: ['/configure', '/configure moderatedroom on', '/configure roomname The tea room'],
  async run({ api, args, chat }) {
    const room = asRoom(chat);
    try {
      const { key, value } = args;
      if (key !== undefined) {
        // A form holds all settings: the next one must not bring back what this one changes.
        return await inTurn(api.store, room.id, async () =>
          setOne(api, room, await api.mucAdmin.configForm(room.id), key, value),
        );
      }
      const form = await api.mucAdmin.configForm(room.id);
      const answer = await api.ui.form({
        form,
        from: room.id,
        title: safe`settings of ${room.title}`,
        actions: ['save'],
      });
      if (answer.action === 'cancel') {
        await api.mucAdmin.cancelConfig(room.id);
        return;
      }
      const changes = formChanges(form, answer.values);
      await api.mucAdmin.submitConfig(room.id, form, answer.values);
      const rows = [
        plain(safe`The settings of ${cleanIdentifier(room.id)} are saved.`),
        ...changes.map(change => plain(safe`  ${change}`, 'text.dim')),
      ];
      api.ui.notice(changes.length === 0 ? safe`Nothing was changed in ${room.title}.` : rows, { chat: room.id });
    } catch (error) {
      throw refusal(error, {
        forbidden: ['Only owners of a room may change its settings.', '/names shows them (~).'],
        'not-allowed': ['This room cannot be changed.', '/disco shows what it offers.'],
      });
    }
  },
});
