/**
 * Which text the elements follow where the two differ: the draft TR 24.841 clause 6.1.1 (2002), or the TS 24.141 (Release
 * 17) that it became.
 */
export type Profile = 'tr-24.841' | 'ts-24.141';
