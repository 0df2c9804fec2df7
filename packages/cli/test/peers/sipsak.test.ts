import { describe, expect } from '@jest/globals';
import { freePorts, withLab } from './lab.js';
import { SIPSAK, testWithPeers } from './needs.js';
import { endpointOf } from './our-ue.js';
import { registrationAt } from './provisioning.js';
import { withTrace } from './trace.js';

describe('sipsak as the UE', () => {
  testWithPeers([SIPSAK], 'registers by Digest, and with a wrong password does not', () =>
    withLab((lab) =>
      withTrace(async (trace) => {
        const ready = await lab.network('ue/digest-network.yaml', { COLLECTOR: trace.port });
        const { port } = endpointOf(ready.elements['pcscf1.home1.net']?.sip);
        const sipsak = async (password: string): Promise<{ status: number | null; output: string }> => {
          const { own } = await freePorts('own');
          const contact = ['-U', '-C', `sip:alice@127.0.0.1:${own}`, '-l', String(own), '-x', '600'];
          const to = ['-p', `127.0.0.1:${port}`, '-s', 'sip:alice@home1.net'];
          const run = lab.start('sipsak', [
            '-vvv',
            '-i',
            ...contact,
            ...to,
            '-u',
            'alice@home1.net',
            '-a',
            password,
          ]);
          return { status: await run.ended, output: run.output() };
        };
        const wrong = await sipsak('wheat');
        expect(wrong.status).not.toBe(0);
        expect(wrong.output).not.toMatch(/^SIP\/2\.0 200/m);
        expect(await trace.registrationsAt('hss1.home1.net')).toBe(0);
        const right = await sipsak('sesame');
        expect(right.output).toMatch(/^SIP\/2\.0 200 OK[^]*^Authentication-Info: .*rspauth="/m);
        expect(right.status).toBe(0);
        expect(await trace.registrationsAt('hss1.home1.net')).toBe(1);
        expect(await registrationAt(ready, 'hss1.home1.net', 'alice@home1.net')).toEqual({
          server: 'sip:scscf1.home1.net',
          registeredBy: ['alice@home1.net'],
        });
      }),
    ),
  );
});
