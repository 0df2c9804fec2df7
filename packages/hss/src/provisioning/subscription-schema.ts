import type { ReferenceLocation } from '@ims-sim/cx';
import { z } from 'zod';
import type { AkaCredentials, ImplicitSet, PrivateIdentity, Subscription } from '../subscription.js';
import type { Shape } from './service-profile-schema.js';
import { serviceProfile, shortText, sipUri, text } from './service-profile-schema.js';

/** What stands in place of a secret where secrets are not asked for. No secret is it. */
export const HIDDEN = '***';

/** How what is said of a line that is no JSON begins; the parser's words, which quote the line, follow. */
export const NOT_JSON = 'expected a JSON document on the line';

const HIDDEN_HINT = `(${HIDDEN} is what a read without ?secrets=true shows in its place)`;

const hex = (digits: number) =>
  z
    .string()
    .regex(new RegExp(`^[0-9a-fA-F]{${String(digits)}}$`), `expected ${String(digits)} hexadecimal digits`)
    .toLowerCase();
const secretHex = (digits: number) =>
  z
    .string()
    .regex(
      new RegExp(`^[0-9a-fA-F]{${String(digits)}}$`),
      `expected ${String(digits)} hexadecimal digits ${HIDDEN_HINT}`,
    )
    .toLowerCase();
const hostName = z.string().min(1).max(255).regex(/^\S+$/, 'expected a host name');
const aka = z.strictObject({
  k: secretHex(32),
  opc: secretHex(32).describe('OP encrypted with K (TS 35.206 8.2)'),
  amf: hex(4).optional().describe('8000 unless given'),
  algorithm: z.enum(['AKAv1-MD5', 'AKAv2-MD5']).optional(),
} satisfies Shape<AkaCredentials>);

const digest = z
  .strictObject({
    algorithm: z.enum(['MD5', 'SHA-256']).optional().describe('MD5 unless given'),
    realm: hostName.optional().describe('the home domain unless given'),
    password: text.refine((value) => value !== HIDDEN, `expected the password ${HIDDEN_HINT}`).optional(),
    ha1: z
      .string()
      .regex(
        /^(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{64})$/,
        `expected H(username:realm:password) in hexadecimal digits, 32 for MD5, 64 for SHA-256 ${HIDDEN_HINT}`,
      )
      .toLowerCase()
      .optional(),
  })
  .refine(({ password, ha1 }) => (password === undefined) !== (ha1 === undefined), {
    error: 'expected either password or ha1',
  })
  .refine(({ algorithm, ha1 }) => ha1 === undefined || ha1.length === (algorithm === 'SHA-256' ? 64 : 32), {
    error: 'expected as many digits as the algorithm gives: 32 for MD5, 64 for SHA-256',
    path: ['ha1'],
  });

const privateIdentity = z.strictObject({
  identity: z
    .string()
    .max(255)
    .regex(/^[^\s\p{Cc}]+$/u, 'expected a private identity such as user1_private@home1.net')
    .describe('IMPI (TS 23.003 13.3)'),
  aka: aka.optional(),
  digest: digest.optional(),
  imsi: z
    .string()
    .regex(/^\d{14,15}$/, 'expected 14 or 15 digits')
    .optional(),
  referenceLocations: z
    .array(
      z.strictObject({
        accessType: shortText,
        accessInfo: shortText,
        accessValue: shortText,
      } satisfies Shape<ReferenceLocation>),
    )
    .min(1)
    .max(16)
    .optional()
    .describe('where a line ends (P-Access-Network-Info, TS 24.229 7.2A.4)'),
} satisfies Shape<PrivateIdentity>);

const implicitSet = z.strictObject({
  serviceProfiles: z.array(serviceProfile).min(1).max(100),
  visitedNetworks: z
    .array(hostName)
    .max(1000)
    .optional()
    .describe('networks it may register from beside its own; absent: any'),
  applicationServer: sipUri
    .optional()
    .describe('of public service identities: where requests go without an S-CSCF'),
} satisfies Shape<ImplicitSet>);

const diameterUri = text.regex(/^aaas?:\/\/\S+$/i, 'expected a Diameter URI such as aaa://ccf.home1.net');
const capabilities = z.array(z.int().min(0)).max(100);

/** `Subscription`, as the provisioning interface takes it. */
export const subscriptionSchema = z.strictObject({
  privateIdentities: z.array(privateIdentity).min(1).max(100).describe('the first names the subscription'),
  implicitSets: z.array(implicitSet).min(1).max(100).describe('public identities registered together'),
  capabilities: z
    .strictObject({ mandatory: capabilities, optional: capabilities })
    .optional()
    .describe('of its S-CSCF (TS 29.229 6.3.4)'),
  serverNames: z.array(text).max(100).optional().describe('S-CSCFs that are suggested'),
  charging: z
    .strictObject({
      primaryCcf: diameterUri.optional(),
      secondaryCcf: diameterUri.optional(),
      primaryEcf: diameterUri.optional(),
      secondaryEcf: diameterUri.optional(),
    })
    .optional(),
  state: z.unknown().optional().describe('where it is registered: given by reads, passed over in writes'),
} satisfies Shape<Subscription & { state: unknown }>);

/** What the operator asks of an S-CSCF by RTR (TS 29.228 6.1.3). */
export const deregistrationSchema = z.strictObject({
  reason: z
    .enum(['permanent-termination', 'new-server-assigned', 'server-change', 'remove-s-cscf'])
    .default('permanent-termination'),
  publicIdentities: z.array(text).max(1000).default([]).describe('none: all of the subscription'),
  reasonInfo: z.string().max(1024).optional().describe('for the user, in words'),
});

/** A field that is wrong (RFC 9457, as in its example of section 3). */
export interface WrongField {
  /** JSON Pointer of the field, as a URI fragment, e.g. `#/privateIdentities/0/aka/k`. */
  readonly pointer: string;
  /** What would be right. */
  readonly detail: string;
}

export type Reading<T> =
  | {
      readonly kind: 'read';
      readonly value: T;
      /** What the document has and `value` has no place for, a few. */
      readonly notKept?: readonly string[];
    }
  | { readonly kind: 'wrong'; readonly fields: readonly WrongField[] };

/**
 * The subscription in a document as HTTP had it; its `state`, which the HSS shows and nobody sets, is left out.
 */
export function readSubscription(document: unknown): Reading<Subscription> {
  const reading = readAs(subscriptionSchema, document);
  if (reading.kind === 'wrong') return reading;
  const subscription = { ...reading.value };
  delete subscription.state;
  // The schema has a least length where the type has a first element, and a check where it has a union.
  return { kind: 'read', value: subscription as unknown as Subscription };
}

/** A document that may be anything, held against `schema`; where it does not fit, each field that is wrong. */
export function readAs<T>(schema: z.ZodType<T>, document: unknown): Reading<T> {
  const parsed = schema.safeParse(document);
  if (parsed.success) return { kind: 'read', value: parsed.data };
  const fields = parsed.error.issues.map(({ path, message }) => ({
    pointer: `#${path.map((part) => `/${escaped(String(part))}`).join('')}`,
    detail: message,
  }));
  return { kind: 'wrong', fields };
}

/** JSON Schema (2020-12, OpenAPI 3.1's) of what is taken. */
export function jsonSchemaOf(schema: z.ZodType): Record<string, unknown> {
  const jsonSchema = { ...z.toJSONSchema(schema, { io: 'input' }) };
  delete jsonSchema.$schema;
  return jsonSchema;
}

/** RFC 6901 3 and 6. */
function escaped(part: string): string {
  return encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
}
