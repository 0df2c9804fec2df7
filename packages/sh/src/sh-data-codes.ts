import type { ChargingFunctions } from '@ims-sim/cx';
import type { ImsUserState } from './types.js';

/** IMSUserState, TS 29.328 Annex D, in the order of its values. */
export const userStates: readonly ImsUserState[] = [
  'not-registered',
  'registered',
  'registered-unreg-services',
  'authentication-pending',
];

/** The elements of ChargingInformation, TS 29.328 Annex D, in their order. */
export const chargingElements: readonly (readonly [keyof ChargingFunctions, string])[] = [
  ['primaryEcf', 'PrimaryEventChargingFunctionName'],
  ['secondaryEcf', 'SecondaryEventChargingFunctionName'],
  ['primaryCcf', 'PrimaryChargingCollectionFunctionName'],
  ['secondaryCcf', 'SecondaryChargingCollectionFunctionName'],
];
