import type { Scenario } from '@ims-sim/scenario';
import { placeInFile } from '@ims-sim/scenario/files';

export interface Whereabouts {
  readonly scenario: Scenario;
  /** What the network was read from, unless it stands in the scenario. */
  readonly networkFile: string | undefined;
}

/** `FILE:LINE:COLUMN` of what says that an element is external; `operator`: undefined of the DNS. */
export function placeOfExternal(
  { name, operator }: { readonly name: string; readonly operator?: string | undefined },
  { scenario, networkFile }: Whereabouts,
): string {
  const own = scenario.externalAt?.get(name);
  const isOwn = scenario.elements.get(name)?.kind === 'external' || networkFile === undefined;
  if (own !== undefined && isOwn) {
    return `${own.file}:${own.line}:${own.column}`;
  }
  const path =
    operator === undefined ? ['dns', 'external'] : ['operators', operator, 'elements', name, 'external'];
  return networkFile === undefined ? scenario.file : placeInFile(networkFile, path);
}

/** `FILE:LINE:COLUMN: KEYS` of an element in the file that has it, for a complaint about it. */
export function placeOfElement(
  { name, operator }: { readonly name: string; readonly operator: string },
  { scenario, networkFile }: Whereabouts,
): string {
  const path = ['operators', operator, 'elements', name];
  return networkFile === undefined
    ? `${placeInFile(scenario.file, ['network', ...path])}: network.${path.join('.')}`
    : `${placeInFile(networkFile, path)}: ${path.join('.')}`;
}
