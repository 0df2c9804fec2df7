import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect } from '@jest/globals';
import { nodeNet, systemClock } from '@ims-sim/host';
import { startCollector } from '@ims-sim/trace';
import { freePorts, withLab } from './lab.js';
import { startMyProxy } from './my-proxy.js';
import { KAMAILIO, testWithPeers } from './needs.js';

const SIPTRACE = (collector: number): string => `loadmodule "siptrace.so"
modparam("siptrace", "duplicate_uri", "sip:127.0.0.1:${collector}")
modparam("siptrace", "hep_mode_on", 1)
modparam("siptrace", "hep_version", 3)
modparam("siptrace", "trace_to_database", 0)
modparam("siptrace", "trace_on", 1)
modparam("siptrace", "trace_mode", 1)
`;

describe("Kamailio's siptrace", () => {
  testWithPeers([KAMAILIO], 'reports by HEP over UDP what it received and what it sent on', () =>
    withLab(async (lab) => {
      const ports = await freePorts('UA', 'PS', 'SCSCF1', 'SCSCF2', 'COLLECTOR');
      const places = new Map([
        [ports.UA, 'UE'],
        [ports.PS, 'ps.home2.net'],
        [ports.SCSCF2, 'scscf2.home2.net'],
      ]);
      const collector = await startCollector({
        net: nodeNet,
        clock: systemClock,
        listen: { address: '127.0.0.1', port: ports.COLLECTOR },
        names: ({ port }) => places.get(port),
        udp: true,
      });
      const [ua, ps] = [createSocket('udp4'), createSocket('udp4')];
      try {
        ua.bind(ports.UA, '127.0.0.1');
        ps.bind(ports.PS, '127.0.0.1');
        await Promise.all([once(ua, 'listening'), once(ps, 'listening')]);
        await startMyProxy(lab, ports, (config) =>
          config.replace('request_route', `${SIPTRACE(ports.COLLECTOR)}\nrequest_route`),
        );
        const arrived = once(ps, 'message');
        const send = (): void => ua.send(subscribe(ports.UA), ports.SCSCF2, '127.0.0.1');
        send();
        const again = setInterval(send, 500); // Timer E
        await arrived.finally(() => clearInterval(again));
        await collector.settle(200);
        const seen = collector
          .records()
          .flatMap((record) =>
            record.kind === 'message'
              ? [`${record.from} ${record.to} ${record.bytes.toString('latin1').split('\r\n')[0] ?? ''}`]
              : [],
          );
        expect(seen[0]).toBe('UE scscf2.home2.net SUBSCRIBE sip:bob@home2.net SIP/2.0');
        expect(seen).toContain('scscf2.home2.net ps.home2.net SUBSCRIBE sip:bob@home2.net SIP/2.0');
        expect(collector.rejected).toBe(0);
      } finally {
        collector.close();
        ua.close();
        ps.close();
      }
    }),
  );
});

function subscribe(port: number): string {
  return [
    'SUBSCRIBE sip:bob@home2.net SIP/2.0',
    `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bKsiptrace1`,
    'Max-Forwards: 70',
    'Route: <sip:scscf2.home2.net;lr>',
    'From: <sip:alice@home1.net>;tag=a',
    'To: <sip:bob@home2.net>',
    'Call-ID: siptrace-1',
    'CSeq: 1 SUBSCRIBE',
    'Event: presence',
    `Contact: <sip:127.0.0.1:${port}>`,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
}
