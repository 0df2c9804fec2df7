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
  publicIdentity: z.string().optional(),
  serverName: z.string().optional(),
  resultCode: z.int().optional(),
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
    z.strictObject({ register: z.string(), expiresS: expiresS.default(600_000) }),
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
  { error: 'expected one of register, subscribe, publish, with its keys' },
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
    }),
  ),
  participants: z.record(z.string(), z.string()),
  before: z.array(action).default([]),
  play: z.array(action).min(1),
  flow: z.array(step).min(1),
});

export type ScenarioYaml = z.infer<typeof scenarioSchema>;
