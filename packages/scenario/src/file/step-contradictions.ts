import { type Complaint, didYouMean } from '@ims-sim/element/files';
import { headerKey } from '@ims-sim/sip';
import { type ExpectedMessage, expectedMessage } from '../expected-message.js';
import type { DiameterStep, DnsStep, MessageStep, Step } from '../flow.js';
import { misspeltHeader } from './header-names.js';
import { type Names, unknownName } from './names.js';
import type { PlacedStep } from './to-steps.js';

/** What steps name and is not there, and what of a step cannot be together. */
export function stepsOf(
  steps: readonly PlacedStep[],
  names: Names,
  variables: ReadonlyMap<string, string>,
): Complaint[] {
  const known = new Set<number>();
  const messages = new Set<number>();
  /** Of optional ones: they leave a step behind them without a message before it. */
  const uncertain = new Set<number>();
  return steps.flatMap((placed) => {
    const found = [...orderOf(placed, known), ...endsOf(placed.step, placed.path, names)];
    known.add(placed.step.step);
    switch (placed.step.kind) {
      case 'message':
        found.push(
          ...messageOf(placed.step, placed.path, names),
          ...emptyHeadersOf(placed.step, placed.path, { messages, uncertain }),
          ...variablesOf(placed.step, placed.path, variables),
        );
        messages.add(placed.step.step);
        if (placed.step.optional === true && !isCertain(placed.step.follows, messages, uncertain)) {
          uncertain.add(placed.step.step);
        }
        break;
      case 'diameter':
        found.push(...commandsOf(placed.step, placed.path));
        break;
      case 'dns':
        found.push(...answerOf(placed.step, placed.path));
        break;
      case 'decision':
        break;
    }
    return found;
  });
}

function orderOf({ step: { step }, path, follows }: PlacedStep, known: ReadonlySet<number>): Complaint[] {
  const found: Complaint[] = [];
  if (known.has(step)) {
    found.push({ path: [...path, 'step'], text: `there is a step ${step} before` });
  }
  if (follows === step) {
    found.push({ path: [...path, 'follows'], text: 'a step cannot follow itself' });
  } else if (typeof follows === 'number' && !known.has(follows)) {
    const near = didYouMean(String(follows), [...known].map(String));
    found.push({ path: [...path, 'follows'], text: `there is no step ${follows} above this one${near}` });
  }
  return found;
}

function endsOf(step: Step, path: readonly string[], names: Names): Complaint[] {
  const ends = step.kind === 'decision' ? { on: step.on } : { from: step.from, to: step.to };
  return Object.entries(ends).flatMap(([key, name]) => {
    const text = unknownName(name, names);
    return text === undefined
      ? []
      : [{ path: [...path, ...(key === 'on' ? ['decision', 'on'] : [key])], text }];
  });
}

function messageOf(step: MessageStep, path: readonly string[], { ownHeaders }: Names): Complaint[] {
  const expected = expectedMessage(step);
  if (typeof expected === 'string') {
    return [{ path: [...path, 'message'], text: expected }];
  }
  const besides = [
    ...[...step.headers.keys()].map((name) => ['headers', name] as const),
    ...[...step.alsoOnTheWire.keys()].map((name) => ['alsoOnTheWire', name] as const),
  ];
  const twice = besides.filter(([key, name], at) =>
    besides.slice(0, at).some(([other, its]) => other === key && headerKey(its) === headerKey(name)),
  );
  const also = new Set([...step.alsoOnTheWire.keys()].map(headerKey));
  return [
    ...inTable(step, expected).flatMap(({ name, row }) =>
      misspeltHeader(name, ownHeaders, { path: [...path, 'message'], row }),
    ),
    ...besides.flatMap(([key, name]) =>
      misspeltHeader(name, ownHeaders, { path: [...path, key, name], ofKey: true }),
    ),
    ...twice.map(([key, name]) => ({
      path: [...path, key, name],
      text: `${name} stands above`,
      ofKey: true,
    })),
    ...[...step.headers].flatMap(([name, { kind }]): Complaint[] =>
      kind === 'absent' && also.has(headerKey(name))
        ? [{ path: [...path, 'headers', name], text: `absent, and in alsoOnTheWire it is there` }]
        : [],
    ),
  ];
}

/** A `${name}` that is no variable is the text's own, unless it looks like one. */
function variablesOf(
  { table }: MessageStep,
  path: readonly string[],
  variables: ReadonlyMap<string, string>,
): Complaint[] {
  if (variables.size === 0 || !table.includes('${')) {
    return [];
  }
  return table.split('\n').flatMap((line, row) =>
    [...line.matchAll(/\$\{([\w-]+)\}/g)].flatMap(([, name = '']) => {
      const meant = didYouMean(name, variables.keys());
      return meant === ''
        ? []
        : [{ path: [...path, 'message'], row, text: `there is no variable ${name}${meant}` }];
    }),
  );
}

/** Whether there is a message for a step's empty headers, whatever of the optional ones happens. */
function isCertain(
  follows: number | undefined,
  messages: ReadonlySet<number>,
  uncertain: ReadonlySet<number>,
): boolean {
  return follows !== undefined && messages.has(follows) && !uncertain.has(follows);
}

/** An empty header is as in the message before: there must be one. The Content-Length is as the body (RFC 3261 20.14). */
function emptyHeadersOf(
  step: MessageStep,
  path: readonly string[],
  {
    messages,
    uncertain,
  }: { readonly messages: ReadonlySet<number>; readonly uncertain: ReadonlySet<number> },
): Complaint[] {
  const expected = expectedMessage(step);
  const { follows } = step;
  if (typeof expected === 'string' || isCertain(follows, messages, uncertain)) {
    return [];
  }
  const told = new Set([...step.headers.keys(), 'Content-Length'].map(headerKey));
  const empty = [...expected.headers].flatMap(([key, { name, values }]) =>
    told.has(key) || values.some((value) => value !== '') ? [] : [name],
  );
  if (step.body?.kind === 'unchanged') {
    empty.push('body');
  }
  const before =
    follows === undefined
      ? 'no message before it'
      : messages.has(follows)
        ? `none before it but step ${follows}, which need not happen`
        : `no message in step ${follows}`;
  return empty.length === 0
    ? []
    : [
        {
          path: [...path, 'message'],
          text: `empty is as in the message before, and there is ${before}: ${empty.join(', ')}; write the value, say \`any\` below \`headers\`, or \`follows\` which step it is of`,
        },
      ];
}

/** The headers that the text's table has, its errata applied, each with its line in the table. */
function inTable(
  { table, alsoOnTheWire }: MessageStep,
  { headers }: ExpectedMessage,
): readonly { readonly name: string; readonly row: number | undefined }[] {
  const rows = new Map(
    table
      .split('\n')
      .map((text, row) => [text.slice(0, Math.max(0, text.indexOf(':'))).trim(), row] as const)
      .toReversed(),
  );
  return [...headers.values()].flatMap(({ name }) =>
    alsoOnTheWire.has(name) ? [] : [{ name, row: rows.get(name) }],
  );
}

/** What does not come says nothing. */
function answerOf({ answer, rcode, records }: DnsStep, path: readonly string[]): Complaint[] {
  return answer === 'none' && (rcode !== 'NOERROR' || records !== undefined)
    ? [{ path: [...path, 'dns', 'answer'], text: 'none, and what it says is told too' }]
    : [];
}

/** RFC 6733 3: the answer to a request has its command. */
function commandsOf({ request, answer }: DiameterStep, path: readonly string[]): Complaint[] {
  const right = `${request.command.slice(0, 2)}A`;
  if (!request.command.endsWith('R')) {
    const text = `${request.command} is an answer: expected a request such as ${request.command.slice(0, 2)}R`;
    return [{ path: [...path, 'diameter', 'request', 'command'], text }];
  }
  return answer === undefined || answer === 'none' || answer.command === right
    ? []
    : [
        {
          path: [...path, 'diameter', 'answer', 'command'],
          text: `expected ${right}, the answer to ${request.command}`,
        },
      ];
}
