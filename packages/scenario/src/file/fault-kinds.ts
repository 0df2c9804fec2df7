import type { Fault, FaultMatch } from '@ims-sim/faults';
import { z } from 'zod';
import { headerName } from './action-schema.js';
import { faultSlots, messageOf, type SaidFault } from './fault-sentences.js';

/** One kind of fault as a mapping: by which keys it is known, and what its mapping has. */
export interface FaultKind {
  /** All stand in its mapping. */
  readonly keys: readonly string[];
  readonly schema: z.ZodObject;
  /** What the checked mapping says. */
  check(mapping: unknown): { readonly said: SaidFault } | { readonly issues: readonly z.core.$ZodIssue[] };
}

/** How often, on which way, and whether it must: what every fault can have. */
export const often = {
  times: z
    .int()
    .min(1)
    .max(1_000_000_000)
    .optional()
    .describe('how many messages it befalls; unless told all'),
  after: z.int().min(0).max(1_000_000_000).optional().describe('how many are let through first'),
  from: z.string().optional().describe('who sends it'),
  to: z.string().optional().describe('for whom it is'),
  may: z
    .boolean()
    .optional()
    .describe('it need not happen; unless told, one that never took place fails the run'),
};

export const bytes = z.int().min(1).max(1000).describe('how many bytes become others');

const MAX_TEXT = 8192;
const slot = (name: string): z.ZodString => {
  const { matches = '', name: what = '' } = faultSlots[name] ?? {};
  return z.string().regex(new RegExp(`^(?:${matches})$`), `expected ${what}`);
};
const message = slot('MESSAGE');
const sipMessage = slot('SIPMESSAGE');
const answer = slot('ANSWER');
const text = z.string().min(1, 'expected a text').max(MAX_TEXT);
/** A line break would begin another header. */
const value = z.union([
  z
    .string()
    .max(MAX_TEXT)
    .regex(/^[^\r\n]*$/, 'expected a value on one line'),
  z.number(),
]);

/** In the order in which they are tried. */
export const faultKinds: readonly FaultKind[] = [
  kind(['drop'], { drop: message }, (its) => befalls(its.drop, { kind: 'drop' })),
  kind(['duplicate'], { duplicate: message }, (its) => befalls(its.duplicate, { kind: 'duplicate' })),
  kind(['delay'], { delay: message, byMs: z.int().min(1).max(3_600_000) }, (its) =>
    befalls(its.delay, { kind: 'delay', byMs: its.byMs }),
  ),
  kind(['reorder'], { reorder: message }, (its) => befalls(its.reorder, { kind: 'reorder' })),
  kind(['corrupt'], { corrupt: message, bytes: bytes.default(1) }, (its) =>
    befalls(its.corrupt, { kind: 'corrupt', bytes: its.bytes }),
  ),
  kind(['set'], { set: sipMessage, header: headerName, value }, (its) =>
    befalls(its.set, { kind: 'set-header', header: its.header, value: String(its.value) }),
  ),
  kind(['remove'], { remove: sipMessage, header: headerName }, (its) =>
    befalls(its.remove, { kind: 'set-header', header: its.header }),
  ),
  kind(['replace'], { replace: sipMessage, text, by: z.string().max(MAX_TEXT) }, (its) =>
    befalls(its.replace, { kind: 'replace', text: its.text, by: its.by }),
  ),
  kind(['answer', 'without'], { answer, without: z.array(z.string()).min(1).max(100) }, (its) =>
    befalls(its.answer, { kind: 'without-avps', names: its.without }),
  ),
  kind(['answer', 'resultCode'], { answer, resultCode: z.int().min(1000).max(5999) }, (its) =>
    befalls(its.answer, { kind: 'result', code: its.resultCode, experimental: false }),
  ),
  kind(
    ['answer', 'experimentalResultCode'],
    { answer, experimentalResultCode: z.int().min(1000).max(5999) },
    (its) => befalls(its.answer, { kind: 'result', code: its.experimentalResultCode, experimental: true }),
  ),
  kind(
    ['answer', 'rcode'],
    {
      answer: slot('TYPE').describe('of a DNS question: its record type'),
      rcode: z.enum(['NXDOMAIN', 'SERVFAIL', 'REFUSED', 'NOERROR']),
      name: slot('DOMAIN').optional().describe('the name that was asked for; unless told any'),
    },
    (its) => ({
      match: { message: { protocol: 'dns', type: its.answer, name: its.name, response: true } },
      fault: { kind: 'rcode', rcode: its.rcode },
    }),
  ),
];

function kind<Shape extends z.ZodRawShape>(
  keys: readonly string[],
  shape: Shape,
  to: (checked: z.infer<z.ZodObject<Shape>>) => { readonly match: FaultMatch; readonly fault: Fault },
): FaultKind {
  const schema = z.strictObject({ ...shape, ...often });
  return {
    keys,
    schema,
    check: (mapping) => {
      const checked = schema.safeParse(mapping);
      if (!checked.success) {
        return { issues: checked.error.issues };
      }
      const { from, to: receiver, times, after, may } = checked.data as z.infer<z.ZodObject<typeof often>>;
      const { match, fault } = to(checked.data as z.infer<z.ZodObject<Shape>>);
      return { said: { match: { ...match, from, to: receiver }, fault, times, after, may } };
    },
  };
}

function befalls(which: string, fault: Fault): { readonly match: FaultMatch; readonly fault: Fault } {
  return { match: { message: messageOf(which) }, fault };
}
