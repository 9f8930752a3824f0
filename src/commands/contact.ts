/** /contact — whom to write to about a server (XEP-0157). */
import { cleanIdentifier, cleanLine, defineCommand, domainOf, fact, parseJid, plain, UserError } from '../api.js';

const SERVER_INFO = 'http://jabber.org/network/serverinfo';

export default defineCommand({
  name: 'contact',
  group: 'service',
  needs: 'online',
  summary: 'Show whom to write to about a server: abuse, support, administrators',
  args: { server: { type: 'jid', optional: true, help: 'default: the server of this tab, or yours' } },
  examples: ['/contact', '/contact example.org'],
  async run({ api, args, chat }) {
    const near = args.server ?? chat?.id ?? api.session.facts.jid;
    const server = near === undefined ? undefined : parseJid(domainOf(near));
    if (server === undefined) throw new UserError('Of which server?', '/contact example.org');
    const { forms } = await api.disco.info(server);
    const fields = forms.filter(form => form.formType === SERVER_INFO).flatMap(form => form.fields);
    const rows = fields
      .filter(field => field.type !== 'hidden' && field.values.length > 0)
      .map(field => fact(cleanLine(field.var.replace(/-addresses$/, '')), cleanLine(field.values.join(' '))));
    if (rows.length === 0)
      throw new UserError(`${cleanIdentifier(server)} names nobody.`, `/disco ${server} shows what it says.`);
    api.ui.notice([plain(cleanIdentifier(server), 'text.heading'), ...rows]);
  },
});
