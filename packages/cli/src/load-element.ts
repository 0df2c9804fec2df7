import type { ElementKind, ElementStart, RunningElement } from '@ims-sim/element';

export type StartElement = (start: ElementStart) => Promise<RunningElement>;

/** The start function of a kind of element; loads its code only. */
export async function loadElement(kind: string): Promise<StartElement> {
  switch (kind as ElementKind | 'dns') {
    case 'p-cscf':
      return (await import('./elements/p-cscf.js')).startElement;
    case 'i-cscf':
      return (await import('./elements/i-cscf.js')).startElement;
    case 's-cscf':
      return (await import('./elements/s-cscf.js')).startElement;
    case 'hss':
      return (await import('./elements/hss.js')).startElement;
    case 'ps':
      return (await import('./elements/ps.js')).startElement;
    case 'dns':
      return (await import('./elements/dns.js')).startElement;
  }
}

/** What kind of element `name` is in that network; undefined: none. */
export function kindOf({
  network,
  name,
}: Pick<ElementStart, 'network' | 'name'>): ElementKind | 'dns' | undefined {
  return name === network.dns.name ? 'dns' : network.elements.find((element) => element.name === name)?.kind;
}
