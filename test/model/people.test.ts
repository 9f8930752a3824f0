/** The people of a room in the order of lists, however they come, go and change. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { FullJid } from '../../src/lib/jid.js';
import type { Safe } from '../../src/lib/text.js';
import { createPeople } from '../../src/model/people.js';
import type { Affiliation, Occupant, Role } from '../../src/model/types.js';
import { byRank } from '../../src/model/wording.js';
import { fuzzRuns } from '../helpers/fuzz.js';

const ROLES: readonly Role[] = ['moderator', 'participant', 'visitor'];
const AFFILIATIONS: readonly Affiliation[] = ['owner', 'member', 'none'];

const occupant = (nick: string, role: Role, affiliation: Affiliation, away: boolean): Occupant => ({
  nick,
  name: nick as Safe,
  occupantJid: `room@rooms.example/${nick}` as FullJid,
  role,
  affiliation,
  serial: 1,
  ...(away ? { show: 'away' as const } : {}),
});
const shown = ({ nick, role, affiliation, show }: Occupant): string => `${role} ${affiliation} ${nick} ${show ?? ''}`;
const looksSame = (a: Occupant, b: Occupant): boolean => shown(a) === shown(b);

const change = fc.record({
  nick: fc.integer({ min: 0, max: 30 }).map(n => `nick${n}`),
  role: fc.option(fc.constantFrom(...ROLES)),
  affiliation: fc.constantFrom(...AFFILIATIONS),
  away: fc.boolean(),
});

test('whatever happens between two looks, the list is that of somebody who sorts all of them anew', () => {
  fc.assert(
    fc.property(fc.array(fc.array(change, { maxLength: 12 }), { maxLength: 12 }), looks => {
      const people = createPeople(shown, looksSame);
      const occupants = new Map<string, Occupant>();
      for (const changes of looks) {
        for (const { nick, role, affiliation, away } of changes) {
          if (role === null) occupants.delete(nick);
          else occupants.set(nick, occupant(nick, role, affiliation, away));
        }
        const before = people.ranked.map(one => one.item).join('\n');
        const changed = people.update(occupants);
        const now = people.ranked.map(one => one.item);
        assert.deepEqual(now, byRank(occupants.values()).map(shown));
        assert.deepEqual(
          people.ranked.map(one => one.occupant),
          byRank(occupants.values()),
        );
        if (now.join('\n') !== before) assert.equal(changed, true);
      }
    }),
    fuzzRuns(300),
  );
});

test('only those are made anew who look different', () => {
  const made: string[] = [];
  const people = createPeople(one => {
    made.push(one.nick);
    return one.nick;
  }, looksSame);
  const all = ['a', 'b', 'c'].map(nick => occupant(nick, 'participant', 'none', false));
  const occupants = new Map(all.map(one => [one.nick, one]));
  people.update(occupants);
  made.length = 0;
  occupants.set('b', { ...all[1]!, spokeAt: 5 });
  assert.equal(people.update(occupants), false);
  assert.deepEqual(made, []);
  assert.equal(people.ranked[1]?.occupant.spokeAt, 5);
  occupants.set('b', occupant('b', 'participant', 'none', true));
  assert.equal(people.update(occupants), true);
  assert.deepEqual(made, ['b']);
});
