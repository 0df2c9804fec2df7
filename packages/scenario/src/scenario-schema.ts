import { z } from 'zod';

const erratum = z.strictObject({ table: z.string(), right: z.string(), why: z.string() });

const base = {
  step: z.int().min(1),
  title: z.string(),
  follows: z.int().min(1).optional(),
  errata: z.array(erratum).default([]),
};

const diameter = z.strictObject({
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
});

const step = z.union(
  [
    z.strictObject({
      ...base,
      from: z.string(),
      to: z.string(),
      message: z.string(),
      alsoOnTheWire: z.record(z.string(), z.strictObject({ value: z.string(), why: z.string() })).default({}),
    }),
    z.strictObject({
      ...base,
      decision: z.strictObject({ on: z.string(), clause: z.string().default(''), text: z.string() }),
    }),
    z.strictObject({
      ...base,
      from: z.string(),
      to: z.string(),
      diameter: z.strictObject({ request: diameter, answer: diameter }),
    }),
  ],
  { error: 'expected a step with one of message, decision, diameter, and their keys' },
);

const expiresS = z.int().min(0).max(0xffffffff);

const action = z.union(
  [
    z.strictObject({ register: z.string(), expiresS: expiresS.min(1).default(600_000) }),
    z.strictObject({ deregister: z.string(), all: z.boolean().default(false) }),
    z.strictObject({ registrationState: z.string() }),
    z.strictObject({
      until: z.string(),
      registered: z.boolean(),
      withinS: z.number().min(0).max(60).default(5),
    }),
    z.strictObject({
      hss: z.string(),
      terminate: z.string(),
      reason: z
        .enum(['permanent-termination', 'new-server-assigned', 'server-change', 'remove-s-cscf'])
        .default('permanent-termination'),
    }),
    z.strictObject({ sCscf: z.string(), deregister: z.string() }),
    z.strictObject({ sCscf: z.string(), reauthenticate: z.string(), expiresS: expiresS.min(1) }),
    z.strictObject({ kill: z.string() }),
    z.strictObject({ restart: z.string() }),
    z.strictObject({
      subscribe: z.string(),
      to: z.string(),
      event: z.string(),
      accept: z.string(),
      expiresS,
      cseq: z.int().min(0).max(0x7fffffff).optional(),
    }),
    z.strictObject({
      publish: z.string(),
      event: z.string(),
      contentType: z.string(),
      body: z.string(),
      expiresS,
    }),
  ],
  {
    error:
      'expected an action with its keys: register, deregister, registrationState, subscribe, publish, until (of a UE); ' +
      'terminate with hss, deregister or reauthenticate with sCscf, kill, restart (of an operator)',
  },
);

export const scenarioSchema = z.strictObject({
  title: z.string(),
  clause: z.string(),
  profile: z.enum(['tr-24.841', 'ts-24.141']),
  network: z.string(),
  actors: z.record(
    z.string(),
    z.strictObject({
      ue: z.string(),
      privateIdentity: z.string(),
      proxy: z.string(),
      symbol: z.string().optional(),
      securityAgreement: z.boolean().default(false),
      accessNetworkInfo: z.string().optional(),
    }),
  ),
  participants: z.record(z.string(), z.string()),
  /** Texts of the tables that stand for one value on the wire each: nonces, responses, keys, ports, charging identifiers. */
  symbols: z.array(z.string().min(1)).default([]),
  /** Whether responses, too, have nothing that their table has not; a text may leave out what does not concern it. */
  strictResponses: z.boolean().default(false),
  /** How long nothing must have come for the flow to be over. */
  quietMs: z.int().min(1).max(10_000).optional(),
  before: z.array(action).default([]),
  play: z.array(action).min(1),
  flow: z.array(step).min(1),
});

export type ScenarioYaml = z.infer<typeof scenarioSchema>;
