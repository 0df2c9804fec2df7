import type { FaultRule } from '@ims-sim/faults';
import type { Place } from '@ims-sim/scenario';
import type { Stage } from './stage.js';

/** Puts these rules in force in the place of others, at every element that was started here and at the actors. */
export async function setFaults(rules: readonly FaultRule[], stage: Stage, at: Place): Promise<void> {
  const { ground, network, actors } = stage;
  if (ground.control === undefined || (rules.length === 0 && stage.faults.length === 0)) {
    return;
  }
  stage.faults = rules;
  const own = network.elements
    .filter(
      ({ name, external, actor }) =>
        external === undefined && actor === undefined && name in ground.listening,
    )
    .map(({ name }) => name);
  const names = network.dns.external === undefined ? [...own, network.dns.name] : own;
  if (ground.setFaults === undefined) {
    names.push(...actors.keys());
  } else {
    ground.setFaults(rules);
  }
  for (const name of names) {
    await tell(name, stage, at);
  }
}

/** An element that has started again knows of no faults. */
export async function tell(name: string, stage: Stage, at: Place): Promise<void> {
  const { ground, faults: rules, seed, failures } = stage;
  const failure = await ground.control?.command(name, { kind: 'faults', rules, seed });
  if (failure !== undefined) {
    failures.push({ at, text: `faults: ${name}: ${failure}` });
  }
}
