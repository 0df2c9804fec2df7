import type { Avp, AvpGroup } from '@ims-sim/diameter';
import { avpOf, base, cx, get, getAll } from '@ims-sim/diameter';

/** Associated-Identities, TS 29.229 6.3.33: private identities; none where there are none. */
export function associatedIdentities(privateIdentities: readonly string[]): readonly Avp[] {
  if (privateIdentities.length === 0) return [];
  const names = privateIdentities.map((identity) => avpOf(base.userName, identity));
  return [avpOf(cx.associatedIdentities, names)];
}

/** The private identities in Associated-Identities; undefined where the AVP is absent. */
export function associatedIdentitiesOf(message: AvpGroup): string[] | undefined {
  const group = get(message, cx.associatedIdentities);
  return group && getAll(group, base.userName);
}
