import { isIP } from 'node:net';
import { z } from 'zod';
import {
  endpointSchema,
  externalSchema,
  hostName,
  identityUri,
  protectedPortsSchema,
  quoted,
  seconds,
} from './schema-parts.js';
import { criteriaSchema, privateIdentitySchema, subscriberSchema } from './subscriber-schema.js';

const element = z.strictObject({
  kind: z.enum(['p-cscf', 'i-cscf', 's-cscf', 'hss', 'ps', 'as']),
  aliases: z.array(hostName).default([]),
  viaName: hostName.optional(),
  listen: endpointSchema.optional(),
  external: externalSchema.optional(),
  addresses: z.array(z.string().refine((text) => isIP(text) !== 0, 'expected an IP address')).default([]),
  capabilities: z.array(z.int().min(0)).default([]),
  firstNotifyCSeq: z.int().min(0).max(0x7fffffff).optional(),
  minExpiresS: seconds.optional(),
  maxExpiresS: seconds.optional(),
  requestHandlers: z
    .array(
      z.strictObject({
        methods: z
          .array(z.string().regex(/^[A-Z]+$/, 'expected a method such as INVITE'))
          .min(1)
          .optional(),
        uri: z
          .string()
          .regex(
            /^(tcp:\/\/[^\s/]+:\d{1,5}|http:\/\/\S+)$/,
            'expected tcp://HOST:PORT of an application that listens, or an http:// URL that says where one is',
          ),
      }),
    )
    .max(20)
    .optional(),
  minRegistrationS: seconds.optional(),
  maxRegistrationS: seconds.optional(),
  database: z.string().optional(),
  postgresql: z
    .string()
    .regex(/^postgres(ql)?:\/\/\S+$/, 'expected postgres://USER:PASSWORD@HOST:PORT/NAME')
    .optional(),
  provisioning: z
    .strictObject({ listen: endpointSchema.optional(), token: z.string().min(1).optional() })
    .optional(),
  acceptsAnyPeer: z.boolean().optional(),
  protectedPorts: protectedPortsSchema.optional(),
  application: quoted
    .regex(/\.[cm]?js$/, 'expected a JavaScript module such as applications/proxy.mjs')
    .optional(),
  connection: z.enum(['inbound', 'outbound'], { error: 'expected inbound or outbound' }).optional(),
  cdrs: z.boolean().optional(),
});

const diameterUri = z
  .string()
  .regex(/^aaas?:\/\/\S+$/, 'expected a Diameter URI such as aaa://ccf1.home1.net');

const charging = z.strictObject({
  primaryCcf: diameterUri.optional(),
  secondaryCcf: diameterUri.optional(),
  primaryEcf: diameterUri.optional(),
  secondaryEcf: diameterUri.optional(),
});

export const networkSchema = z.strictObject({
  profile: z.enum(['tr-24.841', 'ts-24.141']),
  auth: z.enum(['none', 'aka', 'digest'], { error: 'expected none, aka or digest' }).default('none'),
  dns: z
    .strictObject({
      name: hostName.default('dns.lab'),
      listen: endpointSchema.optional(),
      external: externalSchema.optional(),
      ttlS: seconds.default(300),
    })
    .prefault({}),
  collector: endpointSchema.optional(),
  tcpAboveBytes: z.int().min(200).optional(),
  operators: z.record(
    hostName,
    z.strictObject({
      charging: charging.optional(),
      trustedDomains: z.array(hostName).optional(),
      sharedFilterCriteria: z
        .record(z.string().regex(/^\d+$/, 'expected a number'), criteriaSchema)
        .default({}),
      elements: z.record(hostName, element),
      subscribers: z.record(privateIdentitySchema, subscriberSchema).default({}),
    }),
  ),
  enum: z
    .record(
      z.string().regex(/^\+[0-9().-]+\*?$/, 'expected a global number such as +1-212-555-2222'),
      z.union(
        [identityUri, z.strictObject({ uri: identityUri }), z.strictObject({ regexp: z.string().max(255) })],
        { error: 'expected a sip: URI or { regexp }' },
      ),
    )
    .default({}),
});

export type NetworkYaml = z.infer<typeof networkSchema>;
