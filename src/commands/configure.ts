/** /configure — the settings of a room as a form (XEP-0045 §10.2). */
import { asRoom, cleanIdentifier, defineCommand, refusal, safe } from '../api.js';

export default defineCommand({
  name: 'configure',
  aliases: ['config'],
  group: 'moderation',
  where: 'room',
  needs: 'online',
  summary: 'Change the settings of this room',
  description: 'Only owners may. /set is for the settings of the program.',
  async run({ api, chat }) {
    const room = asRoom(chat);
    try {
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
      await api.mucAdmin.submitConfig(room.id, form, answer.values);
      api.ui.notice(safe`The settings of ${cleanIdentifier(room.id)} are saved.`, { chat: room.id });
    } catch (error) {
      throw refusal(error, {
        forbidden: ['Only owners of a room may change its settings.', '/names shows them (~).'],
        'not-allowed': ['This room cannot be changed.', '/disco shows what it offers.'],
      });
    }
  },
});
