/** The room service of the demo server: finds the room, checks what is asked, and tells the scripts what happened (XEP-0045). */
import type { Clock } from '../lib/time.js';
import {
  type Affiliation,
  createRoom,
  type DemoOccupant,
  MAX_HISTORY,
  type Role,
  type Room,
  type RoomConfig,
} from './room.js';
import { answerAdmin, answerOwner } from './room-admin.js';
import {
  type Answer,
  bareJid,
  bounce,
  type DemoSession,
  type Fault,
  isNick,
  normalJid,
  refuse,
  resourceOf,
  result,
} from './stanza.js';
import { childOf, childrenOf, childText, el, elementsOf, NS, type XmlElement } from './xml.js';

const MAX_ROOMS = 50;
const MAX_SUBJECT_LENGTH = 2000;

/** What the scripts want to know. */
export interface RoomObserver {
  onJoin?(room: Room, occupant: DemoOccupant): void;
  onLeave?(room: Room, occupant: DemoOccupant): void;
  onRename?(room: Room, occupant: DemoOccupant, oldNick: string): void;
  /** Somebody with a connection said something to all. */
  onMessage?(room: Room, occupant: DemoOccupant, body: string): void;
  /** Somebody with a connection wrote to a scripted occupant. */
  onPrivate?(room: Room, from: DemoOccupant, to: DemoOccupant, body: string): void;
}

export interface ScriptedOptions {
  readonly role?: Role;
  readonly affiliation?: Affiliation;
  readonly statusText?: string;
}

export interface Rooms {
  readonly service: string;
  all(): readonly Room[];
  get(jid: string): Room | undefined;
  /** A room that is there from the beginning. */
  build(local: string, config: Partial<RoomConfig>): Room;
  /** Brings a scripted occupant in. */
  addScripted(room: Room, nick: string, options?: ScriptedOptions): DemoOccupant;
  observe(observer: RoomObserver): void;
  onPresence(session: DemoSession, presence: XmlElement): void;
  onMessage(session: DemoSession, message: XmlElement): void;
  onIq(session: DemoSession, iq: XmlElement): Answer;
  /** The session is gone: so is its occupant, everywhere. */
  onEnd(session: DemoSession): void;
}

const DEFAULTS: RoomConfig = {
  name: '',
  description: '',
  isPublic: true,
  isPersistent: false,
  isMembersOnly: false,
  isModerated: false,
  password: '',
  canAnyoneChangeSubject: false,
  whois: 'moderators',
  maxOccupants: 50,
};

export function createRooms(options: {
  readonly service: string;
  readonly domain: string;
  readonly clock: Clock;
  readonly newId: () => string;
  /** A stanza for somebody by full or bare address: invitations. */
  readonly deliver: (jid: string, stanza: XmlElement) => boolean;
}): Rooms {
  const { service, domain, clock, newId, deliver } = options;
  const rooms = new Map<string, Room>();
  const observers: RoomObserver[] = [];
  const tell = <Name extends keyof RoomObserver>(name: Name, ...args: Parameters<NonNullable<RoomObserver[Name]>>) => {
    for (const observer of observers) (observer[name] as ((...all: typeof args) => void) | undefined)?.(...args);
  };
  const addRoom = (jid: string, config: Partial<RoomConfig>) => {
    const room = createRoom({ jid, clock, newId, config: { ...DEFAULTS, ...config } });
    rooms.set(jid, room);
    return room;
  };
  const forgetIfEmpty = (room: Room) => {
    const isEmpty = room.occupants().every(occupant => occupant.session === undefined);
    if (isEmpty && !room.config.isPersistent) rooms.delete(room.jid);
  };

  /** Why this session may not come in with this nick, if so. */
  const refusal = (room: Room, session: DemoSession, nick: string, x: XmlElement | undefined): Fault | undefined => {
    const affiliation = room.affiliationOf(session.jid);
    const { config } = room;
    const holder = room.byNick(nick);
    if (affiliation === 'outcast') return refuse('auth', 'forbidden', 'You are banned from this room.').fault;
    if (config.isMembersOnly && affiliation === 'none') return refuse('auth', 'registration-required').fault;
    if (config.password !== '' && (x === undefined || childText(x, 'password') !== config.password)) {
      return refuse('auth', 'not-authorized', 'This room needs a password.').fault;
    }
    if (holder !== undefined && holder.session !== session) return refuse('cancel', 'conflict').fault;
    if (room.occupants().length >= config.maxOccupants)
      return refuse('wait', 'service-unavailable', 'The room is full.').fault;
    return undefined;
  };

  const historyLimit = (x: XmlElement | undefined) => {
    const history = x === undefined ? undefined : childOf(x, 'history');
    if (history?.attributes['maxchars'] === '0' || history?.attributes['seconds'] === '0') return 0;
    const wanted = Number(history?.attributes['maxstanzas'] ?? 20);
    return Number.isFinite(wanted) ? Math.min(MAX_HISTORY, wanted) : 20;
  };

  const join = (session: DemoSession, jid: string, nick: string, presence: XmlElement) => {
    const x = childOf(presence, 'x', NS.muc);
    const reject = (fault: Fault) =>
      session.send(bounce(presence, `${jid}/${nick}`, session.jid, fault, [el('x', { xmlns: NS.muc })]));
    if (!isNick(nick)) {
      return reject(refuse('modify', 'jid-malformed', 'A nick has 1 to 64 characters.').fault);
    }
    let room = rooms.get(jid);
    const isNew = room === undefined;
    if (room === undefined) {
      if (rooms.size >= MAX_ROOMS)
        return reject(refuse('wait', 'resource-constraint', 'There are too many rooms.').fault);
      room = addRoom(jid, { name: jid.slice(0, jid.indexOf('@')) });
      room.affiliations.set(session.bareJid, 'owner');
    }
    const fault = refusal(room, session, nick, x);
    if (fault !== undefined) return reject(fault);
    const affiliation = room.affiliationOf(session.jid);
    const occupant: DemoOccupant = {
      nick,
      realJid: session.jid,
      session,
      role: room.defaultRole(affiliation),
      affiliation,
      occupantId: newId(),
      presence: presencePayload(presence),
    };
    room.enter(occupant, { isNew, historyLimit: historyLimit(x), isResync: false });
    tell('onJoin', room, occupant);
  };

  const depart = (room: Room, occupant: DemoOccupant, text: readonly XmlElement[] = []) => {
    room.leave(occupant, { status: text });
    tell('onLeave', room, occupant);
    forgetIfEmpty(room);
  };

  const changePresence = (room: Room, occupant: DemoOccupant, nick: string, presence: XmlElement) => {
    occupant.presence = presencePayload(presence);
    const x = childOf(presence, 'x', NS.muc);
    if (nick !== occupant.nick) {
      const reject = (fault: Fault) =>
        occupant.session?.send(bounce(presence, `${room.jid}/${nick}`, occupant.realJid, fault));
      if (!isNick(nick)) return reject(refuse('modify', 'jid-malformed').fault);
      if (room.byNick(nick) !== undefined) return reject(refuse('cancel', 'conflict', 'Somebody has that nick.').fault);
      const oldNick = occupant.nick;
      room.rename(occupant, nick);
      tell('onRename', room, occupant, oldNick);
    } else if (x !== undefined) {
      // A client that joins again has lost its state and wants everything.
      room.enter(occupant, { isNew: false, historyLimit: historyLimit(x), isResync: true });
    } else room.showPresence(occupant);
  };

  const onGroupchat = (session: DemoSession, room: Room, message: XmlElement): Fault | undefined => {
    const occupant = room.bySession(session);
    if (occupant === undefined) return refuse('modify', 'not-acceptable', 'You are not in this room.').fault;
    if (occupant.role === 'visitor') return refuse('auth', 'forbidden', 'You have no voice here.').fault;
    const subject = childText(message, 'subject');
    const body = childText(message, 'body');
    if (subject !== undefined && body === undefined && childOf(message, 'thread') === undefined) {
      if (occupant.role !== 'moderator' && !room.config.canAnyoneChangeSubject)
        return refuse('auth', 'forbidden').fault;
      room.setSubject(occupant.nick, subject.slice(0, MAX_SUBJECT_LENGTH), message.attributes['id']);
      return undefined;
    }
    room.groupchat(occupant, message.attributes['id'], elementsOf(message), message.attributes['xml:lang']);
    const isCorrection = childOf(message, 'replace', NS.correction) !== undefined;
    if (body !== undefined && !isCorrection) tell('onMessage', room, occupant, body);
    return undefined;
  };

  const onPrivate = (session: DemoSession, room: Room, nick: string, message: XmlElement): Fault | undefined => {
    const occupant = room.bySession(session);
    const target = room.byNick(nick);
    if (occupant === undefined) return refuse('modify', 'not-acceptable').fault;
    if (message.attributes['type'] === 'groupchat') return refuse('modify', 'bad-request').fault;
    if (target === undefined) return refuse('cancel', 'item-not-found', 'Nobody here has that nick.').fault;
    room.privately(occupant, target, message);
    const body = childText(message, 'body');
    if (target.session === undefined && body !== undefined) tell('onPrivate', room, occupant, target, body);
    return undefined;
  };

  /** Mediated invitations and their declining. */
  const onMediated = (session: DemoSession, room: Room, x: XmlElement): Fault | undefined => {
    const occupant = room.bySession(session);
    for (const name of ['invite', 'decline'] as const) {
      for (const one of childrenOf(x, name)) {
        const to = normalJid(one.attributes['to'] ?? '');
        if (name === 'invite' && occupant === undefined) return refuse('auth', 'forbidden').fault;
        if (name === 'invite' && room.config.isMembersOnly && occupant?.role === 'moderator') {
          if (room.affiliationOf(to) === 'none') room.affiliations.set(bareJid(to), 'member');
        }
        const from = name === 'invite' && occupant !== undefined ? `${room.jid}/${occupant.nick}` : session.bareJid;
        const password = room.config.password === '' ? [] : [el('password', {}, room.config.password)];
        const sent = deliver(
          to,
          el(
            'message',
            { from: room.jid, to },
            el(
              'x',
              { xmlns: NS.mucUser },
              el(name, { from }, ...childrenOf(one, 'reason')),
              ...(name === 'invite' ? password : []),
            ),
          ),
        );
        if (!sent) return refuse('cancel', 'item-not-found', 'Nobody with that address is here.').fault;
      }
    }
    return undefined;
  };

  const infoOf = (room: Room): XmlElement => {
    const { config } = room;
    const features = [
      NS.info,
      NS.muc,
      NS.stanzaId,
      NS.occupantId,
      config.isPublic ? 'muc_public' : 'muc_hidden',
      config.isPersistent ? 'muc_persistent' : 'muc_temporary',
      config.isMembersOnly ? 'muc_membersonly' : 'muc_open',
      config.isModerated ? 'muc_moderated' : 'muc_unmoderated',
      config.password === '' ? 'muc_unsecured' : 'muc_passwordprotected',
      config.whois === 'anyone' ? 'muc_nonanonymous' : 'muc_semianonymous',
    ];
    const field = (name: string, value: string, label: string, type = 'text-single') =>
      el('field', { var: name, type, label }, el('value', {}, value));
    return el(
      'query',
      { xmlns: NS.info },
      el('identity', { category: 'conference', type: 'text', name: config.name }),
      ...features.map(name => el('feature', { var: name })),
      el(
        'x',
        { xmlns: NS.data, type: 'result' },
        el('field', { var: 'FORM_TYPE', type: 'hidden' }, el('value', {}, NS.mucRoomInfo)),
        field('muc#roominfo_description', config.description, 'Description'),
        field('muc#roominfo_subject', room.subject, 'Subject'),
        field('muc#roominfo_occupants', String(room.occupants().length), 'Number of occupants'),
      ),
    );
  };

  const answerService = (query: XmlElement): Answer => {
    if (query.ns === NS.info) {
      return result(
        el(
          'query',
          { xmlns: NS.info },
          el('identity', { category: 'conference', type: 'text', name: 'Demo rooms' }),
          ...[NS.info, NS.items, NS.muc, NS.ping].map(name => el('feature', { var: name })),
        ),
      );
    }
    if (query.ns === NS.items) {
      const listed = [...rooms.values()].filter(room => room.config.isPublic);
      return result(
        el(
          'query',
          { xmlns: NS.items },
          ...listed.map(room =>
            el('item', { jid: room.jid, name: `${room.config.name} (${room.occupants().length})` }),
          ),
        ),
      );
    }
    return query.ns === NS.ping ? result() : refuse('cancel', 'service-unavailable');
  };

  const answerOccupant = (
    session: DemoSession,
    room: Room,
    nick: string,
    iq: XmlElement,
    query: XmlElement,
  ): Answer => {
    const self = room.bySession(session);
    if (self === undefined) return refuse('modify', 'not-acceptable', 'You are not in this room.');
    const target = room.byNick(nick);
    if (target === undefined) return refuse('cancel', 'item-not-found');
    // > the room answers a ping of oneself.  XEP-0410
    if (query.ns === NS.ping && (target === self || target.session === undefined)) return result();
    if (target.session !== undefined) {
      const { id, type } = iq.attributes;
      target.session.send(
        el('iq', { id, type, from: `${room.jid}/${self.nick}`, to: target.session.jid }, ...elementsOf(iq)),
      );
      return undefined;
    }
    if (query.ns === NS.version) {
      return result(
        el(
          'query',
          { xmlns: NS.version },
          el('name', {}, 'A scripted occupant'),
          el('version', {}, '1.0'),
          el('os', {}, 'this very process'),
        ),
      );
    }
    return refuse('cancel', 'service-unavailable');
  };

  return {
    service,
    all: () => [...rooms.values()],
    get: jid => rooms.get(normalJid(jid)),
    build: (local, config) => addRoom(`${local}@${service}`, { isPersistent: true, ...config }),
    addScripted(room, nick, { role = 'participant', affiliation = 'member', statusText } = {}) {
      const realJid = `${nick.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '-')}@${domain}/script`;
      if (affiliation !== 'none') room.affiliations.set(bareJid(realJid), affiliation);
      const presence = statusText === undefined ? [] : [el('status', {}, statusText)];
      const occupant: DemoOccupant = {
        nick,
        realJid,
        session: undefined,
        role,
        affiliation,
        occupantId: newId(),
        presence,
      };
      room.enter(occupant, { isNew: false, historyLimit: 0, isResync: false });
      return occupant;
    },
    observe: observer => observers.push(observer),
    onPresence(session, presence) {
      const to = normalJid(presence.attributes['to'] ?? '');
      const [jid, nick] = [bareJid(to), resourceOf(to) ?? ''];
      const type = presence.attributes['type'];
      const room = rooms.get(jid);
      const occupant = room?.bySession(session);
      if (type === 'unavailable') {
        if (room !== undefined && occupant !== undefined) depart(room, occupant, childrenOf(presence, 'status'));
      } else if (type === undefined && jid.includes('@')) {
        if (room !== undefined && occupant !== undefined) changePresence(room, occupant, nick, presence);
        else join(session, jid, nick, presence);
      }
    },
    onMessage(session, message) {
      const type = message.attributes['type'];
      if (type === 'error') return;
      const to = normalJid(message.attributes['to'] ?? '');
      const [jid, nick] = [bareJid(to), resourceOf(to)];
      const room = rooms.get(jid);
      const x = childOf(message, 'x', NS.mucUser);
      const isMediated =
        x !== undefined && elementsOf(x).some(child => child.name === 'invite' || child.name === 'decline');
      let fault: Fault | undefined;
      if (room === undefined) fault = refuse('cancel', 'item-not-found', 'There is no such room.').fault;
      else if (nick !== undefined) fault = onPrivate(session, room, nick, message);
      else if (isMediated) fault = onMediated(session, room, x);
      else if (type === 'groupchat') fault = onGroupchat(session, room, message);
      else fault = refuse('modify', 'bad-request').fault;
      if (fault !== undefined) session.send(bounce(message, to, session.jid, fault));
    },
    onIq(session, iq) {
      const to = normalJid(iq.attributes['to'] ?? '');
      const [jid, nick] = [bareJid(to), resourceOf(to)];
      const query = elementsOf(iq)[0];
      const type = iq.attributes['type'] ?? '';
      if (!jid.includes('@')) return query === undefined ? refuse('modify', 'bad-request') : answerService(query);
      const room = rooms.get(jid);
      if (type === 'result' || type === 'error') {
        // An answer to what another occupant asked through the room.
        const self = room?.bySession(session);
        const target = nick === undefined ? undefined : room?.byNick(nick);
        if (self !== undefined && target?.session !== undefined) {
          target.session.send(
            el('iq', { ...iq.attributes, from: `${jid}/${self.nick}`, to: target.session.jid }, ...elementsOf(iq)),
          );
        }
        return undefined;
      }
      if (query === undefined) return refuse('modify', 'bad-request');
      if (room === undefined) return refuse('cancel', 'item-not-found', 'There is no such room.');
      if (nick !== undefined) return answerOccupant(session, room, nick, iq, query);
      const self = room.bySession(session);
      if (query.ns === NS.info)
        return query.attributes['node'] === undefined ? result(infoOf(room)) : refuse('cancel', 'item-not-found');
      if (query.ns === NS.items) return result(el('query', { xmlns: NS.items, node: query.attributes['node'] }));
      if (query.ns === NS.ping) return result();
      if (self === undefined) return refuse('auth', 'forbidden', 'You are not in this room.');
      if (query.ns === NS.mucAdmin) {
        const before = [...room.occupants()];
        const answer = answerAdmin(room, self, type, query);
        for (const gone of before.filter(one => !room.occupants().includes(one))) tell('onLeave', room, gone);
        return answer;
      }
      if (query.ns === NS.mucOwner) return answerOwner(room, self, type, query, () => rooms.delete(jid));
      return refuse('cancel', 'service-unavailable');
    },
    onEnd(session) {
      for (const room of [...rooms.values()]) {
        const occupant = room.bySession(session);
        if (occupant !== undefined) depart(room, occupant);
      }
    },
  };
}

/** Of a presence everything but what the room itself puts in. */
function presencePayload(presence: XmlElement): readonly XmlElement[] {
  return elementsOf(presence).filter(
    child => child.ns !== NS.muc && child.ns !== NS.mucUser && child.ns !== NS.occupantId,
  );
}
