import type { ServicePointTrigger, TriggerPoint } from '@ims-sim/cx';
import { z } from 'zod';
import { ere } from './schema-parts.js';

const sessionCase = z.enum([
  'originating',
  'terminating-registered',
  'terminating-unregistered',
  'originating-unregistered',
  'originating-cdiv',
]);

const trigger = z.union(
  [
    z.strictObject({
      method: z.string(),
      registrationTypes: z.array(z.enum(['initial', 're-registration', 'de-registration'])).optional(),
      not: z.boolean().optional(),
    }),
    z.strictObject({ header: ere, content: ere.optional(), not: z.boolean().optional() }),
    z.strictObject({ requestUri: ere, not: z.boolean().optional() }),
    z.strictObject({ sessionCase, not: z.boolean().optional() }),
    z.strictObject({
      sessionDescription: ere,
      content: ere.optional(),
      not: z.boolean().optional(),
    }),
  ],
  {
    error:
      'expected one of {method}, {header, content}, {requestUri}, {sessionCase}, {sessionDescription, content}',
  },
);

type Trigger = z.infer<typeof trigger>;

/** `all` of `any` is the conjunctive normal form of TS 29.228 B.2.3, `any` of `all` the disjunctive one. */
export const triggerPointSchema = z.union(
  [
    z.strictObject({
      all: z.array(z.union([trigger, z.strictObject({ any: z.array(trigger).min(1) })])).min(1),
    }),
    z.strictObject({
      any: z.array(z.union([trigger, z.strictObject({ all: z.array(trigger).min(1) })])).min(1),
    }),
  ],
  { error: 'expected { all: [...] } or { any: [...] } of triggers' },
);

export function toTriggerPoint(when: z.infer<typeof triggerPointSchema>): TriggerPoint {
  const cnf = 'all' in when;
  const groups: Trigger[][] = cnf
    ? when.all.map((entry) => ('any' in entry ? entry.any : [entry]))
    : when.any.map((entry) => ('all' in entry ? entry.all : [entry]));
  return {
    cnf,
    servicePointTriggers: groups.flatMap((group, index) =>
      group.map((entry) => toServicePointTrigger(entry, index)),
    ),
  };
}

function toServicePointTrigger(entry: Trigger, group: number): ServicePointTrigger {
  const base = { negated: entry.not ?? false, groups: [group] };
  if ('method' in entry) {
    const { method, registrationTypes } = entry;
    return { ...base, kind: 'method', method, ...(registrationTypes && { registrationTypes }) };
  }
  if ('header' in entry) {
    const { header, content } = entry;
    return { ...base, kind: 'sip-header', header, ...(content !== undefined && { content }) };
  }
  if ('requestUri' in entry) {
    return { ...base, kind: 'request-uri', pattern: entry.requestUri };
  }
  if ('sessionCase' in entry) {
    return { ...base, kind: 'session-case', sessionCase: entry.sessionCase };
  }
  const { sessionDescription, content } = entry;
  return {
    ...base,
    kind: 'session-description',
    line: sessionDescription,
    ...(content !== undefined && { content }),
  };
}
