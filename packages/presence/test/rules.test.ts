import { describe, expect, test } from '@jest/globals';
import { compose } from '../src/compose.js';
import { canonicalIdentity, domainOf } from '../src/identity.js';
import { type Presence, parsePresence, renderPresence } from '../src/pidf.js';
import { type SubHandling, type WatcherRules, authorise, politeBlockPresence } from '../src/watcher-rules.js';

describe('identities', () => {
  test.each([
    ['sip:User1@Home1.NET', 'sip:User1@home1.net'],
    ['"U" <sip:user1@home1.net:5060;transport=udp>;tag=1', 'sip:user1@home1.net'],
    ['sip:%75ser1:pw@home1.net?x=y', 'sip:user1@home1.net'],
    ['sips:a@b', 'sips:a@b'],
    ['sip:[5555::AAA]:99', 'sip:[5555::aaa]'],
    ['tel:+1-(212)-555.2222;x=y', 'tel:+12125552222'],
    ['sip:+1-212-555-2222@home2.net;user=phone', 'tel:+12125552222'],
    ['sip:+12125552222@home2.net', 'sip:+12125552222@home2.net'],
    ['tel:7042;phone-context=Example.com', 'tel:7042;phone-context=example.com'],
    ['pres:a@B', 'pres:a@b'],
    ['mailto:a@b', undefined],
    ['user1', undefined],
    ['sip:', undefined],
    ['tel:x', undefined],
    ['', undefined],
  ])('%s is %s', (text, canonical) => {
    expect(canonicalIdentity(text)).toBe(canonical);
  });

  test('the domain', () => {
    expect(domainOf('sip:a@Home1.net')).toBe('home1.net');
    expect(domainOf('tel:+1')).toBeUndefined();
  });
});

describe('RFC 5025 3.2.1: whom a presentity lets watch', () => {
  const rules: WatcherRules = {
    default: 'confirm',
    rules: [
      { identities: ['sip:user1_public1@home1.net', 'tel:+1-212-555-1111'], handling: 'allow' },
      { identities: ['sip:user1_public1@home1.net', 'sip:pest@home1.net'], handling: 'block' },
      { domain: 'Home3.net', except: ['sip:spy@home3.net'], handling: 'polite-block' },
      { domain: 'home4.net', handling: 'block' },
    ],
  };

  test.each<[string | string[], SubHandling, RegExp]>([
    ['<sip:user1_public1@HOME1.net>', 'allow', /rule for sip:user1_public1@home1\.net/],
    ['tel:+12125551111', 'allow', /rule for tel/],
    ['sip:pest@home1.net', 'block', /rule for sip:pest/],
    ['sip:anyone@home3.net', 'polite-block', /domain home3\.net/],
    ['sip:spy@home3.net', 'confirm', /default/],
    ['sip:x@home4.net', 'block', /domain home4\.net/],
    ['sip:x@nothome4.net', 'confirm', /default/],
    [['sip:x@home4.net', 'tel:+12125551111'], 'allow', /tel:\+12125551111/],
    [['sip:a@home3.net', 'sip:spy@home3.net'], 'confirm', /default/],
  ])('%j: %s', (watcher, handling, reason) => {
    const result = authorise(rules, watcher);
    expect(result.handling).toBe(handling);
    expect(result.reason).toMatch(reason);
  });

  test.each<[SubHandling, SubHandling]>([
    ['allow', 'confirm'],
    ['polite-block', 'confirm'],
    ['confirm', 'confirm'],
    ['block', 'block'],
  ])('no identity, default %s: %s', (given, handling) => {
    expect(authorise({ default: given, rules: [] }, []).handling).toBe(handling);
    expect(authorise({ default: given, rules: [] }, 'anonymous').handling).toBe(handling);
  });

  test('a polite block looks like somebody who is not there', () => {
    const text = renderPresence(politeBlockPresence('pres:a@b'), 'application/pidf+xml');
    expect(parsePresence(text)).toMatchObject({
      presence: { entity: 'pres:a@b', tuples: [{ basic: 'closed', contact: undefined }] },
    });
  });
});

describe('RFC 3903 7: several publications of one presentity', () => {
  function published(inner: string): Presence {
    const parsed = parsePresence(
      `<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:d="urn:d" entity="sip:x@y">${inner}</presence>`,
    );
    if (parsed.kind !== 'presence') {
      throw new Error(parsed.reason);
    }
    return parsed.presence;
  }
  const tuple = (id: string, basic: string): string =>
    `<tuple id="${id}"><status><basic>${basic}</basic></status></tuple>`;

  test('newest first; one tuple an id, one note a text, one person an id', () => {
    const older = published(
      `${tuple('a', 'open')}${tuple('b', 'open')}<note>n</note><note>m</note><d:person id="p"/><d:x/>`,
    );
    const newer = published(
      `${tuple('c', 'open')}${tuple('a', 'closed')}<note>n</note><d:person id="p"><d:new/></d:person><d:x/>`,
    );
    const all = compose('pres:a@b', [newer, older]);
    expect(all.entity).toBe('pres:a@b');
    expect(all.tuples.map(({ id, basic }) => `${id} ${basic}`)).toEqual(['c open', 'a closed', 'b open']);
    expect(all.notes.map(({ text }) => text)).toEqual(['n', 'm']);
    expect(all.extensions.map(({ name, children }) => [name, children.length])).toEqual([
      ['person', 1],
      ['x', 0],
    ]);
  });

  test('none, one, and the bound', () => {
    expect(compose('pres:a@b', [])).toEqual({ entity: 'pres:a@b', tuples: [], notes: [], extensions: [] });
    const one = published(tuple('a', 'open') + tuple('b', 'open'));
    expect(compose('sip:x@y', [one])).toEqual(one);
    expect(compose('sip:x@y', [one], 1).tuples).toHaveLength(1);
  });
});
