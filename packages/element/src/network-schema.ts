import { isIP } from 'node:net';
import type { Endpoint } from '@ims-sim/host';
import { z } from 'zod';
import { triggerPointSchema } from './trigger-schema.js';

// The underscore is the TR's own: icscf2_s.home2.net (Deviation: RFC 3261 25.1 has none in a host name).
const hostName = z
  .string()
  .regex(
    /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/,
    'expected a host name in lower case',
  );
const uri = z
  .string()
  .regex(/^(sips?:[^\s<>]+@[^\s<>]+|tel:\+?[0-9().*#-]+\S*)$/i, 'expected a sip: or tel: URI');
const seconds = z.int().min(0).max(0xffffffff);

export const endpointSchema = z.string().transform((text, context): Endpoint => {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):(\d+)$/.exec(text);
  const address = match?.[1] ?? match?.[2] ?? '';
  const port = Number(match?.[3] ?? -1);
  if (isIP(address) === 0 || port < 1 || port > 65_535) {
    context.addIssue({
      code: 'custom',
      message: 'expected ADDRESS:PORT, such as 127.0.0.1:5060 or [::1]:5060',
    });
    return z.NEVER;
  }
  return { address, port };
});

const element = z.strictObject({
  kind: z.enum(['p-cscf', 'i-cscf', 's-cscf', 'hss', 'ps']),
  aliases: z.array(hostName).default([]),
  viaName: hostName.optional(),
  listen: endpointSchema.optional(),
  addresses: z.array(z.string().refine((text) => isIP(text) !== 0, 'expected an IP address')).default([]),
  capabilities: z.array(z.int().min(0)).default([]),
  firstNotifyCSeq: z.int().min(0).max(0x7fffffff).optional(),
  minExpiresS: seconds.optional(),
  maxExpiresS: seconds.optional(),
  database: z.string().optional(),
});

const subHandling = z.enum(['allow', 'confirm', 'polite-block', 'block']);

const presence = z.strictObject({
  default: subHandling.default('confirm'),
  rules: z
    .array(
      z.union(
        [
          z.strictObject({ handling: subHandling, identities: z.array(uri).min(1) }),
          z.strictObject({ handling: subHandling, domain: hostName }),
        ],
        { error: 'expected { handling, identities: [...] } or { handling, domain }' },
      ),
    )
    .default([]),
});

const publicIdentity = z.union([uri, z.strictObject({ identity: uri, barred: z.boolean().default(false) })], {
  error: 'expected a sip: or tel: URI, or { identity, barred }',
});

const subscriber = z.strictObject({
  publicIdentities: z.array(publicIdentity).min(1),
  visitedNetworks: z.array(hostName).default([]),
  initialFilterCriteria: z
    .array(
      z.strictObject({
        priority: z.int().min(0),
        when: triggerPointSchema.optional(),
        applicationServer: uri.or(
          z.string().regex(/^sips?:[^\s<>]+$/, 'expected the SIP URI of an application server'),
        ),
        defaultHandling: z.enum(['session-continued', 'session-terminated']).default('session-continued'),
        serviceInfo: z.string().optional(),
        profilePartIndicator: z.enum(['registered', 'unregistered']).optional(),
      }),
    )
    .default([]),
  presence: presence.optional(),
});

const privateIdentity = z
  .string()
  .regex(/^[^\s@]+@[^\s@]+$/, 'expected a private identity such as user1_private@home1.net');

export const networkSchema = z.strictObject({
  profile: z.enum(['tr-24.841', 'ts-24.141']),
  auth: z
    .literal('none', { error: 'expected none: the only way to authenticate that there is yet' })
    .default('none'),
  dns: z
    .strictObject({
      name: hostName.default('dns.lab'),
      listen: endpointSchema.optional(),
      ttlS: seconds.default(300),
    })
    .prefault({}),
  collector: endpointSchema.optional(),
  tcpAboveBytes: z.int().min(200).optional(),
  operators: z.record(
    hostName,
    z.strictObject({
      elements: z.record(hostName, element),
      subscribers: z.record(privateIdentity, subscriber).default({}),
    }),
  ),
  enum: z
    .record(
      z.string().regex(/^\+[0-9().-]+\*?$/, 'expected a global number such as +1-212-555-2222'),
      z.union([uri, z.strictObject({ uri }), z.strictObject({ regexp: z.string().max(255) })], {
        error: 'expected a sip: URI or { regexp }',
      }),
    )
    .default({}),
});

export type NetworkYaml = z.infer<typeof networkSchema>;
