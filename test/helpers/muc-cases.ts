/** The use cases of XEP-0045 (version 1.34): what serves them in the program, and which tests show it, found by the section in their names. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Section, title as in the specification, and the command or what happens by itself. */
export const MUC_CASES: readonly (readonly [section: string, title: string, how: string])[] = [
  ['6.1', 'Discovering a MUC Service', '`/disco`'],
  ['6.2', 'Discovering the Features Supported by a MUC Service', '`/disco SERVICE`'],
  ['6.3', 'Discovering Rooms', '`/list`, `/rooms`'],
  ['6.4', 'Querying for Room Information', '`/preview`, F2 in `/list`; on entering'],
  ['6.5', 'Querying for Room Items', '`/disco ROOM`'],
  ['6.6', 'Querying a Room Occupant', '`/disco ROOM/NICK`, `/version NICK`'],
  ['6.7', 'Discovering Client Support for MUC', '`/disco PERSON`; answered with an account'],
  ['7.2.1', 'Basic MUC Protocol', '`/join`, a link, an argument'],
  ['7.2.2', 'Presence Broadcast', 'list of people, `/names`'],
  ['7.2.3', 'Non-Anonymous Rooms', 'said on entering and when it changes'],
  ['7.2.4', 'Semi-Anonymous Rooms', 'said on entering and when it changes'],
  ['7.2.5', 'Password-Protected Rooms', 'asked in the line; `/join ROOM PASSWORD`, links'],
  ['7.2.6', 'Members-Only Rooms', 'said, with whom to ask'],
  ['7.2.7', 'Banned Users', 'said; `/contact`'],
  ['7.2.8', 'Nickname Conflict', '`nick_`, and the nick when it is free'],
  ['7.2.9', 'Max Users', 'said; entered when there is a place'],
  ['7.2.10', 'Locked Room', 'said; own rooms are unlocked at once'],
  ['7.2.11', 'Nonexistent Room', 'said; a near name is offered'],
  ['7.2.12', 'Room Logging', 'said on entering and when it changes'],
  ['7.2.13', 'Discussion History', 'above what is said from now on'],
  ['7.2.14', 'Managing Discussion History', '`/set rooms.history`'],
  ['7.2.15', 'Room Subject', 'top line, `/topic`'],
  ['7.2.16', 'Live Messages', 'shown'],
  ['7.2.17', 'Error Conditions', 'one sentence and what to do'],
  ['7.3', 'Occupant Modification of the Room Subject', '`/topic`'],
  ['7.4', 'Sending a Message to All Occupants', 'type it'],
  ['7.5', 'Sending a Private Message', '`/msg NICK`, `/query NICK`'],
  ['7.6', 'Changing Nickname', '`/nick`'],
  ['7.7', 'Changing Availability Status', '`/away`, `/back`, `/status`'],
  ['7.8.1', 'Direct Invitation', '`/invite -direct`, `/invites`'],
  ['7.8.2', 'Mediated Invitation', '`/invite`, `/invites`, `/accept`, `/deny`'],
  ['7.9', 'Converting a One-to-One Chat Into a Multi-User Conference', '`/impromptu`'],
  ['7.10', 'Registering with a Room', '`/register`'],
  ['7.11', 'Getting the Member List', '`/affiliation`'],
  ['7.12', 'Discovering Reserved Room Nickname', 'proposed when the room wants it'],
  ['7.13', 'Requesting Voice', '`/voice`'],
  ['7.14', 'Exiting a Room', '`/part`, `/close`, `/cycle`'],
  ['8.1', 'Modifying the Room Subject', '`/topic`'],
  ['8.2', 'Kicking an Occupant', '`/kick`'],
  ['8.3', 'Granting Voice to a Visitor', '`/voice NICK`, `/mode +v`'],
  ['8.4', 'Revoking Voice from a Participant', '`/quiet NICK`, `/mode -v`'],
  ['8.5', 'Modifying the Voice List', '`/mod`: Space, `m`, `u`'],
  ['8.6', 'Approving Voice Requests', '`/voice NICK`; `/mod`: `y`, `n`'],
  ['9.1', 'Banning a User', '`/ban`'],
  ['9.2', 'Modifying the Ban List', '`/bans`, `/unban`'],
  ['9.3', 'Granting Membership', '`/affiliation NICK member`'],
  ['9.4', 'Revoking Membership', '`/affiliation NICK none`'],
  ['9.5', 'Modifying the Member List', '`/affiliation`: Space, `m`, Delete'],
  ['9.6', 'Granting Moderator Status', '`/op`'],
  ['9.7', 'Revoking Moderator Status', '`/deop`'],
  ['9.8', 'Modifying the Moderator List', '`/names`, `/op`, `/deop`'],
  ['9.9', 'Approving Registration Requests', '`/mod`: `y`, `n`'],
  ['10.1.2', 'Creating an Instant Room', '`/join`, `/create`'],
  ['10.1.3', 'Creating a Reserved Room', '`/create -group`, `-channel`, `-configure`'],
  ['10.2', 'Subsequent Room Configuration', '`/configure`'],
  ['10.2.1', 'Notification of Configuration Changes', 'what is different is said'],
  ['10.3', 'Granting Owner Status', '`/affiliation NICK owner`'],
  ['10.4', 'Revoking Owner Status', '`/affiliation NICK admin`'],
  ['10.5', 'Modifying the Owner List', '`/affiliation`: Space, `o`, Delete'],
  ['10.6', 'Granting Admin Status', '`/affiliation NICK admin`'],
  ['10.7', 'Revoking Admin Status', '`/affiliation NICK none`'],
  ['10.8', 'Modifying the Admin List', '`/affiliation`: Space, `a`, Delete'],
  ['10.9', 'Destroying a Room', '`/destroy`; `/join` goes on to the next room'],
  ['11.1', 'Service removes user because of error response', 'said'],
  ['11.2', 'Service removes user because of service shut down', 'said; entered again by itself'],
];

/** Cases that no test on a real server shows yet; the table says so. */
export const UNTESTED: readonly string[] = [];

const TESTS = resolve(import.meta.dirname, '..');
/** Names that begin with sections of this specification. */
const NAME = /\btest\(\s*(['"`])((?:§[\d.]*\d(?:, )?)+) /g;
const SHARED = /^room-cases.*\.ts$/;

/** The suites on real servers, by section: paths below `test`. */
export function suitesBySection(): ReadonlyMap<string, readonly string[]> {
  const helpers = readdirSync(join(TESTS, 'helpers')).filter(name => SHARED.test(name));
  const found = new Map<string, string[]>();
  for (const suite of readdirSync(join(TESTS, 'e2e')).filter(name => name.endsWith('.test.ts'))) {
    const own = readFileSync(join(TESTS, 'e2e', suite), 'utf8');
    const texts = [own];
    for (const helper of helpers) {
      const text = readFileSync(join(TESTS, 'helpers', helper), 'utf8');
      // The cases of a helper run where what registers them is called.
      const register = /export function (\w+Cases)\(/.exec(text)?.[1];
      if (register !== undefined && own.includes(`${register}(() =>`)) texts.push(text);
    }
    for (const text of texts) {
      for (const [, , sections = ''] of text.matchAll(NAME)) {
        for (const section of sections.replaceAll('§', '').split(', ')) {
          const suites = found.get(section) ?? [];
          if (!suites.includes(suite)) suites.push(suite);
          found.set(section, suites);
        }
      }
    }
  }
  return found;
}
