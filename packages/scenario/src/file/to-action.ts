import {
  type Complaint,
  didYouMean,
  nearestWord,
  type Places,
  schemaComplaints,
  unknownKey,
} from '@ims-sim/element/files';
import { type Action, isActorAction } from '../action.js';
import type { ActionKind } from './action-kind.js';
import { labelOf, ofAction } from './action-contradictions.js';
import { actionKinds } from './action-kinds.js';
import { actionGrammar, type Mapping } from './action-sentences.js';
import { contentReader } from './content.js';
import { headersIn, misspeltHeader } from './header-names.js';
import type { Names } from './names.js';
import { notUnderstood } from './nearest-sentence.js';
import { MAX_REPEATS, parallelSchema, repeatSchema } from './scenario-schema.js';
import { understood } from './sentence.js';
import { namesInActions, type Surroundings } from './surroundings.js';
import { type Scope, unknownInFile } from './variables.js';

/** What the reading of actions needs, and where it puts what is wrong. */
export interface ActionContext {
  readonly file: string;
  readonly folder: string;
  readonly profile: 'tr-24.841' | 'ts-24.141';
  readonly places: Places;
  readonly complaints: Complaint[];
  /** Who is there to be named. */
  readonly names: Names;
  /** What has a value, now or later. */
  readonly variables: Scope;
  /** What earlier actions made, by actor and name (`as`). */
  readonly labels: Set<string>;
  /** How many actions there were so far. */
  count: number;
  /** Whether one of them could not be read: what it would have made is not known. */
  isUnread: boolean;
}

/** An action within another, within another: so deep. */
const MAX_DEPTH = 8;
export const MAX_ACTIONS = 10_000;
/** Of all repetitions within each other. */
const MAX_PLAYED = 1_000_000;

const NOWHERE = { file: '', line: 1, column: 1 };
const NOTHING: Action = { kind: 'wait', forS: 0, at: NOWHERE };

/**
 * The actions of a list of the file. What is no action is a complaint, and has one in its place that does nothing: those behind it stay where
 * they are.
 */
export function toActions(
  entries: readonly unknown[],
  path: readonly string[],
  context: ActionContext,
  depth = 0,
  rounds = 1,
): Action[] {
  if (depth > MAX_DEPTH) {
    context.complaints.push({ path, text: `nested more than ${MAX_DEPTH} deep` });
    context.isUnread = true;
    return [];
  }
  return entries.map((entry, index) => {
    const action = toAction(entry, [...path, String(index)], context, depth, rounds);
    context.isUnread ||= action === undefined;
    return action ?? NOTHING;
  });
}

function toAction(
  entry: unknown,
  path: readonly string[],
  context: ActionContext,
  depth: number,
  rounds: number,
): Action | undefined {
  context.count += 1;
  if (context.count > MAX_ACTIONS) {
    if (context.count === MAX_ACTIONS + 1) {
      context.complaints.push({ path, text: `more than ${MAX_ACTIONS} actions` });
    }
    return undefined;
  }
  if (typeof entry === 'string') {
    return bySentence(entry, {}, path, path, context);
  }
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    context.complaints.push({ path, text: 'expected an action: a sentence, or a mapping' });
    return undefined;
  }
  if ('parallel' in entry) {
    return parallel(entry, path, context, depth, rounds);
  }
  if ('repeat' in entry) {
    return repeat(entry, path, context, depth, rounds);
  }
  const [[first, value] = ['', undefined], ...more] = Object.entries(entry) as [string, unknown][];
  if (!first.includes(' ')) {
    return byMapping(entry as Mapping, path, (key) => [...path, ...key], context);
  }
  if (more[0] !== undefined) {
    const text = `an option of the sentence above: write it deeper, below its colon`;
    context.complaints.push({ path: [...path, more[0][0]], text, ofKey: true });
    return undefined;
  }
  return bySentenceWith(first, value, path, context);
}

/** `watcher subscribes to ...: { expect: 403 }`; a text after the colon is what is sent, or belongs to the sentence. */
function bySentenceWith(
  sentence: string,
  value: unknown,
  path: readonly string[],
  context: ActionContext,
): Action | undefined {
  const within = [...path, sentence];
  if (value === null) {
    return bySentence(sentence, {}, path, within, context);
  }
  if (typeof value === 'object' && !Array.isArray(value)) {
    return bySentence(sentence, value as Mapping, path, within, context);
  }
  const whole = `${sentence}: ${String(value)}`;
  const sends = understood(sentence, actionGrammar);
  return typeof value === 'string' && sends !== undefined && 'send' in sends.said
    ? bySentence(sentence, { message: value }, path, within, context)
    : bySentence(whole, {}, path, path, context);
}

function bySentence(
  sentence: string,
  options: Mapping,
  path: readonly string[],
  within: readonly string[],
  context: ActionContext,
): Action | undefined {
  const found = understood(sentence, actionGrammar);
  if (found === undefined) {
    context.complaints.push({
      path: within,
      text: notUnderstood(sentence, actionGrammar, surroundingsOf(context), context.complaints.length),
      ofKey: true,
    });
    return undefined;
  }
  for (const key of Object.keys(options)) {
    if (key in found.said) {
      context.complaints.push({ path: [...within, key], text: 'the sentence says it already', ofKey: true });
      return undefined;
    }
  }
  // what the sentence said stands where the sentence does
  const place = (key: readonly string[]): readonly string[] =>
    (key[0] ?? '') in found.said ? path : [...within, ...key];
  return byMapping({ ...found.said, ...options }, path, place, context);
}

/** A sentence is accepted that has no complaint but of what would stand below its colon. */
function surroundingsOf({ folder, profile, names, labels }: ActionContext): Surroundings<Mapping> {
  return {
    names: namesInActions(names),
    accepts: (said) => {
      const kind = actionKinds.find(({ keys }) => keys.every((key) => key in said));
      const complaints: Complaint[] = [];
      const checked = kind?.check(
        said,
        contentReader(folder, profile, (complaint) => complaints.push(complaint)),
      );
      if (checked === undefined || complaints.length > 0) {
        return false;
      }
      return 'action' in checked
        ? ofAction({ ...checked.action, at: NOWHERE }, [], names, new Set(labels)).length === 0
        : checked.issues.every(({ path: [key = ''] }) => !(String(key) in said));
    },
  };
}

function byMapping(
  mapping: Mapping,
  path: readonly string[],
  place: (key: readonly string[]) => readonly string[],
  context: ActionContext,
): Action | undefined {
  const kind = actionKinds.find(({ keys }) => keys.every((key) => key in mapping));
  if (kind === undefined) {
    context.complaints.push(noKind(mapping, path));
    return undefined;
  }
  const { complaints, folder, profile, file, places } = context;
  const complain = (complaint: Complaint): void => {
    complaints.push({ ...complaint, path: place(complaint.path) });
  };
  const checked = kind.check(mapping, contentReader(folder, profile, complain));
  if ('issues' in checked) {
    for (const complaint of schemaComplaints(checked.issues, kind.schema)) {
      complain(withOptions(complaint, kind));
    }
    return undefined;
  }
  for (const { name, ...where } of headersIn(mapping)) {
    misspeltHeader(name, context.names.ownHeaders, where).forEach(complain);
  }
  const { action } = checked;
  if (typeof mapping.body === 'string' && 'body' in action && action.body !== undefined) {
    unknownInFile(mapping.body, action.body, context.variables, ['body']).forEach(complain);
  }
  if ('as' in action && action.as !== undefined) {
    context.labels.add(labelOf(action.actor, action.as));
  }
  return { ...action, at: { file, ...places.at(path) } };
}

/** Of an unknown key, the options that are known: not the keys that the kind is known by. */
function withOptions(complaint: Complaint, { keys, schema }: ActionKind): Complaint {
  const [key = '', ...more] = complaint.path;
  if (!complaint.ofKey || more.length > 0) {
    return complaint;
  }
  const known = Object.keys(schema.shape).filter((one) => !keys.includes(one));
  return unknownKey(key, known, []);
}

function noKind(mapping: Mapping, path: readonly string[]): Complaint {
  const keys = Object.keys(mapping);
  const companion = ['hss', 'sCscf'].find((key) => key in mapping);
  if (companion !== undefined) {
    const beside = actionKinds.flatMap((kind) => (kind.keys[0] === companion ? kind.keys.slice(1) : []));
    const other = keys.find((key) => key !== companion && !beside.includes(key)) ?? '';
    const text = `expected ${beside.join(' or ')} beside ${companion}${didYouMean(other, beside)}`;
    return {
      path: [...path, nearestWord(other, beside) === undefined ? companion : other],
      text,
      ofKey: true,
    };
  }
  const known = [...actionKinds.map((kind) => kind.keys[0] ?? ''), 'parallel', 'repeat'];
  const misspelt = keys.find((key) => nearestWord(key, known) !== undefined) ?? keys[0] ?? '';
  const text = `no action: expected one of ${[...new Set(known)].join(', ')}, or a sentence${didYouMean(misspelt, known)}`;
  return { path: misspelt === '' ? path : [...path, misspelt], text, ofKey: true };
}

function parallel(
  entry: object,
  path: readonly string[],
  context: ActionContext,
  depth: number,
  rounds: number,
): Action | undefined {
  const checked = parallelSchema.safeParse(entry);
  if (!checked.success) {
    context.complaints.push(...schemaComplaints(checked.error.issues, parallelSchema, path));
    return undefined;
  }
  const branches = checked.data.parallel.map((branch, index) =>
    toActions(branch, [...path, 'parallel', String(index)], context, depth + 1, rounds),
  );
  return { kind: 'parallel', branches, at: { file: context.file, ...context.places.at(path) } };
}

function repeat(
  entry: object,
  path: readonly string[],
  context: ActionContext,
  depth: number,
  rounds: number,
): Action | undefined {
  const checked = repeatSchema.safeParse(entry);
  if (!checked.success) {
    context.complaints.push(...schemaComplaints(checked.error.issues, repeatSchema, path));
    return undefined;
  }
  const { repeat: times, steps } = checked.data;
  const before = context.count;
  const actions = toActions(steps, [...path, 'steps'], context, depth + 1, rounds * times);
  if ((context.count - before) * times * rounds > MAX_PLAYED) {
    const text = `more than ${MAX_PLAYED} actions would be played (${MAX_REPEATS} times is the most of one)`;
    context.complaints.push({ path: [...path, 'repeat'], text });
  }
  return { kind: 'repeat', times, actions, at: { file: context.file, ...context.places.at(path) } };
}

/** All actions of a list, those within others after what they are within. */
export function* everyAction(actions: readonly Action[]): Generator<Action> {
  for (const action of actions) {
    yield action;
    if (!isActorAction(action) && action.kind === 'parallel') {
      for (const branch of action.branches) {
        yield* everyAction(branch);
      }
    } else if (!isActorAction(action) && action.kind === 'repeat') {
      yield* everyAction(action.actions);
    }
  }
}
