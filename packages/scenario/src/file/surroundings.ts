import { METHODS, type Names } from './names.js';

/** What a file makes of its sentences: the names that its slots may have, and whether it would take a sentence. */
export interface Surroundings<Said> {
  /** Undefined: a slot of that name takes whatever has its form. */
  names(slot: string): SlotNames | undefined;
  accepts(said: Said): boolean;
}

export interface SlotNames {
  readonly words: readonly string[];
  /** Whether another word is as good, unless it looks like one of these. */
  readonly others: boolean;
}

const METHOD_NAMES: SlotNames = { words: METHODS, others: true };

/** Of the slots of actions. */
export function namesInActions({ actors, elements }: Names): (slot: string) => SlotNames | undefined {
  const all = [...(elements ?? [])];
  const ofKind = (kind: string): SlotNames | undefined =>
    elements && { words: all.flatMap(([name, its]) => (its === kind ? [name] : [])), others: false };
  const bySlot: Readonly<Record<string, SlotNames | undefined>> = {
    ACTOR: { words: [...actors.keys()], others: false },
    ELEMENT: elements && { words: all.map(([name]) => name), others: false },
    HSS: ofKind('hss'),
    SCSCF: ofKind('s-cscf'),
    METHOD: METHOD_NAMES,
    WHAT: METHOD_NAMES,
  };
  return (slot) => bySlot[slot];
}

/** Of the slots of faults: actors send and receive as elements do. */
export function namesInFaults({ actors, elements }: Names): (slot: string) => SlotNames | undefined {
  const anybody = elements && { words: [...actors.keys(), ...elements.keys()], others: false };
  const bySlot: Readonly<Record<string, SlotNames | undefined>> = {
    ELEMENT: anybody,
    FROM: anybody,
    TO: anybody,
  };
  return (slot) => bySlot[slot];
}
