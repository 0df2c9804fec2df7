import { hostName } from '@ims-sim/element/files';
import { z } from 'zod';

/** Parts of the actions' schemas. */

export const expiresS = z
  .int({ error: ({ input }) => (input === undefined ? undefined : 'expected a whole number of seconds') })
  .min(0)
  .max(0xffffffff);
export const withinS = z.number().min(0).max(3600).describe('how long it waits, in seconds');
export const status = z.int().min(100).max(699);
export const statusBetween = (least: number, most: number) => z.int().min(least).max(most);

/** A name that sentences and `${...}` can have. */
export const variableName = z
  .string()
  .regex(/^[A-Za-z_][\w-]*$/, 'expected a name: letters, digits, _ and -');

export const label = z.string().regex(/^[A-Za-z][\w.-]*$/, 'expected a name: letters, digits, ., _ and -');

export const pattern = z.string().max(1000).refine(isPattern, 'expected a regular expression');

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

export const headerName = z.string().regex(/^[\w.!%*+`'~-]+$/, 'expected the name of a header');

const headerValue = z.union([z.string(), z.number(), z.null()], {
  error: 'expected a text, a number, `absent`, or a list of texts',
});

const FIRST_GROUP = 'a regular expression; its first group is the value';

const take = z.union(
  [
    z.strictObject({
      header: headerName.describe('the header that the value is in'),
      pattern: pattern.default('(.*)').describe(FIRST_GROUP),
    }),
    z.strictObject({
      from: z.enum(['body', 'start-line']).describe('where the value is'),
      pattern: pattern.describe(FIRST_GROUP),
    }),
  ],
  { error: 'expected { header, pattern }, or { from: body, pattern }' },
);

const FINAL = 'expected a final status such as 403, a class such as 4xx, or `no answer`';

/** What every action of an actor has. */
export const acting = {
  headers: z
    .record(headerName, z.union([headerValue, z.array(headerValue).max(100)]))
    .optional()
    .describe('put into the request, in addition or in place of its own; `absent` takes one away'),
  expect: z
    .union(
      [z.int().min(200, FINAL).max(699, FINAL), z.enum(['2xx', '3xx', '4xx', '5xx', '6xx', 'no answer'])],
      {
        error: FINAL,
      },
    )
    .optional()
    .describe('what must come of it; unless told a 2xx'),
  take: z.record(variableName, take).optional().describe('values for variables, out of what comes'),
};

export type Acted = z.infer<z.ZodObject<typeof acting>>;

export const content = {
  body: z.string().optional().describe('the file with the body, beside the scenario'),
  text: z.string().optional().describe('the body itself'),
  contentType: z.string().optional(),
};

/** `udp:192.0.2.10:5060`, or a host name. */
export const target = z.union(
  [hostName, z.string().regex(/^(udp|tcp):\S+:\d+$/), z.string().regex(/^\$\{[\w-]+\}$/)],
  { error: 'expected a host name, or udp:ADDRESS:PORT' },
);

/** `as` of what makes something that later actions refer to, `of` of those. */
export const as = { as: label.optional().describe('a name for later actions') };
export const of = { of: label.optional().describe('the name that it was given; the last one unless told') };
