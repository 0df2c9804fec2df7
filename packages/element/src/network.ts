import type { Endpoint } from '@ims-sim/host';
import type { Profile } from '@ims-sim/sip';
import type { ChargingFunctions, InitialFilterCriteria } from '@ims-sim/cx';

/**
 * The network as the network file says it, checked (`network-file.ts`): plain data, so that a runner can hand it to the
 * processes that it starts.
 */
export interface Network {
  readonly profile: Profile;
  /**
   * How UEs are authenticated. `none`: not at all. `aka`, `digest`: so where the subscriber has credentials of that kind, else
   * by those of the other, which it then must have.
   */
  readonly auth: 'none' | 'aka' | 'digest';
  readonly dns: DnsSettings;
  readonly elements: readonly ElementSettings[];
  readonly subscribers: readonly SubscriberSettings[];
  readonly operators: readonly OperatorSettings[];
  /** E.164 numbers and the SIP URIs that they stand for. */
  readonly enum: readonly EnumSettings[];
  /** Where the elements report their trace when no runner tells them; undefined: nowhere. */
  readonly collector?: Endpoint | undefined;
  /** RFC 3261 18.1.1; undefined: UDP whatever the size. */
  readonly tcpAboveBytes?: number | undefined;
}

export interface OperatorSettings {
  readonly domain: string;
  /** The operators whose networks are in its trust domain (RFC 3325) beside its own; undefined: all of the file. */
  readonly trustedDomains?: readonly string[] | undefined;
  /** What its HSS tells the S-CSCFs (TS 29.229 6.3.19). */
  readonly charging?: ChargingFunctions | undefined;
  /** Shared initial filter criteria sets by their identifiers (TS 29.228 B.2.1A): the S-CSCFs have them, the HSS names them. */
  readonly sharedFilterCriteria: Readonly<Record<number, readonly InitialFilterCriteria[]>>;
}

export interface DnsSettings {
  /** Host name of the DNS element, e.g. `dns.lab`. */
  readonly name: string;
  readonly listen?: Endpoint | undefined;
  /** Not started here: somebody else's, which has the records of elements that all have places of their own. */
  readonly external?: { readonly transport: 'udp' | 'tcp'; readonly at: Endpoint } | undefined;
  /** Time to live of the records, in seconds. */
  readonly ttlS: number;
}

export type SipElementKind = 'p-cscf' | 'i-cscf' | 's-cscf' | 'ps' | 'as';
export type ElementKind = SipElementKind | 'hss';

export interface ElementSettings {
  /** Host name, e.g. `pcscf1.home1.net`. */
  readonly name: string;
  readonly kind: ElementKind;
  /** The operator's domain, e.g. `home1.net`. */
  readonly operator: string;
  /** Further host names of the element. */
  readonly aliases: readonly string[];
  /** The host name that it writes into its Via, where that is not `name`. */
  readonly viaName?: string | undefined;
  /** Address and port; undefined: the loopback address and a port that is free. */
  readonly listen?: Endpoint | undefined;
  /** Not started here: somebody else's, at this address. The DNS leads to it. */
  readonly external?: { readonly transport: 'udp' | 'tcp'; readonly at: Endpoint } | undefined;
  /** Not started here either: an actor of a scenario stands in its place, and the runner learns where it listens. */
  readonly actor?: true | undefined;
  /** The addresses that the DNS gives for it; empty: that of `listen`, which must then not be the unspecified one. */
  readonly addresses: readonly string[];
  /** S-CSCF: what it can do (TS 29.229 6.3.4). */
  readonly capabilities: readonly number[];
  /** PS: CSeq number of the first NOTIFY of a dialog; undefined: any. */
  readonly firstNotifyCSeq?: number | undefined;
  /** PS: bounds of a subscription and of a publication, in seconds. */
  readonly minExpiresS?: number | undefined;
  readonly maxExpiresS?: number | undefined;
  /** PS, AS: drachtio-srf applications that are dialled for requests outside of dialogs which it does not take itself, asked in this order. */
  readonly requestHandlers?:
    readonly { readonly methods?: readonly string[] | undefined; readonly uri: string }[] | undefined;
  /** S-CSCF: bounds of a registration, in seconds. */
  readonly minRegistrationS?: number | undefined;
  readonly maxRegistrationS?: number | undefined;
  /** HSS: the file that keeps its subscribers, resolved; undefined: in the run's own folder. */
  readonly database?: string | undefined;
  /** HSS: a PostgreSQL database in place of the file, as `postgres://user:password@host:port/name`. */
  readonly postgresql?: string | undefined;
  /** HSS: where its provisioning interface (HTTP) listens; beyond the loopback only with a token. */
  readonly provisioning?:
    { readonly listen?: Endpoint | undefined; readonly token?: string | undefined } | undefined;
  /** HSS: takes Diameter peers that the network file does not name. */
  readonly acceptsAnyPeer?: boolean | undefined;
  /** P-CSCF: the ports of TS 33.203 7.1 for UEs that agree on them (RFC 3329); undefined: free ones. */
  readonly protectedPorts?: { readonly client: number; readonly server: number } | undefined;
  /** AS: the module of its application, resolved. */
  readonly application?: string | undefined;
  /** AS: `outbound`: the application listens, and is dialled for each request outside of a dialog; else one connection carries all. */
  readonly connection?: 'inbound' | 'outbound' | undefined;
  /** AS: call data records for applications that ask for them (drachtio-server's `<cdrs>`). */
  readonly cdrs?: boolean | undefined;
}

export interface SubscriberSettings {
  readonly operator: string;
  /** The first is what the file calls the subscriber. */
  readonly privateIdentities: readonly [PrivateIdentitySettings, ...PrivateIdentitySettings[]];
  readonly implicitSets: readonly [ImplicitSetSettings, ...ImplicitSetSettings[]];
  readonly capabilities?:
    { readonly mandatory: readonly number[]; readonly optional: readonly number[] } | undefined;
  /** S-CSCFs that the HSS suggests. */
  readonly serverNames?: readonly string[] | undefined;
  /** Who may watch its presence (RFC 5025). */
  readonly presence?: PresenceRules | undefined;
}

export interface PrivateIdentitySettings {
  readonly identity: string;
  /** Hexadecimal: K and OPc of TS 35.206. */
  readonly aka?:
    | {
        readonly k: string;
        readonly opc: string;
        readonly amf?: string | undefined;
        readonly algorithm?: 'AKAv1-MD5' | 'AKAv2-MD5' | undefined;
      }
    | undefined;
  readonly digest?:
    { readonly password: string; readonly algorithm?: 'MD5' | 'SHA-256' | undefined } | undefined;
}

/** Public identities that are registered together, with the services that they share. */
export interface ImplicitSetSettings {
  readonly publicIdentities: readonly [
    {
      readonly identity: string;
      readonly barred: boolean;
      readonly type?: 'distinct-psi' | 'wildcarded-psi' | undefined;
    },
    ...{
      readonly identity: string;
      readonly barred: boolean;
      readonly type?: 'distinct-psi' | 'wildcarded-psi' | undefined;
    }[],
  ];
  /** Networks that they may register from beside their own. */
  readonly visitedNetworks: readonly string[];
  readonly initialFilterCriteria: readonly InitialFilterCriteria[];
  readonly sharedIfcSetIds: readonly number[];
  /** Of public service identities: the AS that requests go to without an S-CSCF (TS 23.228 5.4.12), e.g. `sip:as1.home1.net`. */
  readonly applicationServer?: string | undefined;
}

export type SubHandling = 'allow' | 'confirm' | 'polite-block' | 'block';

export interface PresenceRules {
  readonly default: SubHandling;
  readonly rules: readonly PresenceRule[];
}

export type PresenceRule = { readonly handling: SubHandling } & (
  { readonly identities: readonly string[] } | { readonly domain: string }
);

export interface EnumSettings {
  /** A number such as `+1-212-555-2222`, or the beginning of numbers, with a `*` at its end. */
  readonly number: string;
  /** What the NAPTR gives for it: a URI, or */
  readonly uri?: string | undefined;
  /** a substitution expression (RFC 3402 3.2), e.g. `!^\+1212555(1...)$!sip:user\1@home2.net!`. */
  readonly regexp?: string | undefined;
}

/** The operators' domains, in the order of the file. */
export function operators(network: Network): string[] {
  return network.operators.map(({ domain }) => domain);
}

/** The domains of the trust domain that `operator` is in, its own among them. */
export function trustDomainOf(network: Network, operator: string): string[] {
  const trusted = network.operators.find(({ domain }) => domain === operator)?.trustedDomains;
  return trusted === undefined ? operators(network) : [operator, ...trusted];
}

/** The element with that name or alias. */
export function elementNamed(network: Network, name: string): ElementSettings | undefined {
  return network.elements.find((element) => element.name === name || element.aliases.includes(name));
}

export function elementsOf(network: Network, operator: string, kind: ElementKind): ElementSettings[] {
  return network.elements.filter((element) => element.operator === operator && element.kind === kind);
}

/** `::` and `0.0.0.0`: every address that the machine has. */
export function isUnspecified(address: string): boolean {
  return address === '::' || address === '0.0.0.0';
}

/** Elements that a DNS which is somebody else's cannot lead to: they would listen where they find a free port. */
export function unplacedElements({ dns, elements }: Network): readonly ElementSettings[] {
  return dns.external === undefined
    ? []
    : elements.filter(({ listen, external, actor }) => !listen && !external && !actor);
}
