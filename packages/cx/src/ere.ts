import { parseEre, type EreNode } from './ere-parse.js';

/** A compiled pattern: searches in text of one character a byte. */
export type Matcher = (text: string) => boolean;

/** Steps of the automaton of one pattern, at most: repeats multiply them. */
const MAX_STEPS = 4000;

type Step =
  | { readonly op: 'set'; readonly set: Uint8Array }
  | { readonly op: 'split'; readonly to: number[] }
  | { readonly op: 'start' | 'end' | 'match' };

/**
 * Compiles a POSIX extended regular expression (IEEE 1003.1 9.4), as TS 29.228 B.2.3 has them in trigger points, for
 * searching. Undefined for what is none, or is too large. It matches in time linear in the text, whatever the
 * pattern: patterns come from subscribers' profiles and texts from strangers, so JavaScript's backtracking is not for
 * them.
 */
export function compileEre(pattern: string, ignoreCase = false): Matcher | undefined {
  const node = parseEre(pattern, ignoreCase);
  if (node === undefined) {
    return undefined;
  }
  const literal = ignoreCase ? undefined : literalOf(node);
  if (literal !== undefined) {
    return literal;
  }
  const steps: Step[] = [];
  if (!emit(node, steps)) {
    return undefined;
  }
  steps.push({ op: 'match' });
  return (text) => run(steps, text);
}

/** Most patterns are plain text, perhaps anchored. */
function literalOf(node: EreNode): Matcher | undefined {
  const parts = node.kind === 'sequence' ? node.nodes.slice() : [node];
  const atStart = parts[0]?.kind === 'start';
  const atEnd = parts.length > 0 && parts[parts.length - 1]?.kind === 'end';
  let text = '';
  for (const part of parts.slice(atStart ? 1 : 0, atEnd ? -1 : undefined)) {
    if (part.kind !== 'set' || part.only === undefined) {
      return undefined;
    }
    text += part.only;
  }
  if (atStart && atEnd) {
    return (value) => value === text;
  }
  if (atStart) {
    return (value) => value.startsWith(text);
  }
  return atEnd ? (value) => value.endsWith(text) : (value) => value.includes(text);
}

/** Appends the steps of `node` (Thompson's construction); false where they get too many. */
function emit(node: EreNode, steps: Step[]): boolean {
  if (steps.length > MAX_STEPS) {
    return false;
  }
  switch (node.kind) {
    case 'set':
      steps.push({ op: 'set', set: node.set });
      return true;
    case 'start':
    case 'end':
      steps.push({ op: node.kind });
      return true;
    case 'sequence':
      return node.nodes.every((part) => emit(part, steps));
    case 'alternatives':
      return emitAlternatives(node.nodes, steps);
    case 'repeat':
      return emitRepeat(node, steps);
  }
}

function emitAlternatives(nodes: readonly EreNode[], steps: Step[]): boolean {
  const fork: number[] = [];
  steps.push({ op: 'split', to: fork });
  const exits: number[][] = [];
  for (const node of nodes) {
    fork.push(steps.length);
    if (!emit(node, steps)) {
      return false;
    }
    const exit: number[] = [];
    exits.push(exit);
    steps.push({ op: 'split', to: exit });
  }
  for (const exit of exits) {
    exit.push(steps.length);
  }
  return true;
}

function emitRepeat({ node, min, max }: Extract<EreNode, { kind: 'repeat' }>, steps: Step[]): boolean {
  for (let i = 0; i < min; i++) {
    if (!emit(node, steps)) {
      return false;
    }
  }
  if (max === Infinity) {
    const loop: number[] = [steps.length + 1];
    const again = steps.length;
    steps.push({ op: 'split', to: loop });
    if (!emit(node, steps)) {
      return false;
    }
    steps.push({ op: 'split', to: [again] });
    loop.push(steps.length);
    return true;
  }
  const exits: number[][] = [];
  for (let i = min; i < max; i++) {
    const option: number[] = [steps.length + 1];
    exits.push(option);
    steps.push({ op: 'split', to: option });
    if (!emit(node, steps)) {
      return false;
    }
  }
  for (const exit of exits) {
    exit.push(steps.length);
  }
  return true;
}

/** All places at once, character by character; a new attempt begins at each. */
function run(steps: readonly Step[], text: string): boolean {
  let here = new Uint8Array(steps.length);
  for (let at = 0; at <= text.length; at++) {
    if (reach(steps, here, 0, at === 0, at === text.length)) {
      return true;
    }
    const next = new Uint8Array(steps.length);
    const code = text.charCodeAt(at);
    let found = false;
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i];
      if (here[i] === 1 && step?.op === 'set' && at < text.length && step.set[code & 255] === 1) {
        found = reach(steps, next, i + 1, false, at + 1 === text.length) || found;
      }
    }
    if (found) {
      return true;
    }
    here = next;
  }
  return false;
}

/** Marks `from` and what it leads to without a character; true where that is a match. */
function reach(
  steps: readonly Step[],
  marks: Uint8Array,
  from: number,
  isStart: boolean,
  isEnd: boolean,
): boolean {
  const todo = [from];
  for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
    if (marks[at] === 1) {
      continue;
    }
    marks[at] = 1;
    const step = steps[at];
    switch (step?.op) {
      case 'match':
        return true;
      case 'split':
        todo.push(...step.to);
        break;
      case 'start':
        if (isStart) {
          todo.push(at + 1);
        }
        break;
      case 'end':
        if (isEnd) {
          todo.push(at + 1);
        }
        break;
    }
  }
  return false;
}
