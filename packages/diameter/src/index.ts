export { application3gpp, command3gpp, experimentalResult3gpp } from './application-3gpp.js';
export * from './avp.js';
export type { ApplicationDefinition, CommandDefinition } from './command.js';
export * from './decode.js';
export { definitionOf } from './dictionary.js';
export * from './dictionary-base.js';
export * from './dictionary-cx.js';
export { digest } from './dictionary-digest.js';
export { sh } from './dictionary-sh.js';
export { encodeMessage, type OutgoingMessage } from './encode.js';
export {
  answerOf,
  exchange,
  realmClient,
  type Exchange,
  type RealmClientOptions,
  type Unreachable,
} from './exchange.js';
export type { Fault } from './fault.js';
export { createFramer, type FrameSink } from './framer.js';
export * from './header.js';
export { startDiameterNode, type DiameterNode } from './node.js';
export type {
  Counters,
  DiameterNodeOptions,
  IncomingRequest,
  OutgoingAnswer,
  OutgoingRequest,
  PeerOptions,
} from './options.js';
export type { RequestFailure, RequestOutcome } from './pending.js';
export * as resultCode from './result-code.js';
export { validateRequest } from './validate.js';
