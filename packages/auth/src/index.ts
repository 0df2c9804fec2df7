export { f1, f2345, f5Star, opcFrom, type AkaKeys } from './milenage.js';
export { authenticationVector, resynchronise, type AuthenticationVector } from './authentication-vector.js';
export { nextSequenceNumber } from './sequence-number.js';
export { Usim, type UsimAnswer } from './usim.js';
export * from './digest-aka.js';
export * from './digest.js';
