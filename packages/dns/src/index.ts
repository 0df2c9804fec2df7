export { answer, type DnsQuestion, type DnsReply } from './answer.js';
export { cachingResolver, type CachingResolver, type CachingResolverOptions } from './caching-resolver.js';
export { e164Number, enumDomain } from './e164.js';
export { applyEnum, resolveEnum, type EnumAnswer, type EnumResult } from './enum.js';
export { writeQuery } from './dns-response.js';
export { respond } from './message.js';
export * from './resolver.js';
export { startDnsServer, type DnsServer, type DnsServerOptions } from './server.js';
export { readSubstitution, type Substitution } from './substitution.js';
export {
  zonesFor,
  type DnsDescription,
  type DomainDescription,
  type EnumDescription,
  type HostDescription,
  type SipServerDescription,
} from './zone-builder.js';
export { indexZones, type SoaRecord, type Zone, type ZoneRecord, type Zones } from './zone.js';
