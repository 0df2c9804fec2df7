import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { readScenarioFile } from '../../src/files.js';
import { folderOf } from './lab.js';

const reading = (via: string) => () =>
  readScenarioFile(
    join(
      folderOf(
        stringify({
          title: 't',
          profile: 'tr-24.841',
          network: 'network.yaml',
          actors: { gw: { agent: 'gw.home2.net' } },
          play: [{ 'gw sends to icscf2.home2.net': `OPTIONS sip:a SIP/2.0\nVia: SIP/2.0/UDP ${via}\n` }],
        }),
      ),
      'flow.yaml',
    ),
  );

describe('where an actor listens', () => {
  test('can be written into what it sends', () => {
    expect(reading('${gw.address}:${gw.port}')().play).toMatchObject([
      { kind: 'send', message: expect.stringContaining('${gw.address}:${gw.port}') },
    ]);
  });

  test.each(['${gw.adress}', '${gw}', '${gateway.port}', '${.port}'])('%s is a complaint', (via) => {
    expect(reading(via)).toThrow(/there is no variable /);
  });
});
