import { operators, UserError } from '@ims-sim/element';
import { prettyEndpoint } from '@ims-sim/host';
import { placeOfExternal } from './place-of-external.js';
import type { Planned } from './plan.js';
import { type Asked, type Presence, probeExternals } from './probe-externals.js';

export interface ExternalsOptions {
  /** Only said: the network is that of others, and who is not reached from here may be reached from there. */
  readonly attach: boolean;
  readonly abort: AbortSignal;
  /** One of which it cannot be told whether it is there. */
  warn(text: string): void;
}

/**
 * Looks for the elements of a scenario that are somebody else's. Rejects with `UserError` where nobody is at the address of one: the file and
 * line that have it, and what to do.
 */
export async function externalsAreThere(planned: Planned, options: ExternalsOptions): Promise<void> {
  const asked = externalsOf(planned);
  const complaints: string[] = [];
  for (const { element, presence } of await probeExternals(asked, options.abort)) {
    if (presence.kind === 'answers' || options.abort.aborted) {
      continue;
    }
    const text = describe(element, presence, planned);
    if (presence.kind === 'absent' && !options.attach) {
      complaints.push(text);
    } else {
      options.warn(text);
    }
  }
  if (complaints.length > 0) {
    throw new UserError(complaints.join('\n'));
  }
}

/** Not those that the scenario gives to nobody. */
function externalsOf({ network, scenario }: Planned): Asked[] {
  const { name, external } = network.dns;
  const dns: Asked[] = external
    ? [{ name, kind: 'dns', operator: operators(network)[0] ?? '', external }]
    : [];
  const others = network.elements.flatMap((element): Asked[] => {
    const { external, actor, name, operator } = element;
    const role = scenario.elements.get(name) ?? scenario.elements.get(operator);
    return external === undefined || actor === true || role?.kind === 'nothing'
      ? []
      : [{ ...element, external }];
  });
  return [...dns, ...others];
}

function describe(
  element: Asked,
  presence: Exclude<Presence, { readonly kind: 'answers' }>,
  planned: Planned,
): string {
  const {
    name,
    external: { at },
  } = element;
  const place = placeOfExternal(element.kind === 'dns' ? { name } : element, planned);
  const where = `${place}: ${name} is external, at ${prettyEndpoint(at)}, and`;
  return presence.kind === 'absent'
    ? `${where} ${presence.why}: start it, correct \`external\`, or let the scenario's \`elements\` say \`${name}: play\``
    : `${where} does not answer ${presence.what}; played all the same: is it up, and does it listen there?`;
}
