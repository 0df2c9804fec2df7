import { cxResult } from '@ims-sim/cx';
import type { Avp, Message } from '@ims-sim/diameter';
import { AVP_MANDATORY, VENDOR_3GPP, avpOf, base, cx, get, valueOf } from '@ims-sim/diameter';

/**
 * TS 29.229 7.2.1: a request may demand features (Supported-Features with the M bit). This HSS has none of those of
 * table 7.1.1; the AVPs of the answer that says so, or undefined where nothing is demanded.
 */
export function unsupportedFeatures(message: Message): Avp[] | undefined {
  for (const raw of message.avps) {
    if (raw.code !== cx.supportedFeatures.code || raw.vendorId !== VENDOR_3GPP) continue;
    if (!(raw.flags & AVP_MANDATORY)) continue;
    const features = valueOf(raw, cx.supportedFeatures);
    if (features === undefined || get(features, cx.featureList) === 0) continue;
    return [
      cxResult.experimentalResult(cxResult.ERROR_FEATURE_UNSUPPORTED),
      avpOf(cx.supportedFeatures, [
        avpOf(base.vendorId, VENDOR_3GPP),
        avpOf(cx.featureListId, get(features, cx.featureListId) ?? 1),
        avpOf(cx.featureList, 0),
      ]),
    ];
  }
  return undefined;
}
