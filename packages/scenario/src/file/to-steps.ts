import { type Complaint, didYouMean, type Places, schemaComplaints } from '@ims-sim/element/files';
import { headerKey } from '@ims-sim/sip';
import { avpExpectations } from './avp-expectations.js';
import type { BodyExpectation, DiameterExpectation, HeaderExpectation, MessageStep, Step } from '../flow.js';
import { anyOrderSchema, MAX_STEPS, stepSchemas, type StepYaml } from './step-schema.js';

export interface StepContext {
  readonly file: string;
  readonly places: Places;
  readonly complaints: Complaint[];
  /** What `${name}` stands for in the tables. */
  readonly variables: ReadonlyMap<string, string>;
}

/** A step and where it stands. */
export interface PlacedStep {
  readonly step: Step;
  readonly path: readonly string[];
  /** As the file says it; a step that says nothing follows the message before. */
  readonly follows?: number | 'none' | undefined;
}

/** One that is wrong in itself, for what is said of the steps beside it. */
export interface UnreadStep {
  readonly step?: undefined;
  readonly path: readonly string[];
  /** As far as it can be told. */
  readonly number: number | undefined;
  readonly kind: (typeof KINDS)[number] | undefined;
}

/** The steps of the flow, those of groups in their place; what is no step is a complaint. */
export function toSteps(entries: readonly unknown[], context: StepContext): (PlacedStep | UnreadStep)[] {
  const steps: (PlacedStep | UnreadStep)[] = [];
  let lastMessage: number | undefined;
  const add = (
    entry: unknown,
    path: readonly string[],
    follows: number | undefined,
    group?: string,
  ): void => {
    const placed = toStep(entry, path, follows, group, context) ?? unread(entry, path);
    steps.push(placed);
    const { kind, number } = 'kind' in placed ? placed : { kind: placed.step.kind, number: placed.step.step };
    if (kind === 'message') {
      lastMessage = number ?? lastMessage;
    }
  };
  for (const [index, entry] of entries.entries()) {
    const path = ['flow', String(index)];
    if (typeof entry !== 'object' || entry === null || !('anyOrder' in entry)) {
      add(entry, path, lastMessage);
      continue;
    }
    const group = anyOrderSchema.safeParse(entry);
    if (!group.success) {
      context.complaints.push(...schemaComplaints(group.error.issues, anyOrderSchema, path));
      steps.push(unread(undefined, path));
      continue;
    }
    const before = lastMessage;
    for (const [within, one] of group.data.anyOrder.entries()) {
      add(one, [...path, 'anyOrder', String(within)], before, `anyOrder ${index + 1}`);
    }
  }
  if (steps.length > MAX_STEPS) {
    context.complaints.push({ path: ['flow'], text: `more than ${MAX_STEPS} steps` });
  }
  return steps;
}

function unread(entry: unknown, path: readonly string[]): UnreadStep {
  const its: object = typeof entry === 'object' && entry !== null ? entry : {};
  const number = 'step' in its && Number.isInteger(its.step) ? Number(its.step) : undefined;
  return { path, number, kind: KINDS.find((key) => key in its) };
}

function toStep(
  entry: unknown,
  path: readonly string[],
  lastMessage: number | undefined,
  group: string | undefined,
  { complaints, file, places, variables }: StepContext,
): PlacedStep | undefined {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    complaints.push({ path, text: 'expected a step: a mapping with step, title and what is to come' });
    return undefined;
  }
  const kind = KINDS.find((key) => key in entry);
  if (kind === undefined) {
    complaints.push(noKind(Object.keys(entry), path));
    return undefined;
  }
  const checked = stepSchemas[kind].safeParse(entry);
  if (!checked.success) {
    complaints.push(...schemaComplaints(checked.error.issues, stepSchemas[kind], path));
    return undefined;
  }
  const its: StepYaml = checked.data;
  const { step, title, clause, optional, follows } = its;
  const replace = (text: string): string => withVariables(text, variables);
  const errata = its.errata.map(({ table, right, why }) => ({
    table: replace(table),
    right: replace(right),
    why,
  }));
  const at = { file, ...places.at(path) };
  const order = follows === 'none' ? { unbound: true } : { follows: follows ?? lastMessage };
  const base = { step, title, at, clause, optional, group, errata, ...order };
  if ('decision' in its) {
    const of = its.decision.clause === '' ? (clause ?? '') : its.decision.clause;
    return { step: { kind: 'decision', ...base, ...its.decision, clause: of }, path, follows };
  }
  const between = { from: its.from, to: its.to };
  if ('diameter' in its) {
    const { request, answer } = its.diameter;
    const message = (one: typeof request, key: string): DiameterExpectation => {
      const { avps, ...rest } = one;
      const at = [...path, 'diameter', key, 'avps'];
      return avps === undefined ? rest : { ...rest, avps: avpExpectations(avps, at, complaints) };
    };
    const pair = {
      request: message(request, 'request'),
      answer: typeof answer === 'object' ? message(answer, 'answer') : answer,
    };
    return { step: { kind: 'diameter', ...base, ...between, ...pair }, path, follows };
  }
  if ('dns' in its) {
    return { step: { kind: 'dns', ...base, ...between, ...its.dns }, path, follows };
  }
  const message: MessageStep = {
    kind: 'message',
    ...base,
    ...between,
    table: replace(its.message),
    alsoOnTheWire: new Map(Object.entries(its.alsoOnTheWire)),
    headers: new Map(Object.entries(its.headers).map(([name, one]) => [name, expectation(one)])),
    ...(its.body !== undefined && { body: bodyExpectation(its.body, replace) }),
    sentAtLeast: its.sentAtLeast,
    lines: linesOf(its.message, its, path, places),
  };
  return { step: message, path, follows };
}

const KINDS = ['message', 'decision', 'diameter', 'dns'] as const;

function noKind(keys: readonly string[], path: readonly string[]): Complaint {
  const misspelt = keys.map((key) => ({ key, hint: didYouMean(key, KINDS) })).find(({ hint }) => hint !== '');
  const text = `expected a step with one of ${KINDS.join(', ')}, or anyOrder${misspelt?.hint ?? ''}`;
  return misspelt === undefined ? { path, text } : { path: [...path, misspelt.key], text, ofKey: true };
}

function expectation(one: 'absent' | 'any' | { readonly matches: string }): HeaderExpectation {
  return typeof one === 'string' ? { kind: one } : { kind: 'matches', pattern: one.matches };
}

type BodyYaml = NonNullable<Extract<StepYaml, { message: string }>['body']>;

function bodyExpectation(one: BodyYaml, replace: (text: string) => string): BodyExpectation {
  if (typeof one === 'string') {
    return { kind: one };
  }
  return 'is' in one
    ? { kind: 'is', text: replace(one.is).trim() }
    : { kind: 'matches', pattern: one.matches };
}

/** The line of each header, where the table is a `|` text; else all are where the text is. */
function linesOf(
  table: string,
  {
    alsoOnTheWire,
    headers,
    body,
    sentAtLeast,
  }: Pick<Extract<StepYaml, { message: string }>, 'alsoOnTheWire' | 'headers' | 'body' | 'sentAtLeast'>,
  path: readonly string[],
  places: Places,
): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  const { line = 1, lineByLine = false } = places.textAt([...path, 'message']) ?? {};
  lines.set('', line);
  const rows = table.split('\n');
  for (let row = 1; row < rows.length; row++) {
    const text = rows[row] ?? '';
    if (text.trim() === '') {
      break; // the body
    }
    const colon = text.indexOf(':');
    const name = headerKey(text.slice(0, Math.max(colon, 0)).trim());
    if (colon > 0 && !lines.has(name)) {
      lines.set(name, lineByLine ? line + row : line);
    }
  }
  for (const [key, names] of Object.entries({ headers, alsoOnTheWire })) {
    for (const name of Object.keys(names)) {
      if (!lines.has(headerKey(name))) {
        lines.set(headerKey(name), places.ofKey([...path, key, name]).line);
      }
    }
  }
  if (body !== undefined) {
    const text =
      typeof body === 'object' && 'is' in body ? places.textAt([...path, 'body', 'is']) : undefined;
    lines.set('body', text?.line ?? places.ofKey([...path, 'body']).line);
  }
  if (sentAtLeast !== undefined) {
    lines.set(headerKey('sentAtLeast'), places.ofKey([...path, 'sentAtLeast']).line);
  }
  return lines;
}

/** `${name}` in a table is the value that the file gives it; any other `${` is the text's own. */
function withVariables(text: string, variables: ReadonlyMap<string, string>): string {
  return variables.size === 0 || !text.includes('${')
    ? text
    : text.replace(/\$\{([\w-]+)\}/g, (whole, name: string) => variables.get(name) ?? whole);
}
