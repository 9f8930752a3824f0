/** XEP-0172 User Nickname: what somebody calls themselves, a claim. https://xmpp.org/extensions/xep-0172.html */
import { cleanIdentifier } from '../../lib/text.js';
import { defineXep } from '../xep.js';
import { textOf } from '../xml.js';

const NS = 'http://jabber.org/protocol/nick';

export default defineXep({
  name: 'nick',
  spec: 'XEP-0172',
  title: 'User Nickname',
  decode: {
    presence(el, draft) {
      const nickname = textOf(el, 'nick', NS)?.trim();
      if (nickname !== undefined && nickname !== '') draft.nickname = cleanIdentifier(nickname);
    },
  },
});
