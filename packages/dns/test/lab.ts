import { zonesFor, type DnsDescription, type Zone } from '../src/index.js';

/** The names of the main flow, and an ENUM range for many. */
export const LAB: DnsDescription = {
  nameServer: { name: 'dns.home1.net', addresses: ['127.0.0.1'] },
  ttlS: 60,
  negativeTtlS: 5,
  domains: [
    {
      name: 'home1.net',
      hosts: [
        {
          name: 'pcscf1.home1.net',
          addresses: ['127.0.0.1', '::1'],
          srv: [{ service: '_sip._udp', port: 5061 }],
        },
        {
          name: 'hss1.home1.net',
          addresses: ['127.0.0.1'],
          srv: [{ service: '_diameter._tcp', port: 3871 }],
        },
      ],
    },
    {
      name: 'home2.net',
      hosts: [
        { name: 'icscf2.home2.net', addresses: ['127.0.0.1'] },
        { name: 'icscf2_s.home2.net', addresses: ['127.0.0.1'] },
      ],
      sipServers: [
        { transport: 'udp', target: 'icscf2.home2.net', port: 5071 },
        { transport: 'tcp', target: 'icscf2.home2.net', port: 5071 },
      ],
    },
  ],
  enum: [
    { number: '+1-212-555-2222', uri: 'sip:user2_public1@home2.net' },
    { prefix: '+1212555', regexp: '!^\\+1212555(....)$!sip:user\\1@home2.net!' },
  ],
};

export const LAB_ZONES: readonly Zone[] = zonesFor(LAB);
