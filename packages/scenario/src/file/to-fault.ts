import { type Complaint, didYouMean, nearestWord, schemaComplaints } from '@ims-sim/element/files';
import type { FaultRule } from '@ims-sim/faults';
import type { ScenarioFault } from '../scenario.js';
import { z } from 'zod';
import { bytes, faultKinds, often } from './fault-kinds.js';
import { type SaidFault, faultGrammar } from './fault-sentences.js';
import { misspeltHeader } from './header-names.js';
import { misspeltMethod, type Names, unknownName } from './names.js';
import { notUnderstood } from './nearest-sentence.js';
import { understood } from './sentence.js';
import { namesInFaults, type Surroundings } from './surroundings.js';

/** What more can be said of a fault than its sentence says. */
export const faultOptionsSchema = z.strictObject({
  ...often,
  bytes: bytes.optional().describe('corrupts: how many bytes'),
});

/** A fault of the file; what is none is a complaint. */
export function toFault(
  entry: unknown,
  path: readonly string[],
  names: Names,
  complaints: Complaint[],
): ScenarioFault | undefined {
  if (typeof entry === 'string') {
    return bySentence(entry, path, names, complaints);
  }
  const [[key, value] = ['', undefined], ...more] =
    typeof entry === 'object' && entry !== null ? (Object.entries(entry) as [string, unknown][]) : [];
  if (key === '' || Array.isArray(entry)) {
    complaints.push({
      path,
      text: 'expected a fault: a sentence such as `drops SUBSCRIBE to icscf2.home2.net`',
    });
    return undefined;
  }
  if (!key.includes(' ')) {
    return byMapping(entry as Readonly<Record<string, unknown>>, path, complaints);
  }
  const within = [...path, key];
  if (more[0] !== undefined) {
    const text = 'an option of the sentence above: write it deeper, below its colon';
    complaints.push({ path: [...path, more[0][0]], text, ofKey: true });
    return undefined;
  }
  if (typeof value !== 'object') {
    // `sets Max-Forwards: 0 in SUBSCRIBE` is a key and a value to YAML
    return bySentence(`${key}: ${String(value)}`, path, names, complaints);
  }
  const options = faultOptionsSchema.safeParse(value ?? {});
  if (!options.success) {
    complaints.push(...schemaComplaints(options.error.issues, faultOptionsSchema, within));
    return undefined;
  }
  const rule = bySentence(key, within, names, complaints);
  const { bytes, from, to, times, after, may } = options.data;
  if (rule === undefined) {
    return undefined;
  }
  const said: Readonly<Record<string, unknown>> = { ...rule.match, times: rule.times, after: rule.after };
  for (const [option, its] of Object.entries({ from, to, times, after })) {
    if (its !== undefined && said[option] !== undefined) {
      complaints.push({ path: [...within, option], text: 'the sentence says it already', ofKey: true });
    }
  }
  if (bytes !== undefined && rule.fault.kind !== 'corrupt') {
    complaints.push({ path: [...within, 'bytes'], text: 'only of `corrupts`', ofKey: true });
  }
  return {
    ...rule,
    match: { ...rule.match, from: from ?? rule.match.from, to: to ?? rule.match.to },
    fault: rule.fault.kind === 'corrupt' && bytes !== undefined ? { kind: 'corrupt', bytes } : rule.fault,
    times: times ?? rule.times,
    after: after ?? rule.after,
    may: may ?? rule.may,
  };
}

/** `{ set: SUBSCRIBE, header: Max-Forwards, value: 0 }` */
function byMapping(
  mapping: Readonly<Record<string, unknown>>,
  path: readonly string[],
  complaints: Complaint[],
): ScenarioFault | undefined {
  const kind = faultKinds.find(({ keys }) => keys.every((key) => key in mapping));
  if (kind === undefined) {
    complaints.push(noKind(mapping, path));
    return undefined;
  }
  const checked = kind.check(mapping);
  if ('issues' in checked) {
    complaints.push(...schemaComplaints(checked.issues, kind.schema, path));
    return undefined;
  }
  const text = Object.entries(mapping).map(([key, value]) => `${key}: ${shown(value)}`);
  return { ...checked.said, text: text.join(', ') };
}

const MAX_SHOWN = 100;

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

function noKind(mapping: Readonly<Record<string, unknown>>, path: readonly string[]): Complaint {
  if ('answer' in mapping) {
    const beside = faultKinds.flatMap(({ keys: [, key] }) => (key === undefined ? [] : [key]));
    const text = `expected one of ${beside.join(', ')} beside answer`;
    return { path: [...path, 'answer'], text, ofKey: true };
  }
  const known = [...new Set(faultKinds.map(({ keys: [key = ''] }) => key))];
  const keys = Object.keys(mapping);
  const misspelt = keys.find((key) => nearestWord(key, known) !== undefined) ?? keys[0] ?? '';
  const text = `no fault: expected one of ${known.join(', ')}, or a sentence${didYouMean(misspelt, known)}`;
  return { path: [...path, misspelt], text, ofKey: true };
}

function bySentence(
  sentence: string,
  path: readonly string[],
  names: Names,
  complaints: Complaint[],
): ScenarioFault | undefined {
  const said: SaidFault | undefined = understood(sentence, faultGrammar)?.said;
  if (said === undefined) {
    const surroundings: Surroundings<SaidFault> = {
      names: namesInFaults(names),
      accepts: (one) => ofFault({ ...one, text: '' }, path, names).length === 0,
    };
    const text = notUnderstood(sentence, faultGrammar, surroundings, complaints.length);
    complaints.push({ path, text, ofKey: true });
    return undefined;
  }
  return { ...said, text: sentence.trim() };
}

/** Methods, headers, actors and elements that a fault names, and that are not there. */
export function ofFault({ match, fault }: FaultRule, path: readonly string[], names: Names): Complaint[] {
  const method = match.message.protocol === 'sip' ? match.message.method : undefined;
  return [
    ...misspeltMethod(method, path),
    ...(fault.kind === 'set-header' ? misspeltHeader(fault.header, names.ownHeaders, { path }) : []),
    ...[match.from, match.to].flatMap((name) => {
      const text = name === undefined ? undefined : unknownName(name, names);
      return text === undefined ? [] : [{ path, text }];
    }),
  ];
}
