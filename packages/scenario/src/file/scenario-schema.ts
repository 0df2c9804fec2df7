import { credentialsSchema, externalSchema, hostName, networkSchema } from '@ims-sim/element/files';
import { z } from 'zod';
import { headerName, status, variableName } from './action-schema.js';
import { anyStep, MAX_STEPS } from './step-schema.js';

/** Stand for what is read entry by entry (`to-action.ts`, `to-fault.ts`), so that each complaint is that of the form that was meant. */
const anyAction = z.unknown().meta({ id: 'action' });
const anyFault = z.unknown().meta({ id: 'fault' });

const MAX_LIST = 10_000;
export const MAX_REPEATS = 100_000;

export const parallelSchema = z.strictObject({
  parallel: z
    .array(z.array(anyAction).max(MAX_LIST))
    .min(1)
    .max(1000)
    .describe('lists of actions that begin at once'),
});
export const repeatSchema = z.strictObject({
  repeat: z.int().min(1).max(MAX_REPEATS).describe('how many times; `${round}` counts from 1'),
  steps: z.array(anyAction).max(MAX_LIST),
});

const reaction = z.union(
  [
    status,
    z.literal('silent'),
    z.strictObject({ status, headers: z.record(headerName, z.string()).default({}) }),
  ],
  { error: 'expected a status, `silent`, or { status, headers }' },
);

const on = z
  .record(z.string().regex(/^[A-Z]+$/, 'expected a method such as MESSAGE'), reaction)
  .default({})
  .describe('what it does with a request that no action waits for, by method');

const actor = z.union(
  [
    z.strictObject({
      ue: z.string().describe('its public identity'),
      privateIdentity: z.string(),
      proxy: z.string().describe('host name of its P-CSCF'),
      symbol: z.string().optional().describe('how the tables write its address'),
      securityAgreement: z.boolean().default(false),
      accessNetworkInfo: z.string().optional(),
      credentials: credentialsSchema.optional().describe('in place of its own: to do wrong on purpose'),
      on,
    }),
    z.strictObject({ as: hostName.describe('the host name of an application server'), on }),
    z.strictObject({ agent: hostName.describe('the host name of a network agent'), on }),
  ],
  { error: 'expected { ue, privateIdentity, proxy }, { as } or { agent }' },
);

const elementRole = z.union([z.enum(['play', 'nothing']), z.strictObject({ external: externalSchema })], {
  error: "expected `play`, `nothing`, or { external: 'udp:ADDRESS:PORT' }",
});

const otherMessage = z.strictObject({
  from: z.string().optional().describe('who sends it: a host name, or an actor'),
  to: z.string().optional().describe('for whom it is: a host name, or an actor'),
  message: z
    .union([z.string(), status.transform(String)])
    .optional()
    .describe('a method, a status, or a command such as LIR'),
});

export const scenarioSchema = z.strictObject({
  title: z.string(),
  clause: z.string().default('').describe('what the flow is after, such as TR 24.841 6.1.1'),
  profile: z.enum(['tr-24.841', 'ts-24.141']),
  network: z
    .union([z.string(), networkSchema], { error: 'expected a network file, or a network' })
    .describe('a network file, or a small network'),
  elements: z
    .record(hostName, elementRole)
    .default({})
    .describe('who plays an element, or all of an operator, by host name or domain'),
  variables: z
    .record(variableName, z.union([z.string(), z.number()]))
    .default({})
    .describe('what `${name}` stands for'),
  actors: z.record(z.string().min(1), actor),
  participants: z
    .record(z.string(), z.string())
    .optional()
    .describe('for the ladder, from left to right: host name or actor, and its name there'),
  symbols: z
    .array(z.string().min(1))
    .max(MAX_LIST)
    .default([])
    .describe(
      'texts of the tables that stand for one value on the wire each: nonces, keys, ports, charging identifiers',
    ),
  ownHeaders: z
    .array(headerName)
    .max(MAX_LIST)
    .default([])
    .describe('headers of your own that look like others: names that are meant as they are'),
  strictResponses: z
    .boolean()
    .default(false)
    .describe(
      'responses, too, have nothing that their table has not; a text may leave out what does not concern it',
    ),
  quietMs: z
    .int()
    .min(1)
    .max(10_000)
    .optional()
    .describe('how long nothing must have come for the flow to be over'),
  before: z.array(anyAction).max(MAX_LIST).default([]).describe('actions before the flow begins'),
  play: z.array(anyAction).min(1).max(MAX_LIST).describe('the actions that bring the flow about'),
  faults: z
    .array(anyFault)
    .max(1000)
    .default([])
    .describe('what goes wrong on purpose, from the first action of `play` on'),
  flow: z
    .array(anyStep)
    .max(MAX_STEPS)
    .optional()
    .describe('the flow expected, step by step; `[]`: that no message comes but what `others` has'),
  others: z
    .union([z.literal('allowed'), z.array(otherMessage).max(MAX_LIST)], {
      error: 'expected `allowed`, or a list of { from, to, message }',
    })
    .optional()
    .describe('messages without a step that may come: `allowed` for any'),
});

export type ScenarioYaml = z.infer<typeof scenarioSchema>;
