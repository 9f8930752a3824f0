/** /raw — send XML as it stands. */
import { cleanBody, cleanLine, defineCommand, plain } from '../api.js';

export default defineCommand({
  name: 'raw',
  aliases: ['rawxml'],
  group: 'service',
  needs: 'online',
  summary: 'Send XML as it stands; the answer of an iq is shown',
  args: { xml: { type: 'rest', help: 'one stanza' } },
  examples: ["/raw <iq type='get' to='example.org'><ping xmlns='urn:xmpp:ping'/></iq>"],
  async run({ api, args }) {
    if (!/^<iq[\s>]/.test(args.xml) || !/^<iq[^>]*\stype\s*=\s*['"](?:get|set)['"]/.test(args.xml)) {
      api.xmpp.send(args.xml);
      return;
    }
    const reply = await api.xmpp.request(args.xml);
    api.ui.notice(
      cleanBody(reply.replace(/></g, '>\n<'))
        .split('\n')
        .slice(0, 200)
        .map(line => plain(cleanLine(line), 'text.code')),
    );
  },
});
