/** The part of `@xmpp/connection-tcp` which is used here; the package has no types of its own. */
declare module '@xmpp/connection-tcp' {
  import Connection from '@xmpp/connection';
  import { Parser } from '@xmpp/xml';

  export default class ConnectionTCP extends Connection {
    headerElement(): import('@xmpp/xml').Element;
    socketParameters(service: string): unknown;
    Parser: typeof Parser;
  }
}
