import { describe, expect } from '@jest/globals';
import { base, get } from '@ims-sim/diameter';
import { freePorts, withLab } from './lab.js';
import { FREE_DIAMETER, FREE_DIAMETER_EXTENSIONS, testWithPeers } from './needs.js';
import { withOurUe } from './our-ue.js';
import { deregister } from './provisioning.js';
import { isRequest, routeRecord, withTrace } from './trace.js';

// TS 35.208 4.3.1.
const AKA = { k: '465b5ce8b199b49faa5f0a2ee238a6bc', opc: 'cd63cb71954a9f4e48a5994e37a02baf' };

const [UAR, SAR, MAR, RTR] = [300, 301, 303, 304];

describe('freeDiameter as a relay between the CSCFs and the HSS', () => {
  testWithPeers(
    [FREE_DIAMETER, FREE_DIAMETER_EXTENSIONS],
    'carries UAR, MAR and SAR with the Route-Record of who sent it (RFC 6733 6.1.9), and RTR back by Destination-Host',
    () =>
      withLab((lab) =>
        withTrace(async (trace) => {
          const ports = await freePorts('DRA', 'HSS');
          const hss = await lab.network('relay/hss-network.yaml', { ...ports, COLLECTOR: trace.port });
          const conf = lab.template('relay/freeDiameter.conf', {
            ...ports,
            ACL: lab.template('relay/acl.conf', {}),
            ROUTES: lab.template('relay/routes.conf', {}),
          });
          const relay = lab.start('freeDiameterd', ['-c', conf]);
          await relay.says(/STATE_OPEN'\s+'hss1\.home1\.net'/);
          const ready = await lab.network('relay/cscf-network.yaml', ports);
          await relay.says(/STATE_OPEN'\s+'icscf1\.home1\.net'/);
          await relay.says(/STATE_OPEN'\s+'scscf1\.home1\.net'/);
          await withOurUe(ready, 'sip:alice@home1.net', { aka: AKA }, async (ue) => {
            expect(await ue.register({ expiresS: 600 })).toMatchObject({ response: { status: 200 } });
            const done = await deregister(hss, 'hss1.home1.net', 'alice@home1.net');
            expect(done).toContain('deregistered');
          });
          const requests = (await trace.received('hss1.home1.net')).filter(isRequest);
          // The LIR behind them is for the P-CSCF's subscription to the registration state.
          expect(requests.slice(0, 4).map((request) => [request.command, ...routeRecord(request)])).toEqual([
            [UAR, 'icscf1.home1.net'],
            [MAR, 'scscf1.home1.net'],
            [UAR, 'icscf1.home1.net'],
            [SAR, 'scscf1.home1.net'],
          ]);
          const received = await trace.received('hss1.home1.net');
          const answer = received.find((message) => message.command === RTR && !isRequest(message));
          expect(answer && [get(answer, base.originHost), get(answer, base.resultCode)]).toEqual([
            'scscf1.home1.net',
            2001,
          ]);
        }),
      ),
  );
});
