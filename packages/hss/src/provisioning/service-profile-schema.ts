import type {
  ApplicationServer,
  CoreNetworkServicesAuthorization,
  ExtendedPriority,
  InitialFilterCriteria,
  PublicIdentity,
} from '@ims-sim/cx';
import { compileEre, isWildcarded } from '@ims-sim/cx';
import { z } from 'zod';
import type { SubscribedServices } from '../subscription.js';
import { compileWildcard } from '../wildcard.js';

/** What a type has, the schema of it has, so that nothing is refused which the HSS knows. */
export type Shape<T> = Readonly<Record<keyof T, z.ZodType>>;

export const text = z.string().min(1).max(1024);
export const shortText = z
  .string()
  .max(255)
  .regex(/^\S(?:.*\S)?$/, 'expected a text without space around it');
/** What the schema of Annex E has room for (xs:int). */
const MAX_COUNT = 0x7fffffff;
export const sipUri = text.regex(/^sips?:\S+$/i, 'expected a SIP URI such as sip:as.home1.net');
const posixExpression = text.refine(
  isExpression,
  'expected an extended regular expression (POSIX: [0-9], not \\d)',
);

const publicIdentity = z.strictObject({
  identity: z
    .string()
    .max(512)
    .regex(/^(?:sips?:|tel:)[^\s\p{Cc}]+$/iu, 'expected a sip or tel URI such as sip:user1@home1.net')
    .refine(
      (identity) => !isWildcarded(identity) || compileWildcard(identity) !== undefined,
      'expected an extended regular expression between the exclamation marks (TS 23.003 13.5)',
    )
    .describe('IMPU or PSI; wildcarded with its expression between exclamation marks'),
  barred: z.boolean().default(false),
  type: z.enum(['distinct-psi', 'wildcarded-psi', 'non-distinct-impu']).optional(),
  displayName: text.optional(),
  aliasIdentityGroupId: shortText
    .optional()
    .describe('identities of one profile and one group are aliases of one another'),
  serviceLevelTraceInfo: text.optional().describe('TS 24.323'),
  servicePriorityLevel: z.int().min(0).max(4).optional().describe('0 is the highest'),
  extendedPriorities: z
    .array(
      z.strictObject({
        namespace: shortText,
        level: shortText,
      } satisfies Shape<ExtendedPriority>),
    )
    .min(1)
    .max(16)
    .optional()
    .describe('levels of namespaces of RFC 4412'),
  maxSimultaneousRegistrations: z
    .int()
    .min(1)
    .max(MAX_COUNT)
    .optional()
    .describe('contacts that may be registered at a time'),
} satisfies Shape<PublicIdentity>);

const condition = {
  negated: z.boolean().default(false),
  groups: z.array(z.int().min(0)).min(1).max(64),
};
const servicePointTrigger = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({
      kind: z.literal('method'),
      method: text,
      registrationTypes: z
        .array(z.enum(['initial', 're-registration', 'de-registration']))
        .max(3)
        .optional(),
      ...condition,
    }),
    z.strictObject({
      kind: z.literal('sip-header'),
      header: posixExpression,
      content: posixExpression.optional(),
      ...condition,
    }),
    z.strictObject({ kind: z.literal('request-uri'), pattern: posixExpression, ...condition }),
    z.strictObject({
      kind: z.literal('session-case'),
      sessionCase: z.enum([
        'originating',
        'terminating-registered',
        'terminating-unregistered',
        'originating-unregistered',
        'originating-cdiv',
      ]),
      ...condition,
    }),
    z.strictObject({
      kind: z.literal('session-description'),
      line: posixExpression,
      content: posixExpression.optional(),
      ...condition,
    }),
  ],
  { error: 'expected method, sip-header, request-uri, session-case or session-description' },
);

const initialFilterCriteria = z.strictObject({
  priority: z.int().min(0).describe('0 is evaluated first'),
  triggerPoint: z
    .strictObject({
      cnf: z.boolean().describe('true: ANDs of ORs; false: ORs of ANDs'),
      servicePointTriggers: z.array(servicePointTrigger).min(1).max(64),
    })
    .optional(),
  applicationServer: z.strictObject({
    serverName: sipUri,
    defaultHandling: z.enum(['session-continued', 'session-terminated']).default('session-continued'),
    serviceInfo: z.string().max(4096).optional(),
    includeRegisterRequest: z.boolean().optional(),
    includeRegisterResponse: z.boolean().optional(),
  } satisfies Shape<ApplicationServer>),
  profilePartIndicator: z.enum(['registered', 'unregistered']).optional(),
} satisfies Shape<InitialFilterCriteria>);

/** A service profile of an implicit set. */
export const serviceProfile = z.strictObject({
  publicIdentities: z.array(publicIdentity).min(1).max(1000),
  coreNetworkServicesAuthorization: z
    .strictObject({
      subscribedMediaProfileId: z.int().min(0).max(MAX_COUNT).optional(),
      serviceIds: z.array(shortText).max(200).optional().describe('ICSI that may be used'),
    } satisfies Shape<CoreNetworkServicesAuthorization>)
    .optional()
    .describe('what of the core network may be used (TS 29.228 B.2.1A)'),
  initialFilterCriteria: z.array(initialFilterCriteria).max(200).default([]),
  sharedIfcSetIds: z.array(z.int().min(0)).max(200).optional(),
} satisfies Shape<SubscribedServices>);

function isExpression(expression: string): boolean {
  return compileEre(expression) !== undefined;
}
