import { expect, test } from '@jest/globals';
import { aliveReply } from '../../src/index.js';
import { incoming, requestOf } from '../../test-kit/index.js';

const NAMES = new Set(['p.example']);

test.each([
  ['OPTIONS sip:P.example', '', 200],
  ['OPTIONS sip:p.example:5070', '', 200],
  ['OPTIONS sip:u@p.example', '', undefined],
  ['OPTIONS sip:q.example', '', undefined],
  ['OPTIONS sip:p.example', ';tag=1', undefined],
  ['MESSAGE sip:p.example', '', undefined],
])('RFC 3261 11.2: %s, To tag %j: %s', (line, tag, status) => {
  const request = requestOf(`${line} SIP/2.0\nTo: <sip:p.example>${tag}\n\n`);
  expect(aliveReply(incoming(request, NAMES), NAMES)?.status).toBe(status);
});
