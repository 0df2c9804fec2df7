import type { Avp, AvpGroup, Message } from '@ims-sim/diameter';
import {
  AVP_MANDATORY,
  VENDOR_3GPP,
  avpOf,
  base,
  cx,
  experimentalResult3gpp,
  get,
  getAll,
  valueOf,
} from '@ims-sim/diameter';
import { ERROR_FEATURE_UNSUPPORTED } from './results.js';

/** The features of Cx, TS 29.229 table 7.1.1, as bits of Feature-List-ID 1; several are added up. */
export const cxFeature = {
  /** SiFC: shared sets of filter criteria, named by number in the profile. */
  sharedFilterCriteria: 1 << 0,
  /** AliasInd: which public identities are aliases of one another. */
  aliasIndication: 1 << 1,
  /** IMSRestorationInd: restoration data in SAR and SAA (TS 23.380 4). */
  restoration: 1 << 2,
  /** P-CSCF-Restoration-mechanism (TS 23.380 5). */
  pCscfRestoration: 1 << 3,
} as const;

const FEATURE_LIST = 1;

/**
 * Supported-Features (TS 29.229 6.3.29) with those bits, or none where there are none. M bit clear, deviating from the
 * table's default: a feature is offered, and demanded only where `mandatory` (7.2.1).
 */
export function supportedFeatures(features: number, mandatory = false): readonly Avp[] {
  if (features === 0) return [];
  const list = [
    avpOf(base.vendorId, VENDOR_3GPP),
    avpOf(cx.featureListId, FEATURE_LIST),
    avpOf(cx.featureList, features),
  ];
  return [avpOf({ ...cx.supportedFeatures, mandatory }, list)];
}

/** The features that the sender of a message says it has; 0 where it says nothing. */
export function featuresOf(message: AvpGroup): number {
  let features = 0;
  for (const group of getAll(message, cx.supportedFeatures)) {
    if (isCxList(group)) features |= get(group, cx.featureList) ?? 0;
  }
  return features;
}

/**
 * TS 29.229 7.2.1: the result and the features of an answer that refuses a request because it demands (M bit) one that
 * is not among `own`; undefined where it demands none.
 */
export function refusalOfFeatures(message: Message, own: number): Avp[] | undefined {
  for (const raw of message.avps) {
    if (raw.code !== cx.supportedFeatures.code || raw.vendorId !== VENDOR_3GPP) continue;
    if (!(raw.flags & AVP_MANDATORY)) continue;
    const group = valueOf(raw, cx.supportedFeatures);
    const demanded = (group && get(group, cx.featureList)) ?? 0;
    const has = group !== undefined && isCxList(group) ? own : 0;
    if ((demanded & ~has) !== 0) {
      return [experimentalResult3gpp(ERROR_FEATURE_UNSUPPORTED), ...answerFeatures(own)];
    }
  }
  return undefined;
}

/** TS 29.229 7.2.1: what a request that says its features is answered: those that both sides have. */
export function commonFeatures(message: AvpGroup, own: number): readonly Avp[] {
  return get(message, cx.supportedFeatures) === undefined ? [] : answerFeatures(featuresOf(message) & own);
}

function answerFeatures(features: number): readonly Avp[] {
  return features === 0 ? [noFeatures] : supportedFeatures(features);
}

const noFeatures: Avp = avpOf({ ...cx.supportedFeatures, mandatory: false }, [
  avpOf(base.vendorId, VENDOR_3GPP),
  avpOf(cx.featureListId, FEATURE_LIST),
  avpOf(cx.featureList, 0),
]);

function isCxList(group: AvpGroup): boolean {
  return get(group, base.vendorId) === VENDOR_3GPP && get(group, cx.featureListId) === FEATURE_LIST;
}
