import type {
  ApplicationServer,
  InitialFilterCriteria,
  ServicePointTrigger,
  TriggerPoint,
} from '@ims-sim/cx';
import { compileTrigger, describeTrigger, type Evaluated, type Test } from './trigger.js';

/** An initial filter criterion, ready to be held against requests (TS 23.218 5.2.2, TS 29.228 B.2.2). */
export interface Criterion {
  readonly priority: number;
  readonly applicationServer: ApplicationServer;
  /** Its trigger point in words. */
  readonly description: string;
  /** Whether it is for this user's registration state, and its trigger point matches. */
  matches(evaluated: Evaluated, isRegistered: boolean): boolean;
}

/** Compiles a user's criteria, in the order in which they are evaluated: 0 is the highest priority. */
export function compileCriteria(criteria: readonly InitialFilterCriteria[]): readonly Criterion[] {
  return criteria.map(compileCriterion).sort((a, b) => a.priority - b.priority);
}

function compileCriterion(criterion: InitialFilterCriteria): Criterion {
  const { priority, applicationServer, triggerPoint, profilePartIndicator } = criterion;
  const isTriggered = triggerPoint === undefined ? () => true : compileTriggerPoint(triggerPoint);
  return {
    priority,
    applicationServer,
    description: triggerPoint === undefined ? 'every request' : describeTriggerPoint(triggerPoint),
    matches: (evaluated, isRegistered) =>
      (profilePartIndicator === undefined || (profilePartIndicator === 'registered') === isRegistered) &&
      isTriggered(evaluated),
  };
}

/**
 * TS 29.228 B.2.3: conjunctive normal form is an AND of groups, each an OR of its triggers; disjunctive an OR of
 * groups, each an AND. A trigger may be in several groups. A trigger point with a pattern that cannot be read never
 * matches.
 */
export function compileTriggerPoint({ cnf, servicePointTriggers }: TriggerPoint): Test {
  const groups = new Map<number, Test[]>();
  for (const trigger of servicePointTriggers) {
    const test = compileTrigger(trigger);
    if (test === undefined) {
      return () => false;
    }
    const { negated } = trigger;
    const signed: Test = negated ? (evaluated) => !test(evaluated) : test;
    for (const group of trigger.groups) {
      groups.set(group, [...(groups.get(group) ?? []), signed]);
    }
  }
  const all = [...groups.values()];
  return cnf
    ? (evaluated) => all.every((group) => group.some((test) => test(evaluated)))
    : (evaluated) => all.some((group) => group.every((test) => test(evaluated)));
}

/** A trigger point in words: `Method = SUBSCRIBE AND Event = presence`. */
export function describeTriggerPoint({ cnf, servicePointTriggers }: TriggerPoint): string {
  const groups = new Map<number, ServicePointTrigger[]>();
  for (const trigger of servicePointTriggers) {
    for (const group of trigger.groups) {
      groups.set(group, [...(groups.get(group) ?? []), trigger]);
    }
  }
  const [inner, outer] = cnf ? [' OR ', ' AND '] : [' AND ', ' OR '];
  return [...groups.values()]
    .map((group) => {
      const text = group.map(describeTrigger).join(inner);
      return group.length > 1 && groups.size > 1 ? `(${text})` : text;
    })
    .join(outer);
}
