import { expect, test } from '@jest/globals';
import {
  addresses,
  header,
  looseServerUri,
  routeAlong,
  routeTo,
  serverUri,
  withTopRoute,
} from '../../src/index.js';
import { lines, requestOf } from '../../test-kit/index.js';

test.each([
  ['s.example', 'sip:s.example', 'sip:s.example;lr'],
  ['sip:s.example:5070;LR', 'sip:s.example:5070;LR', 'sip:s.example:5070;LR'],
  ['SIPS:s.example;lrx', 'SIPS:s.example;lrx', 'SIPS:s.example;lrx;lr'],
  ['sip:s.example;lr;orig', 'sip:s.example;lr;orig', 'sip:s.example;lr;orig'],
])('a server named %s', (name, uri, loose) => {
  expect([serverUri(name), looseServerUri(name)]).toEqual([uri, loose]);
  expect(routeTo(name).line).toBe(`Route: <${loose}>`);
  expect(routeTo(name)).toBe(routeTo(name));
});

test('a Route along a Path', () => {
  const request = requestOf('REGISTER sip:a SIP/2.0\nPath: <sip:p.example;lr>, <sip:q.example;lr>\n\n');
  expect(routeAlong(addresses(request, 'path'))?.line).toBe('Route: <sip:p.example;lr>, <sip:q.example;lr>');
  expect(routeAlong([])).toBeUndefined();
});

test.each([
  [
    ['Via: v', 'Route: <sip:r>', 'From: f'],
    ['Via: v', 'Route: <sip:x>', 'Route: <sip:r>', 'From: f'],
  ],
  [
    ['Record-Route: q', 'From: f', 'Route: <sip:r>'],
    ['Record-Route: q', 'From: f', 'Route: <sip:x>', 'Route: <sip:r>'],
  ],
  [
    ['Via: v', 'Record-Route: q', 'From: f'],
    ['Via: v', 'Route: <sip:x>', 'Record-Route: q', 'From: f'],
  ],
  [
    ['Via: v', 'From: f'],
    ['Via: v', 'Route: <sip:x>', 'From: f'],
  ],
  [['Via: v'], ['Route: <sip:x>', 'Via: v']],
])('a Route on top of %j', (before, after) => {
  const { headers } = requestOf(['MESSAGE sip:a SIP/2.0', ...before, '', ''].join('\n'));
  expect(lines({ headers: withTopRoute(headers, header('Route', '<sip:x>')) })).toEqual(after);
});
