import type { ElementKind, Network } from '@ims-sim/element';
import { loadElement, type StartElement } from '../load-element.js';

export type Code = ReadonlyMap<ElementKind | 'dns', StartElement>;

/** Loads what the elements of a network are made of: while time is virtual, nothing may wait for a disk. */
export async function loadCode({ elements }: Network): Promise<Code> {
  const kinds = new Set<ElementKind | 'dns'>(['dns', ...elements.map(({ kind }) => kind)]);
  const code = new Map<ElementKind | 'dns', StartElement>();
  for (const kind of kinds) {
    code.set(kind, await loadElement(kind));
  }
  return code;
}
