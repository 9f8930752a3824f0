/** Namespaces of rooms: what may stand in `<x/>` and `<query/>` of XEP-0045 and its companions. */
export const NS_MUC = 'http://jabber.org/protocol/muc';
export const NS_USER = 'http://jabber.org/protocol/muc#user';
export const NS_OWNER = 'http://jabber.org/protocol/muc#owner';
export const NS_REQUEST = 'http://jabber.org/protocol/muc#request';
export const NS_REGISTRATION = 'http://jabber.org/protocol/muc#register';
export const NS_DIRECT = 'jabber:x:conference';
export const NS_CAPTCHA = 'urn:xmpp:captcha';
