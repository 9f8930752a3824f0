/** One room of the demo server: who is in it, what was said, and who is told what (XEP-0045). */
import type { Clock } from '../lib/time.js';
import type { DemoSession } from './stanza.js';
import { bareJid } from './stanza.js';
import { el, NS, type XmlElement, type XmlNode } from './xml.js';

export type Affiliation = 'owner' | 'admin' | 'member' | 'none' | 'outcast';
export type Role = 'moderator' | 'participant' | 'visitor' | 'none';

export const MAX_HISTORY = 50;

/** Status codes of XEP-0045 §15.6 by name. */
export const STATUS = {
  self: '110',
  configChanged: '104',
  created: '201',
  banned: '301',
  renamed: '303',
  kicked: '307',
  affiliationLost: '321',
  membersOnly: '322',
  realJids: '100',
} as const;

export interface RoomConfig {
  name: string;
  description: string;
  isPublic: boolean;
  isPersistent: boolean;
  isMembersOnly: boolean;
  isModerated: boolean;
  password: string;
  canAnyoneChangeSubject: boolean;
  /** Who sees real addresses. */
  whois: 'moderators' | 'anyone';
  maxOccupants: number;
}

export interface DemoOccupant {
  nick: string;
  /** The real address; that of a scripted occupant belongs to no session. */
  readonly realJid: string;
  /** Undefined for a scripted occupant. */
  readonly session: DemoSession | undefined;
  role: Role;
  affiliation: Affiliation;
  readonly occupantId: string;
  /** `show`, `status`, caps: what was sent with the presence. */
  presence: readonly XmlElement[];
}

export interface Departure {
  readonly codes?: readonly string[];
  readonly reason?: string;
  readonly actor?: string;
  readonly newNick?: string;
  /** A room that is no more. */
  readonly destroyed?: XmlElement;
  readonly status?: readonly XmlElement[];
}

interface Kept {
  readonly stanza: XmlElement;
  readonly stamp: number;
}

export interface Room {
  readonly jid: string;
  readonly config: RoomConfig;
  /** By real bare address; whoever is not named has `none`. */
  readonly affiliations: Map<string, Affiliation>;
  readonly subject: string;
  occupants(): readonly DemoOccupant[];
  byNick(nick: string): DemoOccupant | undefined;
  bySession(session: DemoSession): DemoOccupant | undefined;
  affiliationOf(realJid: string): Affiliation;
  defaultRole(affiliation: Affiliation): Role;
  /** Brings somebody in, or shows everything again to somebody who is in already. */
  enter(occupant: DemoOccupant, options: { isNew: boolean; historyLimit: number; isResync: boolean }): void;
  leave(occupant: DemoOccupant, departure?: Departure): void;
  rename(occupant: DemoOccupant, nick: string): void;
  showPresence(occupant: DemoOccupant, codes?: readonly string[], reason?: string, actor?: string): void;
  /** A message to everybody; one with a body or a correction is kept. */
  groupchat(occupant: DemoOccupant, id: string | undefined, payload: readonly XmlElement[], lang?: string): void;
  privately(from: DemoOccupant, to: DemoOccupant, message: XmlElement): void;
  setSubject(nick: string, subject: string, id?: string): void;
  /** A message of the room itself. */
  announce(...children: readonly XmlElement[]): void;
  /** Something that was said before the server started. */
  seed(nick: string, body: string, stamp: number): void;
}

export function createRoom(options: {
  readonly jid: string;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly config: RoomConfig;
}): Room {
  const { jid, clock, newId, config } = options;
  const occupants: DemoOccupant[] = [];
  const affiliations = new Map<string, Affiliation>();
  let history: Kept[] = [];
  let subject = '';
  let subjectNick: string | undefined;
  let subjectStamp = clock.now();

  const address = (nick: string) => `${jid}/${nick}`;
  const toAll = (stanza: (viewer: DemoOccupant, session: DemoSession) => XmlElement) => {
    for (const viewer of [...occupants]) {
      if (viewer.session !== undefined) viewer.session.send(stanza(viewer, viewer.session));
    }
  };
  const item = (
    of: DemoOccupant,
    viewer: DemoOccupant,
    extra: Readonly<Record<string, string | undefined>>,
    ...children: XmlNode[]
  ) =>
    el(
      'item',
      {
        affiliation: of.affiliation,
        role: of.role,
        jid: viewer.role === 'moderator' || config.whois === 'anyone' || viewer === of ? of.realJid : undefined,
        ...extra,
      },
      ...children,
    );
  const details = (reason?: string, actor?: string) => [
    ...(actor === undefined ? [] : [el('actor', { nick: actor })]),
    ...(reason === undefined || reason === '' ? [] : [el('reason', {}, reason)]),
  ];
  const occupantId = (of: DemoOccupant) => el('occupant-id', { xmlns: NS.occupantId, id: of.occupantId });
  const present = (of: DemoOccupant, viewer: DemoOccupant, codes: readonly string[], reason?: string, actor?: string) =>
    el(
      'presence',
      { from: address(of.nick), to: viewer.session?.jid },
      ...of.presence,
      el(
        'x',
        { xmlns: NS.mucUser },
        item(of, viewer, {}, ...details(reason, actor)),
        ...(viewer === of ? [STATUS.self, ...codes] : codes.filter(code => code !== STATUS.created)).map(status),
      ),
      occupantId(of),
    );
  const keep = (stanza: XmlElement, stamp: number) => {
    history = [...history, { stanza, stamp }].slice(-MAX_HISTORY);
  };
  const subjectStanza = (to: string, isDelayed: boolean, id?: string) =>
    el(
      'message',
      { id, type: 'groupchat', from: subjectNick === undefined ? jid : address(subjectNick), to },
      el('subject', {}, subject),
      ...(isDelayed && subject !== '' ? [delayOf(jid, subjectStamp)] : []),
    );

  const room: Room = {
    jid,
    config,
    affiliations,
    get subject() {
      return subject;
    },
    occupants: () => occupants,
    byNick: nick => occupants.find(occupant => occupant.nick === nick),
    bySession: session => occupants.find(occupant => occupant.session === session),
    affiliationOf: realJid => affiliations.get(bareJid(realJid)) ?? 'none',
    defaultRole(affiliation) {
      if (affiliation === 'owner' || affiliation === 'admin') return 'moderator';
      if (affiliation === 'outcast') return 'none';
      return affiliation === 'none' && config.isModerated ? 'visitor' : 'participant';
    },
    enter(occupant, { isNew, historyLimit, isResync }) {
      // > first the presence of the others, then one's own, then history, then the subject.  XEP-0045 §7.1
      const { session } = occupant;
      for (const other of occupants) {
        if (other !== occupant) session?.send(present(other, occupant, []));
      }
      const codes = [...(config.whois === 'anyone' ? [STATUS.realJids] : []), ...(isNew ? [STATUS.created] : [])];
      if (isResync) session?.send(present(occupant, occupant, codes));
      else {
        occupants.push(occupant);
        toAll(viewer => present(occupant, viewer, viewer === occupant ? codes : []));
      }
      if (session === undefined) return;
      const limit = Math.min(MAX_HISTORY, Math.max(0, historyLimit));
      for (const { stanza, stamp } of limit === 0 ? [] : history.slice(-limit)) {
        session.send(
          el(stanza.name, { ...stanza.attributes, to: session.jid }, ...stanza.children, delayOf(jid, stamp)),
        );
      }
      session.send(subjectStanza(session.jid, true));
    },
    leave(occupant, { codes = [], reason, actor, newNick, destroyed, status: text = [] } = {}) {
      const index = occupants.indexOf(occupant);
      if (index === -1) return;
      const [role, affiliation] = [newNick === undefined ? 'none' : occupant.role, occupant.affiliation];
      toAll(viewer =>
        el(
          'presence',
          { type: 'unavailable', from: address(occupant.nick), to: viewer.session?.jid },
          ...text,
          el(
            'x',
            { xmlns: NS.mucUser },
            item(occupant, viewer, { role, affiliation, nick: newNick }, ...details(reason, actor)),
            ...(destroyed === undefined ? [] : [destroyed]),
            ...(viewer === occupant ? [STATUS.self, ...codes] : codes).map(status),
          ),
          occupantId(occupant),
        ),
      );
      if (newNick === undefined) occupants.splice(index, 1);
    },
    rename(occupant, nick) {
      room.leave(occupant, { codes: [STATUS.renamed], newNick: nick });
      occupant.nick = nick;
      toAll(viewer => present(occupant, viewer, []));
    },
    showPresence(occupant, codes = [], reason, actor) {
      toAll(viewer => present(occupant, viewer, codes, reason, actor));
    },
    groupchat(occupant, id, payload, lang) {
      const stanza = el(
        'message',
        { id, type: 'groupchat', from: address(occupant.nick), 'xml:lang': lang },
        ...payload.filter(child => !isReserved(child)),
        occupantId(occupant),
        el('stanza-id', { xmlns: NS.stanzaId, by: jid, id: newId() }),
      );
      toAll((_, session) => el('message', { ...stanza.attributes, to: session.jid }, ...stanza.children));
      if (payload.some(child => child.name === 'body')) keep(stanza, clock.now());
    },
    privately(from, to, message) {
      to.session?.send(
        el(
          'message',
          { id: message.attributes['id'], type: 'chat', from: address(from.nick), to: to.session.jid },
          ...message.children.filter(child => typeof child === 'string' || !isReserved(child)),
          ...(message.children.some(child => typeof child !== 'string' && child.ns === NS.mucUser)
            ? []
            : [el('x', { xmlns: NS.mucUser })]),
          occupantId(from),
        ),
      );
    },
    setSubject(nick, text, id) {
      subject = text;
      subjectNick = nick;
      subjectStamp = clock.now();
      toAll((_, session) => subjectStanza(session.jid, false, id));
    },
    announce(...children) {
      toAll((_, session) => el('message', { type: 'groupchat', from: jid, to: session.jid }, ...children));
    },
    seed(nick, body, stamp) {
      keep(
        el(
          'message',
          { id: newId(), type: 'groupchat', from: address(nick) },
          el('body', {}, body),
          el('stanza-id', { xmlns: NS.stanzaId, by: jid, id: newId() }),
        ),
        stamp,
      );
    },
  };
  return room;
}

export function status(code: string): XmlElement {
  return el('status', { code });
}

function delayOf(from: string, stamp: number): XmlElement {
  return el('delay', { xmlns: NS.delay, from, stamp: new Date(stamp).toISOString() });
}

/** What only a room may say; a client that sends it forges. */
function isReserved(child: XmlElement): boolean {
  return (
    (child.ns === NS.stanzaId && child.name === 'stanza-id') || child.ns === NS.occupantId || child.ns === NS.delay
  );
}
