import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readScenarioFile } from '../../src/files.js';
import { complaints, folderOf, HEAD } from './lab.js';

const PLAY = `${HEAD}play: [ 'wait 1 s' ]\n`;
/** What the schema library says by itself. */
const FOREIGN = /Invalid|received|Too (big|small)|Unrecognized|undefined|NaN|object|>=|<=/;

describe('what is wrong with a file is said in plain words', () => {
  test.each([
    ['an empty file', '', '1:1: the file is empty: expected a mapping with title, clause, profile, network'],
    ['a file of comments', '# nothing\n---\n', '1:1: the file is empty'],
    ['a text for a file', 'title\n', '1:1: expected a mapping, got `title`'],
    ['a list for a file', '- title\n', '1:1: expected a mapping, got a list'],
    [
      'an unknown profile',
      PLAY.replace('tr-24.841', 'ts-24.142'),
      '2:10: profile: expected tr-24.841 or ts-24.141, got `ts-24.142`; did you mean `ts-24.141`?',
    ],
    [
      'a profile that is a list',
      PLAY.replace('tr-24.841', '[1]'),
      '2:10: profile: expected tr-24.841 or ts-24.141, got a list',
    ],
    [
      'no profile',
      PLAY.replace('profile: tr-24.841\n', ''),
      'profile: missing: expected tr-24.841 or ts-24.141',
    ],
    [
      'no network',
      PLAY.replace('network: network.yaml\n', ''),
      'network: missing: expected a network file, or a network',
    ],
    [
      'a list of actors',
      PLAY.replace(/actors:[^]*play/, 'actors: [watcher]\nplay'),
      '4:9: actors: expected a mapping, got a list',
    ],
    ['a title without text', PLAY.replace('title: t', 'title:'), 'title: expected a text, got nothing'],
    ['a title that is a number', PLAY.replace('title: t', 'title: 5'), '1:8: title: expected a text, got 5'],
    ['no play', HEAD, 'play: missing: expected a list'],
    ['play without actions', `${HEAD}play: []\n`, '7:7: play: expected at least 1 entry, got a list'],
    ['a part of a millisecond', `${PLAY}quietMs: 0.5\n`, '8:10: quietMs: expected a whole number, got 0.5'],
    ['too short', `${PLAY}quietMs: 0\n`, '8:10: quietMs: expected at least 1, got 0'],
    ['too long', `${PLAY}quietMs: 10001\n`, '8:10: quietMs: expected at most 10000, got 10001'],
    ['without end', `${PLAY}quietMs: .inf\n`, '8:10: quietMs: expected a number, got Infinity'],
    [
      'an empty symbol',
      `${PLAY}symbols: ['']\n`,
      '8:11: symbols.0: expected at least 1 character, got an empty text',
    ],
    ['a yes', `${PLAY}strictResponses: yes\n`, '8:18: strictResponses: expected true or false, got `yes`'],
    [
      'a variable that is a list',
      `${PLAY}variables: { a: [] }\n`,
      '8:17: variables.a: expected a text, or a number, got a list',
    ],
    [
      'no times',
      `${HEAD}play: [{ repeat: 0, steps: [ wait 1 s ] }]\n`,
      '7:18: play.0.repeat: expected at least 1, got 0',
    ],
    [
      'half a time',
      `${HEAD}play: [{ repeat: 0.5, steps: [ wait 1 s ] }]\n`,
      'expected a whole number, got 0.5',
    ],
    [
      'a lifetime in parts',
      `${HEAD}play: ['watcher registers, 500 ms']\n`,
      '7:8: play.0: expected a whole number of seconds',
    ],
    [
      'an unknown record type',
      `${PLAY}flow: [{ step: 1, title: t, from: as, to: as, dns: { name: a, type: NAPRT } }]\n`,
      'did you mean `NAPTR`?',
    ],
    ['an alias of nothing', `${PLAY}symbols: *a\n`, ': not YAML: Unresolved alias'],
    ['the same key twice', `title: a\n${PLAY}`, '2:1: not YAML: the same key stands above'],
    ['two documents', `${PLAY}---\n${PLAY}`, 'expected one document: a second one begins here'],
  ])('%s', (_, text, expected) => {
    const found = complaints(text);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(expected);
    expect(found[0]).not.toMatch(FOREIGN);
    expect(found[0]).toMatch(/^flow\.yaml:\d+:\d+: /);
  });
});

describe('files are UTF-8', () => {
  const bytes = (...parts: readonly (string | number)[]): Buffer =>
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))));
  const of = (name: string, content: Buffer): string => {
    const folder = folderOf(PLAY.replace("'wait 1 s'", 'watcher publishes presence from user2-presence.xml'));
    writeFileSync(join(folder, name), content);
    try {
      return readScenarioFile(join(folder, 'flow.yaml')).title;
    } catch (error) {
      return String((error as { message?: unknown }).message).replaceAll(`${folder}/`, '');
    }
  };

  test.each([
    [
      'Latin-1',
      bytes('title: t\n# caf', 0xe9, '\n', PLAY),
      '2:6: not UTF-8: byte 0xE9 at offset 14: save the file as UTF-8',
    ],
    ['a character cut off', bytes('title: é', 0xc3), '1:10: not UTF-8: byte 0xC3 at offset 9'],
    [
      'UTF-16, the lower byte first',
      Buffer.from('\ufefftitle: t\n', 'utf16le'),
      '1:1: this is UTF-16: save the file as UTF-8',
    ],
    [
      'UTF-16, the higher byte first',
      Buffer.from('\ufefftitle: t\n', 'utf16le').swap16(),
      '1:1: this is UTF-16',
    ],
  ])('%s is a complaint', (_, content, expected) => {
    expect(of('flow.yaml', content)).toContain(`flow.yaml:${expected}`);
  });

  test('with its byte order mark, and beyond ASCII, it is read', () => {
    expect(of('flow.yaml', bytes('\ufeff', PLAY.replace('title: t', 'title: é')))).toBe('é');
  });

  test('a body is complained of where it is named', () => {
    expect(of('user2-presence.xml', bytes('<a>', 0xff, '</a>'))).toMatch(
      /^flow\.yaml:7:9: play\.0: user2-presence\.xml:1:4: not UTF-8: byte 0xFF at offset 3/,
    );
  });

  test('a variable within a body that nobody gives a value is a complaint where it is named', () => {
    expect(of('user2-presence.xml', bytes('<a>${tag}</a>'))).toBe(
      'flow.yaml:7:9: play.0: user2-presence.xml: there is no variable tag; there are: round',
    );
    expect(of('user2-presence.xml', bytes('<a>${round} $ {</a>'))).toBe('t');
  });

  test.each([
    ['user2-presense.xml', 'did you mean `user2-presence.xml`?'],
    ['presence/user2.xml', 'there is no folder presence'],
    ['other.xml', 'there are: user2-presence.xml'],
  ])('a body %s that is not there: what stands beside it', (name, expected) => {
    const [found = '', ...more] = complaints(`${HEAD}play: [ watcher publishes presence from ${name} ]\n`);
    expect(more).toEqual([]);
    expect(found).toContain(`there is no file ${name} beside the scenario`);
    expect(found).toContain(expected);
  });
});
