import { type Complaint, lettersApart, nearestWord } from '@ims-sim/element/files';
import { headerKey } from '@ims-sim/sip';

/** IANA's registry of SIP header fields, those of RFC 3261, of 3GPP and of what an IMS carries beside. */
const KNOWN = (
  'Accept Accept-Contact Accept-Encoding Accept-Language Accept-Resource-Priority Additional-Identity Alert-Info Allow ' +
  'Allow-Events Answer-Mode Attestation-Info Authentication-Info Authorization Call-ID Call-Info Cellular-Network-Info Contact ' +
  'Content-Disposition Content-Encoding Content-ID Content-Language Content-Length Content-Type CSeq Date DC-Info Encryption ' +
  'Error-Info Event Expires Feature-Caps Flow-Timer From Geolocation Geolocation-Error Geolocation-Routing Hide ' +
  'History-Info Identity Identity-Info Info-Package In-Reply-To Join Max-Breadth Max-Forwards MIME-Version Min-Expires ' +
  'Min-SE Organization Origination-Id P-Access-Network-Info P-Answer-State P-Asserted-Identity P-Asserted-Service ' +
  'P-Associated-URI P-Called-Party-ID P-Charging-Function-Addresses P-Charging-Vector P-DCS-Billing-Info P-DCS-LAES ' +
  'P-DCS-OSPS P-DCS-Redirect P-DCS-Trace-Party-ID P-Early-Media P-Media-Authorization P-Preferred-Identity ' +
  'P-Preferred-Service P-Private-Network-Indication P-Profile-Key P-Refused-URI-List P-Served-User ' +
  'P-User-Database P-Visited-Network-ID Path Permission-Missing Policy-Contact Policy-ID Priority Priority-Share ' +
  'Priority-Verstat Priv-Answer-Mode Privacy Proxy-Authenticate Proxy-Authentication-Info Proxy-Authorization Proxy-Require ' +
  'RAck Reason Reason-Phrase Record-Route Recv-Info Refer-Events-At Refer-Sub Refer-To Referred-By Reject-Contact ' +
  'Relayed-Charge Replaces Reply-To Request-Disposition Require Resource-Priority Resource-Share Response-Key ' +
  'Response-Source Restoration-Info Retry-After Route RSeq Security-Client Security-Server Security-Verify Server ' +
  'Service-Interact-Info Service-Route Session-Expires Session-ID SIP-ETag SIP-If-Match Subject Subscription-State ' +
  'Supported Suppress-If-Match Target-Dialog Timestamp To Trigger-Consent Unsupported User-Agent User-to-User Via ' +
  'Warning WWW-Authenticate'
).split(' ');
const KEYS = new Set(KNOWN.map((name) => name.toLowerCase()));

/** RFC 6648 1: names that were never to be registered. */
const PRIVATE = 'x-';
/** Two letters make a name another; in a short one, one does. */
const MAX_APART = 2;
const SHORT = 4;

/** The known header that a name looks like without being it; undefined: it is known, or like none. Compact forms are known. */
export function meantHeader(name: string, own: ReadonlySet<string>): string | undefined {
  const key = headerKey(name);
  if (KEYS.has(key) || own.has(key) || key.startsWith(PRIVATE) || name.length < 2) {
    return undefined;
  }
  const near = nearestWord(name, KNOWN);
  const atMost = Math.min(name.length, near?.length ?? 0) <= SHORT ? 1 : MAX_APART;
  return near !== undefined && lettersApart(name.toLowerCase(), near.toLowerCase()) <= atMost
    ? near
    : undefined;
}

/**
 * A header of somebody's own is as good as another, unless it looks like one that was meant and is not among the file's `ownHeaders`
 * (`own`, in lower case).
 */
export function misspeltHeader(
  name: string,
  own: ReadonlySet<string>,
  where: Omit<Complaint, 'text'>,
): Complaint[] {
  const meant = meantHeader(name, own);
  return meant === undefined
    ? []
    : [
        {
          ...where,
          text: `there is no header ${name}; did you mean \`${meant}\`? One of your own that is called so stands in \`ownHeaders\``,
        },
      ];
}

interface NamedHeader extends Omit<Complaint, 'text'> {
  readonly name: string;
}

/** The headers that a checked action names: those that it puts in, and those that values are taken from. */
export function headersIn({ headers, take }: Readonly<Record<string, unknown>>): readonly NamedHeader[] {
  const takes = Object.entries((take ?? {}) as Readonly<Record<string, { readonly header?: string }>>);
  return [
    ...Object.keys(headers ?? {}).map((name) => ({ name, path: ['headers', name], ofKey: true })),
    ...takes.flatMap(([variable, { header }]) =>
      header === undefined ? [] : [{ name: header, path: ['take', variable, 'header'] }],
    ),
  ];
}
