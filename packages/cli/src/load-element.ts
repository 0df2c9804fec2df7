import type { ElementKind, ElementStart, RunningElement } from '@ims-sim/element';
import type { BeginElement } from './elements/start-element.js';
import type { Surroundings } from './elements/surroundings.js';

/** Without `surroundings`, in those of a process. */
export type StartElement = (start: ElementStart, surroundings?: Surroundings) => Promise<RunningElement>;

/** The start function of a kind of element; loads its code only. */
export async function loadElement(kind: ElementKind | 'dns'): Promise<StartElement> {
  const begin = await loadBegin(kind);
  const { startOn } = await import('./elements/start-element.js');
  const { processSurroundings } = await import('./elements/surroundings.js');
  return (start, surroundings = processSurroundings(start)) => startOn(begin, start, surroundings);
}

async function loadBegin(kind: ElementKind | 'dns'): Promise<BeginElement> {
  switch (kind) {
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
    case 'as':
      return (await import('./elements/as.js')).startElement;
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
