/** /trust — the certificate of the server, and which one is taken although no authority vouches for it. */
import { cleanIdentifier, cleanLine, defineCommand, plain, rowOf, safe, UserError } from '../api.js';

/** Read aloud in groups, as certificates are compared by phone. */
const grouped = (fingerprint: string): string => fingerprint.match(/.{1,4}/g)?.join(' ') ?? fingerprint;

export default defineCommand({
  name: 'trust',
  aliases: ['certificate'],
  group: 'connection',
  summary: 'See the certificate of the server, and decide whether to trust it',
  description:
    'accept pins the certificate that was refused just now (or the fingerprint that you give), for this server only; any other one is refused then, unless an authority vouches for it. forget ends that, and forgets which way of logging in the server offered before and the token it gave.',
  args: {
    what: { type: 'choice', optional: true, choices: ['accept', 'forget'], help: 'default: show what is known' },
    fingerprint: { type: 'rest', optional: true, help: 'SHA-256 of the certificate; spaces and colons do not matter' },
  },
  examples: ['/trust', '/trust accept', '/trust forget'],
  async run({ api, args }) {
    const { facts, trust } = api.session;
    if (facts.domain === undefined) throw new UserError('There is no server yet.', '/connect');
    const domain = cleanIdentifier(facts.domain);
    const refused = facts.failure?.fingerprint;
    if (args.what === 'forget') {
      trust.forget();
      api.ui.notice(safe`What was remembered of ${domain} is forgotten.`);
      return;
    }
    if (args.what === 'accept') {
      const given = args.fingerprint?.replace(/[\s:]/g, '').toLowerCase();
      const fingerprint = given === undefined || given === '' ? refused : given;
      if (fingerprint === undefined)
        throw new UserError(
          'No certificate was refused, so there is nothing to accept.',
          '/trust shows what is known.',
        );
      if (!/^[0-9a-f]{64}$/.test(fingerprint))
        throw new UserError('That is no SHA-256 fingerprint: 64 hexadecimal digits.', '/trust accept 12ab 34cd …');
      api.ui.notice(
        [
          plain(safe`Whoever holds this certificate can read and change everything between you and ${domain}.`),
          rowOf(safe`Fingerprint `, ['text.strong', cleanLine(grouped(fingerprint))]),
        ],
        { level: 'warning' },
      );
      if (!(await api.ui.confirm(safe`Did the operator of ${domain} tell you this fingerprint?`))) return;
      trust.pin(fingerprint);
      api.ui.notice(safe`This certificate is trusted for ${domain} from now on; /trust forget ends it.`);
      if (facts.status !== 'online') await api.session.reconnect();
      return;
    }
    const rows = [];
    const { tls } = facts;
    if (facts.status === 'online' && tls === undefined)
      rows.push(plain(safe`The connection to ${domain} is not encrypted.`));
    if (tls !== undefined) {
      const by = tls.mechanism === '' ? safe`` : safe`, logged in with ${cleanLine(tls.mechanism)}`;
      rows.push(plain(safe`${domain}: ${cleanLine(tls.protocol)}${by}.`));
    }
    const shown = tls?.fingerprint ?? refused;
    if (shown !== undefined) {
      const what = refused === undefined ? safe`Certificate ` : safe`Refused certificate `;
      rows.push(rowOf(what, ['text.strong', cleanLine(grouped(shown))]));
    }
    for (const pin of trust.pins) rows.push(rowOf(safe`Trusted by you `, ['text.strong', cleanLine(grouped(pin))]));
    if (rows.length === 0) rows.push(plain(safe`Nothing is known of the certificate of ${domain}.`));
    if (refused !== undefined)
      rows.push(rowOf(['text.key', safe`/trust accept`], safe` takes it, if the operator tells you the same one.`));
    api.ui.notice(rows);
  },
});
