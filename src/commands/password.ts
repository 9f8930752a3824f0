/** /password — change the password of the account (XEP-0077 §3.3). */
import { defineCommand, safe, UserError } from '../api.js';

export default defineCommand({
  name: 'password',
  group: 'connection',
  needs: 'account',
  summary: 'Change the password of your account',
  description: 'The new password is asked twice and never shown, logged or saved.',
  async run({ api }) {
    const first = await api.ui.ask({ text: safe`New password`, secret: true });
    if (first === undefined || first === '') return;
    const second = await api.ui.ask({ text: safe`Once more`, secret: true });
    if (second === undefined) return;
    if (first !== second) throw new UserError('The two are not the same, so nothing was changed.', '/password');
    await api.register.changePassword(first);
    api.ui.notice(safe`The password is changed.`);
  },
});
