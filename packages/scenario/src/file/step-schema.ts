import { z } from 'zod';
import { headerName, pattern } from './action-schema.js';

const erratum = z.strictObject({
  table: z.string().min(1).describe('what the text prints'),
  right: z.string().describe('what is right'),
  why: z.string(),
});

const stepBase = {
  step: z.int().min(1).describe('its number in the text'),
  title: z.string(),
  clause: z.string().optional().describe('where it is not that of the scenario'),
  optional: z.boolean().optional().describe('it need not happen'),
  follows: z
    .union([z.literal('none'), z.int().min(1)], { error: 'expected the number of a step, or `none`' })
    .optional()
    .describe(
      'the step whose message the empty headers refer to, and that must have come before; unless told the message before; `none`: it may come before any other',
    ),
  errata: z.array(erratum).max(1000).default([]),
};

const diameterMessage = z.strictObject({
  command: z.string().regex(/^[A-Z]{2}[RA]$/, 'expected a Cx command such as LIR or LIA'),
  privateIdentity: z.string().optional(),
  publicIdentity: z.string().optional(),
  serverName: z.string().optional(),
  visitedNetwork: z.string().optional(),
  scheme: z.string().optional(),
  assignmentType: z.int().optional(),
  authorizationType: z.int().optional(),
  reasonCode: z.int().optional(),
  resultCode: z.int().optional(),
  experimentalResultCode: z.int().optional(),
  avps: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('further AVPs by name: a value, a mapping of AVPs, a list, `any`, `absent` or { matches }'),
});

const between = {
  from: z.string().describe('a host name, or an actor'),
  to: z.string().describe('a host name, or an actor'),
};

const headerExpectation = z.union([z.enum(['absent', 'any']), z.strictObject({ matches: pattern })], {
  error: 'expected `absent`, `any`, or { matches: REGULAR EXPRESSION }',
});

const bodyExpectation = z.union(
  [
    z.enum(['absent', 'any', 'unchanged']),
    z.strictObject({ matches: pattern }),
    z.strictObject({ is: z.string().min(1) }),
  ],
  {
    error:
      'expected `absent`, `any`, `unchanged`, { matches: REGULAR EXPRESSION }, or { is: the text of the body }',
  },
);

/** By the key that tells what kind of step it is. */
export const stepSchemas = {
  message: z.strictObject({
    ...stepBase,
    ...between,
    message: z.string().describe('as the text prints it; an empty header is as in the message before'),
    alsoOnTheWire: z
      .record(headerName, z.strictObject({ value: z.string(), why: z.string() }))
      .default({})
      .describe('headers that the table leaves out'),
    headers: z
      .record(headerName, headerExpectation)
      .default({})
      .describe('beside or in place of what the table says'),
    body: bodyExpectation
      .optional()
      .describe('in place of what the table prints; unchanged: as in the message before'),
    sentAtLeast: z
      .int()
      .min(2)
      .max(100)
      .optional()
      .describe('how often it must go out, retransmissions counted; unless told they do not matter'),
  }),
  decision: z.strictObject({
    ...stepBase,
    decision: z.strictObject({ on: z.string(), clause: z.string().default(''), text: z.string() }),
  }),
  diameter: z.strictObject({
    ...stepBase,
    ...between,
    diameter: z.strictObject({
      request: diameterMessage,
      answer: z
        .union([z.literal('none'), diameterMessage], { error: 'expected `none`, or what the answer is' })
        .optional()
        .describe('`none`: none may come; left out: it is not looked at'),
    }),
  }),
  dns: z.strictObject({
    ...stepBase,
    ...between,
    dns: z.strictObject({
      name: z.string().min(1).describe('the name that is asked for'),
      type: z
        .enum(['A', 'AAAA', 'SRV', 'NAPTR', 'CNAME', 'SOA', 'NS'])
        .describe('the type of the records that are asked for'),
      rcode: z.enum(['NOERROR', 'NXDOMAIN', 'SERVFAIL', 'REFUSED']).default('NOERROR'),
      answer: z.literal('none').optional().describe('none may come'),
      records: z
        .array(z.strictObject({ name: z.string().optional(), type: z.string(), data: z.string().optional() }))
        .max(1000)
        .optional()
        .describe('the answer section, in any order, data as in zone files'),
    }),
  }),
} as const;

export type StepYaml =
  | z.infer<(typeof stepSchemas)['message']>
  | z.infer<(typeof stepSchemas)['decision']>
  | z.infer<(typeof stepSchemas)['diameter']>
  | z.infer<(typeof stepSchemas)['dns']>;

export const MAX_STEPS = 10_000;

/** Stands for a step in the JSON Schema; which kind it is, is told by its keys (`to-steps.ts`). */
export const anyStep = z.unknown().meta({ id: 'step' });

/** Steps that come in any order among themselves. */
export const anyOrderSchema = z.strictObject({ anyOrder: z.array(anyStep).min(1).max(MAX_STEPS) });
