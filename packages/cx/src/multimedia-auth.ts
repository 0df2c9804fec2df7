import type { Avp, Message } from '@ims-sim/diameter';
import { avpOf, base, cx, exactlyOne, get, getAll, resultCode } from '@ims-sim/diameter';
import { authenticationItem, authenticationItemOf } from './authentication-item.js';
import { cxCommand } from './command.js';
import { incomplete, refusalAvp, refusalOf, resultOf, success } from './results.js';
import type {
  AuthenticationItem,
  AuthenticationScheme,
  MultimediaAuth,
  MultimediaAuthAnswer,
} from './types.js';

/** MAR and MAA, TS 29.229 6.1.7 and 6.1.8. */
export const multimediaAuthCommand = cxCommand('Multimedia-Auth', 303, [
  exactlyOne(base.userName),
  exactlyOne(cx.publicIdentity),
  exactlyOne(cx.sipAuthDataItem),
  exactlyOne(cx.sipNumberAuthItems),
  exactlyOne(cx.serverName),
]);

const schemes: readonly string[] = [
  'Digest-AKAv1-MD5',
  'Digest-AKAv2-MD5',
  'SIP Digest',
  'Unknown',
] satisfies AuthenticationScheme[];
/** More than the five that an S-CSCF of any use asks for, few enough to compute in one go. */
const MAX_ITEMS = 32;
const RAND_BYTES = 16;
const AUTS_BYTES = 14;

/**
 * The AVPs of a MAR (TS 29.228 tables 6.3.1 to 6.3.3); RAND and AUTS of a resynchronisation are 16 and 14 octets.
 */
export function encodeMultimediaAuth(request: MultimediaAuth): Avp[] {
  const { resynchronisation } = request;
  const item = [avpOf(cx.sipAuthenticationScheme, request.scheme)];
  if (resynchronisation !== undefined) {
    // TS 29.228 table 6.3.3: RAND and AUTS, one behind the other.
    const { rand, auts } = resynchronisation;
    item.push(avpOf(cx.sipAuthorization, Buffer.concat([rand, auts])));
  }
  return [
    avpOf(base.userName, request.privateIdentity),
    avpOf(cx.publicIdentity, request.publicIdentity),
    avpOf(cx.sipAuthDataItem, item),
    avpOf(cx.sipNumberAuthItems, request.items),
    avpOf(cx.serverName, request.serverName),
  ];
}

/** What a MAR that is in order by its grammar asks; undefined for a scheme that none of this knows (5006 is its answer). */
export function decodeMultimediaAuth(message: Message): MultimediaAuth | undefined {
  const item = get(message, cx.sipAuthDataItem);
  const scheme = (item && get(item, cx.sipAuthenticationScheme)) ?? 'Unknown';
  if (!isScheme(scheme)) return undefined;
  const authorization = item && get(item, cx.sipAuthorization);
  return {
    privateIdentity: get(message, base.userName) ?? '',
    publicIdentity: get(message, cx.publicIdentity) ?? '',
    serverName: get(message, cx.serverName) ?? '',
    scheme,
    items: Math.min(MAX_ITEMS, Math.max(1, get(message, cx.sipNumberAuthItems) ?? 1)),
    ...(authorization?.length === RAND_BYTES + AUTS_BYTES && {
      resynchronisation: {
        rand: authorization.subarray(0, RAND_BYTES),
        auts: authorization.subarray(RAND_BYTES),
      },
    }),
  };
}

/** `request`: the identities that the answer repeats. */
export function encodeMultimediaAuthAnswer(
  answer: MultimediaAuthAnswer,
  request: Pick<MultimediaAuth, 'privateIdentity' | 'publicIdentity'>,
): Avp[] {
  if (answer.kind !== 'vectors') return [refusalAvp(answer)];
  return [
    success,
    avpOf(base.userName, request.privateIdentity),
    avpOf(cx.publicIdentity, request.publicIdentity),
    avpOf(cx.sipNumberAuthItems, answer.items.length),
    ...answer.items.map((item, index) => authenticationItem(item, index + 1)),
  ];
}

/**
 * The answer in a MAA: its items in the order of their numbers (TS 29.229 6.3.14). Items that cannot be used are left
 * out; with none left it is a failure.
 */
export function decodeMultimediaAuthAnswer(message: Message): MultimediaAuthAnswer {
  const result = resultOf(message);
  if (result.experimental || result.code !== resultCode.SUCCESS) return refusalOf(result);
  const numbered: { readonly number: number; readonly item: AuthenticationItem }[] = [];
  for (const group of getAll(message, cx.sipAuthDataItem)) {
    const item = authenticationItemOf(group);
    if (item !== undefined) numbered.push({ number: get(group, cx.sipItemNumber) ?? 0, item });
  }
  const [first, ...others] = numbered.sort((a, b) => a.number - b.number).map(({ item }) => item);
  return first === undefined ? incomplete : { kind: 'vectors', items: [first, ...others] };
}

function isScheme(scheme: string): scheme is AuthenticationScheme {
  return schemes.includes(scheme);
}
