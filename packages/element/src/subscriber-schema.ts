import { compileEre } from '@ims-sim/cx';
import { z } from 'zod';
import { hex, hostName, identityUri, quoted, serverUri } from './schema-parts.js';
import { triggerPointSchema } from './trigger-schema.js';

const subHandling = z.enum(['allow', 'confirm', 'polite-block', 'block']);

const presence = z.strictObject({
  default: subHandling.default('confirm'),
  rules: z
    .array(
      z.union(
        [
          z.strictObject({ handling: subHandling, identities: z.array(identityUri).min(1) }),
          z.strictObject({ handling: subHandling, domain: hostName }),
        ],
        { error: 'expected { handling, identities: [...] } or { handling, domain }' },
      ),
    )
    .default([]),
});

/** TS 23.003 13.5: one with an expression between exclamation marks stands for all that match. */
const impu = identityUri.refine((identity) => {
  const [from, to] = [identity.indexOf('!'), identity.lastIndexOf('!')];
  return to <= from + 1 || compileEre(identity.slice(from + 1, to)) !== undefined;
}, 'expected a POSIX extended regular expression between the exclamation marks ([0-9], not \\d)');

const publicIdentity = z.union(
  [
    impu,
    z.strictObject({
      identity: impu,
      barred: z.boolean().default(false),
      type: z.enum(['distinct-psi', 'wildcarded-psi']).optional(),
    }),
  ],
  { error: 'expected a sip: or tel: URI, or { identity, barred, type }' },
);

export const criteriaSchema = z.array(
  z.strictObject({
    priority: z.int().min(0),
    when: triggerPointSchema.optional(),
    applicationServer: serverUri,
    defaultHandling: z.enum(['session-continued', 'session-terminated']).default('session-continued'),
    serviceInfo: z.string().optional(),
    includeRegisterRequest: z.boolean().optional(),
    includeRegisterResponse: z.boolean().optional(),
    profilePartIndicator: z.enum(['registered', 'unregistered']).optional(),
  }),
);

/** The keys of TS 35.206: K, and OPc or the OP that it is made of. */
const aka = z
  .strictObject({
    k: hex(16),
    opc: hex(16).optional(),
    op: hex(16).optional(),
    amf: hex(2).optional(),
    algorithm: z.enum(['AKAv1-MD5', 'AKAv2-MD5']).optional(),
  })
  .refine(({ opc, op }) => (opc === undefined) !== (op === undefined), 'expected one of opc and op');

const digest = z.strictObject({
  password: quoted.min(1),
  algorithm: z.enum(['MD5', 'SHA-256']).optional(),
});

const credentials = { aka: aka.optional(), digest: digest.optional() };

/** What a user and its HSS share. */
export const credentialsSchema = z.strictObject(credentials);

const implicitSet = {
  publicIdentities: z.array(publicIdentity).min(1),
  visitedNetworks: z.array(hostName).default([]),
  initialFilterCriteria: criteriaSchema.default([]),
  sharedFilterCriteria: z.array(z.int().min(0)).default([]),
  applicationServer: serverUri.optional(),
};

export const privateIdentitySchema = z
  .string()
  .regex(/^[^\s@]+@[^\s@]+$/, 'expected a private identity such as user1_private@home1.net');

export const subscriberSchema = z.strictObject({
  ...credentials,
  ...implicitSet,
  alsoPrivateIdentities: z.record(privateIdentitySchema, z.strictObject(credentials)).default({}),
  moreImplicitSets: z.array(z.strictObject(implicitSet)).default([]),
  capabilities: z
    .strictObject({
      mandatory: z.array(z.int().min(0)).default([]),
      optional: z.array(z.int().min(0)).default([]),
    })
    .optional(),
  serverNames: z.array(serverUri).optional(),
  presence: presence.optional(),
});

export type SubscriberYaml = z.infer<typeof subscriberSchema>;
export type CriteriaYaml = z.infer<typeof criteriaSchema>;
