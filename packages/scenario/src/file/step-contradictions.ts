import { type Complaint, didYouMean } from '@ims-sim/element/files';
import { headerKey } from '@ims-sim/sip';
import { type ExpectedMessage, expectedMessage } from '../expected-message.js';
import type { DiameterStep, DnsStep, MessageStep, Step } from '../flow.js';
import { misspeltHeader } from './header-names.js';
import { type Names, unknownName } from './names.js';
import type { PlacedStep, UnreadStep } from './to-steps.js';

/** What the steps above one are, as far as they can be told. */
interface Above {
  readonly known: Set<number>;
  readonly messages: Set<number>;
  /** Of optional ones: they leave a step behind them without a message before it. */
  readonly uncertain: Set<number>;
  /** Whether one of them has no number that could be read, or is nobody knows what. */
  isUnsure: boolean;
}

/** What steps name and is not there, and what of a step cannot be together. Of what could not be read nothing is taken as missing. */
export function stepsOf(
  steps: readonly (PlacedStep | UnreadStep)[],
  names: Names,
  variables: ReadonlyMap<string, string>,
): Complaint[] {
  const above: Above = { known: new Set(), messages: new Set(), uncertain: new Set(), isUnsure: false };
  const all = new Set(steps.map(numberOf));
  return steps.flatMap((placed) => {
    const found = placed.step === undefined ? [] : ofStep(placed, { names, variables, above, all });
    if (placed.step === undefined) {
      found.push(...takenTwice(placed, above));
      above.isUnsure ||= placed.number === undefined || placed.kind === undefined;
    }
    note(placed, above);
    return found;
  });
}

function note(placed: PlacedStep | UnreadStep, { known, messages, uncertain }: Above): void {
  const number = numberOf(placed);
  if (number === undefined) {
    return;
  }
  known.add(number);
  if ((placed.step?.kind ?? ('kind' in placed && placed.kind)) === 'message') {
    messages.add(number);
  }
  const { step } = placed;
  if (step?.kind === 'message' && step.optional === true && !isCertain(step.follows, messages, uncertain)) {
    uncertain.add(number);
  }
}

function numberOf(placed: PlacedStep | UnreadStep): number | undefined {
  return placed.step === undefined ? placed.number : placed.step.step;
}

interface Around {
  readonly names: Names;
  readonly variables: ReadonlyMap<string, string>;
  readonly above: Above;
  /** The numbers of all steps of the flow. */
  readonly all: ReadonlySet<number | undefined>;
}

function ofStep(placed: PlacedStep, { names, variables, above, all }: Around): Complaint[] {
  const { step, path } = placed;
  const found = [...takenTwice(placed, above), ...orderOf(placed, above, all), ...endsOf(step, path, names)];
  switch (step.kind) {
    case 'message':
      return [
        ...found,
        ...messageOf(step, path, names),
        ...(above.isUnsure ? [] : emptyHeadersOf(step, placed, above)),
        ...variablesOf(step, path, variables),
      ];
    case 'diameter':
      return [...found, ...commandsOf(step, path)];
    case 'dns':
      return [...found, ...answerOf(step, path)];
    case 'decision':
      return found;
  }
}

function takenTwice(placed: PlacedStep | UnreadStep, { known }: Above): Complaint[] {
  const number = numberOf(placed);
  return number !== undefined && known.has(number)
    ? [{ path: [...placed.path, 'step'], text: `there is a step ${number} before` }]
    : [];
}

/** `follows` is a step above: what is below has not come yet. */
function orderOf(
  { step: { step }, path, follows }: PlacedStep,
  { known, messages, isUnsure }: Above,
  all: ReadonlySet<number | undefined>,
): Complaint[] {
  const at = [...path, 'follows'];
  if (follows === step) {
    return [{ path: at, text: 'a step cannot follow itself' }];
  }
  if (typeof follows !== 'number' || known.has(follows)) {
    return [];
  }
  if (all.has(follows)) {
    const last = [...messages].at(-1);
    const other = last === undefined ? '' : `, or say one above, such as \`follows: ${last}\``;
    const text = `step ${follows} stands below, and \`follows\` looks up only: put this step behind it${other}`;
    return [{ path: at, text }];
  }
  const near = didYouMean(String(follows), [...known].map(String));
  return isUnsure ? [] : [{ path: at, text: `there is no step ${follows} above this one${near}` }];
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
function emptyHeadersOf(step: MessageStep, placed: PlacedStep, above: Above): Complaint[] {
  const expected = expectedMessage(step);
  if (typeof expected === 'string' || isCertain(step.follows, above.messages, above.uncertain)) {
    return [];
  }
  const told = new Set([...step.headers.keys(), 'Content-Length'].map(headerKey));
  const empty = [...expected.headers].flatMap(([key, { name, values }]) =>
    told.has(key) || values.some((value) => value !== '') ? [] : [name],
  );
  const [header] = empty;
  if (step.body?.kind === 'unchanged') {
    empty.push('body');
  }
  if (empty.length === 0) {
    return [];
  }
  const any = header === undefined ? '`body: any`' : `\`headers: { ${header}: any }\``;
  const text = `empty is as in the message before, and there is ${noneBefore(placed, above)}: ${empty.join(', ')}`;
  const remedies = `write the value, say ${any}, or ${followsOf(above)}`;
  return [{ path: [...placed.path, 'message'], text: `${text}; ${remedies}` }];
}

function noneBefore({ step: { follows, group }, follows: said }: PlacedStep, { messages }: Above): string {
  if (said === 'none') {
    return 'none by `follows: none`';
  }
  if (follows === undefined) {
    return group === undefined
      ? 'no message before it'
      : 'no message before its group, within which no step is before another';
  }
  return messages.has(follows)
    ? `none before it but step ${follows}, which need not happen`
    : `no message in step ${follows}`;
}

/** The nearest step above that surely is there; `follows` looks up only. */
function followsOf({ messages, uncertain }: Above): string {
  const near = [...messages].findLast((number) => !uncertain.has(number));
  return near === undefined
    ? 'put it behind the step that it is of: `follows: N` names one above'
    : `say which step above it is of, such as \`follows: ${near}\``;
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
